"""run.jsonl: append-only, each line chained to the one before, each on disk before the next thing happens."""

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from pydantic import ValidationError

from switchdrill.errors import RecordLost
from switchdrill.record.ballast import Ballast
from switchdrill.record.entries import ENTRY, Closed, Entry
from switchdrill.text import _

GENESIS = "0" * 64

Some = TypeVar("Some", bound=Entry)


class Journal:
    """The one writer of a run's records. Safe to use from several threads of its process."""

    def __init__(self, path: Path, *, seq: int = 0, previous: str = GENESIS, ballast: Ballast | None = None) -> None:
        self._path = path
        self._seq = seq
        self._previous = previous
        self._ballast = ballast
        self._lock = threading.Lock()
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    @classmethod
    def take_over(cls, path: Path) -> tuple[Self, int]:
        """Go on with the journal of a writer that died; returns how many bytes of a torn last line were cut off."""
        raw = path.read_bytes() if path.exists() else b""
        whole = raw[: raw.rfind(b"\n") + 1]
        torn = len(raw) - len(whole)
        if torn:
            os.truncate(path, len(whole))
        lines = whole.splitlines()
        previous = _digest(lines[-1]) if lines else GENESIS
        return cls(path, seq=len(lines), previous=previous), torn

    def write(self, entry: Entry) -> None:
        """Append one record and wait until it is on disk.

        Raises RecordLost when the disk is full, once the ballast was given up for this record and those of the way
        home; and whenever a record can't be written at all.
        """
        with self._lock:
            body = {"seq": self._seq, "prev": self._previous, **entry.model_dump(mode="json")}
            line = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            try:
                self._append(line)
            except OSError as problem:
                lost = RecordLost(
                    _("the run's record can't be written"), where=str(self._path), because=problem.strerror
                )
                if self._ballast is not None and self._ballast.give_up():
                    with suppress(OSError):
                        self._append(line)
                raise lost from problem

    def _append(self, line: bytes) -> None:
        """Wholly, or not at all; a Ctrl-C in the middle of it is heard when the line is on disk."""
        size = os.fstat(self._fd).st_size
        previous, seq = _digest(line), self._seq + 1
        try:
            self._put(line)
            self._seq, self._previous = seq, previous
        except OSError:
            os.ftruncate(self._fd, size)
            raise
        except BaseException:  # Ctrl-C may have cut the line in two: it is written again, whole
            os.ftruncate(self._fd, size)
            self._put(line)
            self._seq, self._previous = seq, previous
            raise

    def _put(self, line: bytes) -> None:
        _write_all(self._fd, line + b"\n")
        os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


@dataclass(frozen=True, slots=True)
class Reading:
    """A journal as it was found."""

    entries: list[Entry]
    first_bad_line: int | None
    """1-based; the chain or the record is broken there and nothing from it on was read. None: whole."""
    why_bad: str = ""


def read_journal(path: Path) -> Reading:
    """All records up to the first that does not fit the chain."""
    previous = GENESIS
    entries: list[Entry] = []
    raw = path.read_bytes() if path.is_file() else b""
    for number, line in enumerate(raw.splitlines(), start=1):
        try:
            body = json.loads(line)
            entry = ENTRY.validate_python(body)
        except ValidationError as problem:
            first = problem.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            return Reading(entries, number, f"{where}: {first['msg']}" if where else first["msg"])
        except ValueError as problem:
            return Reading(entries, number, str(problem).splitlines()[0])
        if body.get("prev") != previous or body.get("seq") != number - 1:
            return Reading(entries, number, "the chain is broken: this line does not follow the one before")
        if is_over(entries):
            return Reading(entries, number, "the record was closed before this line, with everything healed")
        entries.append(entry)
        previous = _digest(line)
    return Reading(entries, None)


def is_over(entries: Sequence[Entry]) -> bool:
    """Closed, and all healed: nobody has anything to add. What stayed broken is healed, and told, later."""
    return bool(entries) and isinstance(entries[-1], Closed) and entries[-1].all_healed


def of_kind(entries: Iterable[Entry], kind: type[Some]) -> list[Some]:
    """The records of one kind, in order."""
    return [entry for entry in entries if isinstance(entry, kind)]


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
