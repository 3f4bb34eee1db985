"""Headers of every answer: what a page may load, and that nothing private stays in a cache."""

from flask import Flask, Response, request


def install_headers(app: Flask, script_hashes: tuple[str, ...] = (), inline_styles: bool = False) -> None:
    """Set the security headers on each answer of `app`, without touching what a view has set itself.

    Args:
        script_hashes: inline scripts that may run, as 'sha256-...' (Dash starts itself by one).
        inline_styles: Plotly writes style rules into the page; pages without plots need none of that.
    """
    policy = _content_security_policy(script_hashes, inline_styles)

    def set_headers(answer: Response) -> Response:
        headers = answer.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        # Not "no-referrer": browsers would then send "Origin: null" with our own forms, and the check
        # for foreign requests could not tell them apart. Other sites get nothing either way.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.is_secure:
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if "Cache-Control" not in headers:
            # What carries a tag may be kept if it is asked for again each time; all else is not kept.
            headers["Cache-Control"] = "private, no-cache" if "ETag" in headers else "no-store"
        return answer

    app.after_request(set_headers)


def _content_security_policy(script_hashes: tuple[str, ...], inline_styles: bool) -> str:
    scripts = " ".join(("'self'", *(f"'{digest}'" for digest in script_hashes)))
    styles = "'self' 'unsafe-inline'" if inline_styles else "'self'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src {styles}",
            "img-src 'self' data: blob:",  # Plotly draws its picture download through a blob
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
