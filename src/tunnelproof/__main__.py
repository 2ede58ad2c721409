"""Run the command line, with ``python -m tunnelproof`` or as the program ``tunnelproof``."""

import os
import signal
import sys
import threading


def run() -> None:
    """Run one command and end with its status.

    Before the command has begun and after it has ended, Ctrl-C ends the program without a word.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tunnelproof.cli import main

    status = main()
    if threading.active_count() > 1:
        # Whoever lost a race may still be at work outside Python, which crashes once Python is taken down around it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    run()
