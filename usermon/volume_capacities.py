"""[[volume]] of usermon.toml: how large a volume is, which no quota report says.

[[volume]]
name = "local"                   # as users' storage on it is called: the name of its source
capacity = "120 TiB"
"""

from usermon.errors import SettingsError
from usermon.toml_values import amount_of_bytes, refuse_unknown, table, text

VOLUME_KEYS = ("name", "capacity")
_LONGEST_NAME = 64


def read_capacities(entries: object, where: str) -> dict[str, int]:
    """Bytes by volume. Volumes that nobody measures may be named: agents deliver some of them.

    Raises:
        SettingsError: names the key, the value and what was expected.
    """
    if not isinstance(entries, list):
        raise SettingsError(
            "volume", f"{where}: volume is not a list of tables", "Write [[volume]] with two brackets."
        )
    capacities: dict[str, int] = {}
    for number, entry in enumerate(entries, start=1):
        here = f"{where}: volume {number}"
        values = table(entry, here)
        refuse_unknown(values, VOLUME_KEYS, here)
        name = text(values.get("name"), f"{here}: name", '"local"', _LONGEST_NAME)
        if name in capacities:
            raise SettingsError(
                f"{here}: name",
                f"{where}: two volumes are named {name!r}",
                "Leave one of them out, or give it its own name.",
            )
        capacities[name] = amount_of_bytes(
            values.get("capacity"), f"{here} ({name}): capacity", 'Write how large it is: "120 TiB".'
        )
    return capacities
