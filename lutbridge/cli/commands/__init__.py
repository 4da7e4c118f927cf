"""One file for each command: a function of plain arguments that returns an exit code, and its click wrapping."""
