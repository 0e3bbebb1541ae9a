"""One target's samples on their way to disk."""

import os
from pathlib import Path

from switchdrill.errors import RecordLost
from switchdrill.record.samples import Sample
from switchdrill.text import _


class Series:
    """Appends records; what was flushed survives a kill -9. Refuses a file that exists: one run, one writer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[bytes] = []
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except OSError as problem:
            raise self._lost(problem) from problem

    def add(self, sample: Sample) -> None:
        self._waiting.append(sample.packed())

    def flush(self) -> None:
        """Hand everything to the kernel in one write. Raises RecordLost when the disk takes no more."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as problem:
            raise self._lost(problem) from problem

    def close(self) -> None:
        """Flush, and wait until it is on disk."""
        try:
            self.flush()
            os.fsync(self._fd)
        except OSError as problem:
            raise self._lost(problem) from problem
        finally:
            os.close(self._fd)

    def _lost(self, problem: OSError) -> RecordLost:
        return RecordLost(
            _("the prober can't write its samples"), where=str(self._path), because=problem.strerror or str(problem)
        )
