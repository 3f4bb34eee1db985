"""Signing in and out, as a person with a browser and as a script with HTTP Basic."""

from pathlib import Path

import pytest
from flask import Flask

from tests.web_shared.accounts import PASSWORD, change_password, replace, write_secrets
from tests.web_shared.visitor import Visitor, hidden_fields
from web_shared.login import Login, install_login
from web_shared.look import install_look


def test_a_browser_without_session_is_led_to_the_login_page(visitor: Visitor) -> None:
    answer = visitor.get("/")
    assert (answer.status_code, answer.location) == (303, "/login")


def test_the_right_password_opens_a_session(visitor: Visitor) -> None:
    answer = visitor.sign_in(PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get("/").text == "the first page"


def test_the_wrong_password_opens_nothing(visitor: Visitor) -> None:
    answer = visitor.sign_in("guess")
    assert answer.status_code == 401
    assert "That password is not right" in answer.text
    assert visitor.get("/").status_code == 303


def test_after_login_the_person_comes_where_they_wanted_to_go(visitor: Visitor) -> None:
    led_to = visitor.get("/api/numbers?a=1&b=2").location
    assert led_to == "/login?next=/api/numbers?a%3D1%26b%3D2"
    assert visitor.sign_in(PASSWORD, path=led_to).location == "/api/numbers?a=1&b=2"


def test_a_link_to_a_view_of_the_first_page_leads_to_that_view(visitor: Visitor) -> None:
    led_to = visitor.get("/?tab=io&range=month").location
    assert visitor.sign_in(PASSWORD, path=led_to).location == "/?tab=io&range=month"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_login_never_leads_to_another_site(visitor: Visitor, target: str) -> None:
    assert visitor.sign_in(PASSWORD, next=target).location == "/"


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(visitor: Visitor) -> None:
    cookies = visitor.sign_in(PASSWORD).headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if "-device=" not in cookie)
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Secure" not in session


def test_over_https_cookies_are_secure(visitor: Visitor) -> None:
    form = visitor.get("/login", base_url="https://usermon.example")
    assert all("Secure" in cookie for cookie in form.headers.getlist("Set-Cookie"))


def test_behind_a_proxy_with_tls_cookies_are_secure(visitor: Visitor) -> None:
    form = visitor.get("/login", headers={"X-Forwarded-Proto": "https"})
    assert all("Secure" in cookie for cookie in form.headers.getlist("Set-Cookie"))
    assert "Cross-Origin-Opener-Policy" in form.headers
    plain = visitor.get("/login", headers={"X-Forwarded-Proto": "http"})
    assert all("Secure" not in cookie for cookie in plain.headers.getlist("Set-Cookie"))


def test_a_login_makes_a_new_session_instead_of_keeping_one_from_before(app: Flask) -> None:
    first, second = Visitor(app), Visitor(app)
    first.sign_in(PASSWORD)
    second.sign_in(PASSWORD)
    assert set(first.cookies().values()).isdisjoint(second.cookies().values())


def test_cookies_of_two_accounts_on_one_host_have_different_names(tmp_path: Path) -> None:
    names = []
    for account, key in (("alice", "ab" * 32), ("bob", "cd" * 32), ("alice", "ef" * 32)):
        app = Flask("tests.web_shared.app", static_folder=None, instance_path="/")
        install_look(app)
        folder = write_secrets(tmp_path / f"{account}-{key[:2]}", session_key=key)
        install_login(app, Login(account, account, folder))
        visitor = Visitor(app)
        visitor.sign_in(PASSWORD)
        names += [name for name in visitor.cookies() if not name.endswith(("-device", "-form"))]
    assert len(set(names)) == 3


def test_a_form_without_its_token_is_refused(visitor: Visitor) -> None:
    visitor.get("/login")
    answer = visitor.post("/login", data={"password": PASSWORD})
    assert answer.status_code == 400
    assert "expired" in answer.text


def test_a_form_of_another_browser_is_refused(app: Flask, visitor: Visitor) -> None:
    stolen = hidden_fields(visitor.get("/login").text)
    answer = Visitor(app).post("/login", data={**stolen, "password": PASSWORD})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8101"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_posts_of_foreign_pages_are_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    visitor.sign_in(PASSWORD)
    assert visitor.post("/logout", headers=headers).status_code == 403
    assert visitor.post("/api/numbers", headers=headers).status_code == 403
    assert visitor.get("/").status_code == 200


