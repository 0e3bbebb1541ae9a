"""`python -m switchdrill.probes RUN_FOLDER`: asks until stdin ends, or says `stop`."""

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
        sys.stderr.write(f"switchdrill: {problem}\n")
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
