"""A secret is a type: it prints as [hidden] wherever it slips into a log, an error or a repr."""

import hmac
import secrets


class Secret:
    """Holds one secret text. Only `reveal()` gives it out; comparing takes constant time."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def random(cls, entropy_bytes: int = 32) -> "Secret":
        return cls(secrets.token_hex(entropy_bytes))

    def reveal(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __str__(self) -> str:
        return "[hidden]"

    def __repr__(self) -> str:
        return "[hidden]"

    def __format__(self, _spec: str) -> str:
        return "[hidden]"

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")
