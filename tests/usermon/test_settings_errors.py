"""What pydantic found wrong, in an admin's words."""

from usermon.errors import UsermonError
from usermon.settings_errors import settings_error


def test_the_setting_its_value_and_what_was_expected_are_named() -> None:
    error = settings_error(
        [{"loc": ("base_port",), "type": "int_parsing", "input": "many", "msg": "Input should be an integer"}]
    )
    assert error.name == "USERMON_BASE_PORT"
    assert error.message == "USERMON_BASE_PORT is 'many': Input should be an integer"
    assert "USERMON_BASE_PORT" in error.remedy


def test_a_missing_setting_is_named() -> None:
    error = settings_error([{"loc": ("host",), "type": "missing", "input": {}, "msg": "Field required"}])
    assert error.message == "USERMON_HOST is not set"


def test_a_password_is_not_repeated() -> None:
    error = settings_error(
        [{"loc": ("admin_password",), "type": "too_short", "input": "sesame", "msg": "too short"}]
    )
    assert "sesame" not in error.message + error.remedy


def test_an_error_has_a_message_and_a_remedy() -> None:
    error = UsermonError("the port is taken", "Choose another.")
    assert str(error) == "the port is taken"
    assert error.remedy == "Choose another."
