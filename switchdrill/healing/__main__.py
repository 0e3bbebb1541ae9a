"""`python -m switchdrill.healing RUN_FOLDER`: the healer, which watches the runner through its standard input."""

import sys
from pathlib import Path

from switchdrill.healing.healer import watch
from switchdrill.record.folder import RunFolder

if __name__ == "__main__":
    sys.exit(watch(RunFolder(Path(sys.argv[1])), sys.stdin.fileno()))
