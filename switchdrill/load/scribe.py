"""Writes what the load saw: to `viewers.jsonl`, and the same lines to the runner."""

import os
from pathlib import Path

from switchdrill.errors import RecordLost
from switchdrill.machine.linepipe import LinePipe
from switchdrill.record.viewers import Outage, Second
from switchdrill.text import _


class Scribe:
    """Lines wait until `flush`. Refuses a file that exists: one run, one writer."""

    def __init__(self, path: Path, pipe: LinePipe) -> None:
        self._path = path
        self._pipe = pipe
        self._waiting: list[bytes] = []
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except OSError as problem:
            raise self._lost(problem) from problem

    def tell(self, line: Second | Outage) -> None:
        self._waiting.append(line.model_dump_json().encode() + b"\n")

    def flush(self) -> None:
        """Everything to the file, in one write, then to the runner. Raises RecordLost when the disk takes no more."""
        lines, self._waiting = self._waiting, []
        data = b"".join(lines)
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as problem:
            raise self._lost(problem) from problem
        for line in lines:
            self._pipe.put(line)
        self._pipe.push()

    def _lost(self, problem: OSError) -> RecordLost:
        return RecordLost(
            _("the load can't write what it sees"), where=str(self._path), because=problem.strerror or str(problem)
        )
