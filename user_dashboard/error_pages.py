"""The dashboard's refusals, with its own frame around for whoever is signed in."""

from flask import Flask, render_template

from web_shared.error_pages import ERROR_PAGE, install_error_pages
from web_shared.gate import current_session, is_signed_in


def install_errors(app: Flask, user: str) -> None:
    def page(status: int, error: str, remedy: str) -> str | None:
        if not is_signed_in():
            return None  # the plain page names nobody
        return render_template(
            "user_dashboard/error.html",
            user=user,
            signed_in=current_session() is not None,
            status=status,
            error=error,
            remedy=remedy,
        )

    install_error_pages(app)
    app.extensions[ERROR_PAGE] = page
