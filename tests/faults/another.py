"""Another process, which has broken nothing: it is told undos, and heals each in a child of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from switchdrill.fault import catalogue
from switchdrill.undo import Undo

ROOT = Path(__file__).parents[2]


class Another:
    """It is started once: to import everything takes a second."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.another"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=ROOT,
        )  # fmt: skip

    def heal(self, undo: Undo) -> str:
        """What was done; a healing that fails is an AssertionError."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{undo.model_dump_json()}\n")
        self._child.stdin.flush()
        told = json.loads(self._child.stdout.readline())
        assert "said" in told, told
        return str(told["said"])

    def end(self) -> None:
        self._child.communicate(timeout=10)


def main() -> None:
    catalogue()
    for line in sys.stdin:
        if child := os.fork():
            os.waitpid(child, 0)
            continue
        try:
            undo = Undo.model_validate_json(line)
            told = {"said": catalogue()[undo.kind].heal(undo)}
        except Exception as problem:  # whatever it is, the test is told
            told = {"problem": f"{type(problem).__name__}: {problem}"}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
