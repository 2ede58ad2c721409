"""The command line."""

import sys


def main() -> int:
    """Say that there is no command yet, and fail."""
    print("tunnelproof has no commands yet", file=sys.stderr)
    return 70


if __name__ == "__main__":
    sys.exit(main())
