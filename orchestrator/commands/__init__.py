"""One file a subcommand: it reads the arguments, calls one function, prints the result."""
