"""Tables of What agents on other machines delivered."""
