"""Who works at the example facility, beside the courses of their storage."""

from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")  # as usermon.toml says

PEOPLE = {
    "alice": "staff",
    "bob": "staff",
    "charlie": "guest",
    "dunja": "student",
    "emeka": "staff",
    "farida": "student",
    "goran": "guest",
    "kwame": "student",
    "lumi": "staff",
}
