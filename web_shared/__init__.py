"""What both web programs share: login, sessions, throttle, headers, compression, look.

Lies above `usermon` and below `overview` and `user_dashboard`; it never sees the store.
"""