def test_posts_of_our_own_pages_are_taken(visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    assert visitor.post("/api/numbers", headers={"Origin": "http://localhost"}).status_code == 200


def test_a_browser_is_believed_where_a_proxy_keeps_the_host_to_itself(visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    through = {"Origin": "https://stats.example.org"}
    refused = visitor.post("/api/numbers", headers=through)
    assert refused.status_code == 403
    assert "must pass on the Host" in refused.text
    vouched = {**through, "Sec-Fetch-Site": "same-origin"}
    assert visitor.post("/api/numbers", headers=vouched).status_code == 200
    assert visitor.post("/api/numbers", headers={**through, "Sec-Fetch-Site": "none"}).status_code == 403


def test_sign_out_ends_the_session_even_for_one_who_copied_the_cookie(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    copied = visitor.cookies()
    assert visitor.post("/logout").location == "/login?signed-out=1"
    assert visitor.get("/").status_code == 303
    thief = Visitor(app)
    for name, text in copied.items():
        thief.client.set_cookie(name, text)
    assert thief.get("/").status_code == 303


def test_getting_the_logout_page_only_asks(visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    assert "Sign out?" in visitor.get("/logout").text
    assert visitor.get("/").status_code == 200


def test_a_new_password_ends_old_sessions_and_works_at_once(visitor: Visitor, secrets_folder: Path) -> None:
    visitor.sign_in(PASSWORD)
    change_password(secrets_folder, "a new one")
    assert visitor.get("/").status_code == 303
    assert visitor.sign_in(PASSWORD).status_code == 401
    assert visitor.sign_in("a new one").status_code == 303
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "1.p.n", "1.p.n.sig", "....", "9e9.p.nonce.sig", "ü.p.n.s"])
def test_made_up_cookies_open_nothing(visitor: Visitor, cookie: str) -> None:
    visitor.sign_in(PASSWORD)
    for name in visitor.cookies():
        visitor.client.set_cookie(name, cookie)
    assert visitor.get("/").status_code == 303


def test_a_session_of_one_account_does_not_open_another(tmp_path: Path, visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    app = Flask("tests.web_shared.app", static_folder=None, instance_path="/")
    install_look(app)
    install_login(app, Login("bob", "bob", write_secrets(tmp_path / "bob", session_key="12" * 32)))
    other = Visitor(app)
    other.sign_in(PASSWORD)
    for name in other.cookies():
        other.client.set_cookie(name, next(iter(visitor.cookies().values())))
    assert other.get("/").status_code == 303


def test_http_basic_opens_for_scripts(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/", auth=("alice", PASSWORD)).text == "the first page"


@pytest.mark.parametrize("auth", [("bob", PASSWORD), ("alice", "guess"), ("", PASSWORD), ("Alice", PASSWORD)])
def test_http_basic_of_somebody_else_is_refused(app: Flask, auth: tuple[str, str]) -> None:
    answer = app.test_client().get("/", auth=auth)
    assert answer.status_code == 401
    assert set(answer.json or {}) == {"error", "remedy"}


def test_a_script_is_told_to_use_http_basic(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Basic realm="')


def test_a_script_of_a_page_is_not_challenged_so_that_no_password_window_opens(visitor: Visitor) -> None:
    answer = visitor.client.post("/api/numbers", headers={"Origin": "http://localhost"})
    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers


def test_a_new_password_makes_a_remembered_basic_password_worthless_at_once(
    app: Flask, secrets_folder: Path
) -> None:
    client = app.test_client()
    assert client.get("/", auth=("alice", PASSWORD)).status_code == 200
    change_password(secrets_folder, "a new one")
    assert client.get("/", auth=("alice", PASSWORD)).status_code == 401
    assert client.get("/", auth=("alice", "a new one")).status_code == 200


def test_a_bearer_token_opens_the_api_and_nothing_else(app: Flask) -> None:
    client = app.test_client()
    good = {"Authorization": "Bearer good-token"}
    assert client.get("/api/numbers", headers=good).status_code == 200
    assert client.get("/", headers=good).status_code == 401
    assert client.get("/api/numbers", headers={"Authorization": "Bearer bad"}).status_code == 401


def test_health_is_open(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize("content", [None, "", "plain text", "$2b$12$something"])
def test_without_a_usable_password_hash_nobody_gets_in_and_the_page_says_why(
    visitor: Visitor, secrets_folder: Path, content: str | None
) -> None:
    if content is None:
        (secrets_folder / "password-hash").unlink()
    else:
        replace(secrets_folder / "password-hash", content)
    answer = visitor.get("/login")
    assert answer.status_code == 503
    assert "password-hash" in answer.text
    assert visitor.client.get("/", auth=("alice", PASSWORD)).status_code == 503


def test_when_the_password_hash_comes_back_the_login_works_again(
    visitor: Visitor, secrets_folder: Path
) -> None:
    (secrets_folder / "password-hash").unlink()
    assert visitor.get("/login").status_code == 503
    change_password(secrets_folder, "back again")
    assert visitor.sign_in("back again").status_code == 303


def test_a_password_of_any_letters_works(visitor: Visitor, secrets_folder: Path) -> None:
    change_password(secrets_folder, "Grüße:\u2003 ключ ☃")
    assert visitor.sign_in("Grüße:\u2003 ключ ☃").status_code == 303


def test_an_endless_password_is_wrong_and_not_computed(visitor: Visitor) -> None:
    assert visitor.sign_in("x" * 5000).status_code == 401


def test_a_form_too_large_to_be_ours_is_refused(visitor: Visitor) -> None:
    assert visitor.sign_in("x" * 40_000).status_code == 413
