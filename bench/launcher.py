"""Runs one command and writes what it took: `python -I -S launcher.py SECONDS PRINTED TOOK COMMAND…`.

It is small on purpose. The most memory that a process has held counts what its parent held when it was started, so
nobody who is measured may be started by a process as large as the benchmark itself.
"""

import os
import signal
import sys
import time


def main() -> None:
    """Run the command, its output to PRINTED.out and PRINTED.err, and write what it took as numbers to TOOK.

    The numbers: seconds of wall clock, user and system; KiB; exit status; whether it was stopped.
    """
    seconds, printed, took, *command = sys.argv[1:]
    writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, printed + ".out", writing, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, printed + ".err", writing, 0o600),
    ]
    started = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setpgroup=0)
    stopped = []

    def stop(*_: object) -> None:
        try:
            os.killpg(process, signal.SIGKILL)
            stopped.append(True)
        except ProcessLookupError:  # it ended by itself just then
            pass

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, float(seconds))
    try:
        _, status, usage = os.wait4(process, 0)
    except KeyboardInterrupt:
        stop()
        raise
    wall = time.perf_counter() - started
    signal.setitimer(signal.ITIMER_REAL, 0)
    figures = (wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status), bool(stopped))
    with open(took, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib would make this process larger
        file.write(" ".join(str(float(figure)) for figure in figures))


main()
