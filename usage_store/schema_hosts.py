"""Tables of Hosts: what they are and how they do, minute by minute."""
