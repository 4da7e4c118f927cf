"""`python -m lutbridge.cli`, the same as `lutbridge`."""

from lutbridge.cli.main import main

main()
