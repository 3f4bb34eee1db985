"""Where a request comes from and where a login may lead: both stay within this very site."""

from werkzeug.wrappers import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(request: Request) -> bool:
    """Whether a browser sent this from a page of another origin.

    Ports count: two dashboards on one host are one "site" for SameSite cookies, yet not one origin.
    Programs send neither header. No script can set Sec-Fetch-Site, so where a browser vouches by it, nothing
    is lost with a Host that a proxy did not pass on.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site == "same-origin":
        return False
    if origin is not None:
        return origin.partition("://")[2] != request.host
    return site not in (None, "none")


def safe_next(target: str | None) -> str:
    """`target` when it is a path on this site, else "/"."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    # Browsers drop control characters and read a backslash as a slash: "/\t/evil" would be "//evil".
    if "\\" in target or not target.isprintable() or len(target) > 2000:
        return "/"
    path = target.partition("?")[0].rstrip("/")
    return "/" if path in ("/login", "/logout", "/open-as") else target


def asked_by_a_browser(request: Request) -> bool:
    """Whether somebody will look at the answer as a page."""
    return "text/html" in request.headers.get("Accept", "")


def asked_by_a_script_of_a_page(request: Request) -> bool:
    """fetch() of our own pages. A Basic challenge to it would open the browser's password window."""
    return any(name in request.headers for name in ("Origin", "Referer", "Sec-Fetch-Mode", "Cookie"))
