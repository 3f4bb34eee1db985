"""The REST API, for programs: plain facts in base shapes. What pages need beyond that is in `pages`."""
