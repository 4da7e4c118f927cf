"""`python -m lutbridge_server`, which is `lutbridge serve`."""

import sys

from lutbridge.cli.main import main

if __name__ == "__main__":
    sys.argv[1:1] = ["serve"]
    main()
