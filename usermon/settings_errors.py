"""From what pydantic found wrong to what an admin reads: the setting's name, its value, what was expected."""

from collections.abc import Mapping, Sequence
from typing import Any

from usermon.errors import SettingsError


def settings_error(found: Sequence[Mapping[str, Any]], prefix: str = "USERMON_") -> SettingsError:
    """The first of pydantic's `ValidationError.errors()`, in words. A secret's value is never repeated."""
    first = found[0]
    field = ".".join(str(part) for part in first["loc"]) or "settings"
    name = f"{prefix}{field}".upper()
    shown = "" if "password" in field.lower() else f" is {first.get('input')!r}"
    if first["type"] == "missing":
        return SettingsError(name, f"{name} is not set", f"Set {name} in the environment or in .env.")
    return SettingsError(
        name, f"{name}{shown}: {first['msg']}", f"Correct {name} in the environment or in .env."
    )
