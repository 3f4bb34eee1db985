"""Keys in addresses of pictures: each opens one picture, for wikis and mails that cannot sign in.

    key = HMAC-SHA256(the admin's link key, "picture:NAME")

Nothing is stored, so nothing leaks with the store. A new link key (remove STATE/admin/link-key, then
`orchestrator up`) makes all of them void at once.
"""

import base64
import hashlib
import hmac

from usermon.secret import Secret


def picture_key(link_key: Secret, name: str) -> str:
    """Safe in an address; opens the picture of that name in every format and theme, and nothing else."""
    digest = hmac.new(link_key.reveal().encode(), f"picture:{name}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def opens(link_key: Secret, name: str, key: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(picture_key(link_key, name).encode(), key.encode())
