"""What is wrong at the facility, and who is told: rules over the store, alerts that begin and end, mails."""

from alerts.survey import troubles
from alerts.trouble import SERIOUS, WARNING, Trouble

__all__ = ["SERIOUS", "WARNING", "Trouble", "troubles"]
