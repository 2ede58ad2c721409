"""Run the command line with ``python -m tunnelproof``."""

import sys

from tunnelproof.cli import main

if __name__ == "__main__":
    sys.exit(main())
