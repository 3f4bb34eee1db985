"""What dashboards get to see: a file of each kind for each user, one module a kind."""
