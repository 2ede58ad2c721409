"""Run the command line, with ``python -m tunnelproof`` or as the program ``tunnelproof``."""

import signal
import sys


def run() -> None:
    """Run one command and end with its status.

    Before the command has begun and after it has ended, Ctrl-C ends the program without a word.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tunnelproof.cli import main

    sys.exit(main())


if __name__ == "__main__":
    run()
