"""`python -m scripts <verb>`, as `scripts/run` has it: bad input and ctrl-C end in one line, no traceback."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

from .problem import Problem


def main() -> NoReturn:
    """Run the verb that the command line names, and exit with its status."""
    status, line = _run()
    for number in (signal.SIGINT, signal.SIGTERM):  # it has ended; what comes now comes too late
        signal.signal(number, signal.SIG_IGN)
    if line:
        print(line, file=sys.stderr)
    sys.exit(status)


def _run() -> tuple[str | int | None, str]:
    try:
        from .commands import app  # takes its time, in which ctrl-C may come

        app(prog_name="scripts/run")
    except Problem as problem:
        return problem.status, str(problem)
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != 130:
            return end.code, ""
    return 130, "interrupted; nothing was changed"


if __name__ == "__main__":
    main()
