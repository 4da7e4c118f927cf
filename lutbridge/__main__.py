"""`python -m lutbridge`, the same as `lutbridge`."""

from lutbridge.cli.main import main

main()
