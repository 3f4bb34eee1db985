"""Plots drawn on the server, for wikis, mails and reports. matplotlib draws, loaded at the first one."""
