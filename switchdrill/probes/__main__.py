"""`python -m switchdrill.probes RUN_FOLDER`: asks until stdin ends, or says `stop`."""

import contextlib
import sys
from pathlib import Path

from switchdrill.errors import EXIT_NOT_STARTED, SwitchdrillError
from switchdrill.probes.station import run


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m switchdrill.probes RUN_FOLDER\n")
        return EXIT_NOT_STARTED
    try:
        run(Path(sys.argv[1]))
    except SwitchdrillError as problem:
        with contextlib.suppress(OSError):  # on a full disk there is no room for words either
            sys.stderr.write(f"switchdrill: {problem}\n")
            sys.stderr.flush()
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
