"""What containers and networks of a deployment are called.

A user name goes in whole and last, and everything before it has a fixed form, so that two users, or a user
and a service, never share a name.
"""

from usermon.user_names import check_user_name


def dashboard_name(deployment: str, user: str) -> str:
    return f"usermon-{deployment}-dashboard-{check_user_name(user)}"


def service_name(deployment: str, service: str) -> str:
    return f"usermon-{deployment}-{service}"
