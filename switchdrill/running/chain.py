"""Once a second: copy the platform's own logs into the run, and chain what others write into the journal.

Length and SHA-256 of every file of the prober, of Locust and of the copied logs go into run.jsonl as they grow, so that
none of them can be rewritten later without breaking the chain.
"""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from pathlib import Path

from switchdrill.clock import now_ns
from switchdrill.errors import RecordLost
from switchdrill.platform.model import Events
from switchdrill.record.entries import Chained
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import Journal
from switchdrill.text import _

EVERY_S = 1.0
CHUNK = 1 << 20
MAX_FRESH = 16 << 20
"""Of one log, at one look; the next look goes on there."""


class Chain:
    """A thread of the runner."""

    def __init__(self, folder: RunFolder, journal: Journal, events: list[Events]) -> None:
        self._folder = folder
        self._journal = journal
        self._digests: dict[Path, tuple[int, hashlib._Hash]] = {}
        self._copies = [_Copy(Path(each.file), folder.events / f"{each.name}.jsonl") for each in events]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chain", daemon=True)
        self.problem: RecordLost | None = None

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Stop, and chain once more, so that nothing that was written is unchained."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self.link()

    def link(self) -> None:
        """Copy and chain now. A disk that is full is kept in `problem` for the runner to see."""
        try:
            for copy in self._copies:
                copy.go_on()
            files = {
                str(path.relative_to(self._folder.path)): grown
                for path in self._files()
                if (grown := self._grown(path)) is not None
            }
            if files:
                self._journal.write(Chained(t_ns=now_ns(), files=files))
        except RecordLost as problem:
            self.problem = problem
        except OSError as problem:
            self.problem = RecordLost(_("a log could not be copied"), because=problem.strerror)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                self.link()
            except Exception as problem:  # the runner must hear of it, or everything after it stays unchained
                self.problem = RecordLost(_("the record's chain broke off"), because=repr(problem))
                return

    def _files(self) -> list[Path]:
        folders = (self._folder.samples, self._folder.load, self._folder.events, self._folder.ledgers)
        return sorted(
            path
            for folder in folders
            for path in folder.iterdir()
            if path.suffix in (".bin", ".json", ".jsonl") and path.is_file()
        )

    def _grown(self, path: Path) -> tuple[int, str] | None:
        """(length, digest) when the file has grown since the last look."""
        size, digest = self._digests.get(path, (0, hashlib.sha256()))
        with path.open("rb") as source:
            source.seek(size)
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        before = self._digests.get(path, (-1, digest))[0]
        self._digests[path] = (size, digest)
        return None if size == before else (size, digest.hexdigest())


class _Copy:
    """One log of the platform's: what it gets from now on, in whole lines; a rotated one is read from its start."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source = source
        self._target = target
        self._at = 0
        self._file = 0
        with suppress(OSError):
            there = source.stat()
            self._at, self._file = there.st_size, there.st_ino

    def go_on(self) -> None:
        try:
            with self._source.open("rb") as source:
                there = os.fstat(source.fileno())
                if there.st_ino != self._file or there.st_size < self._at:
                    self._at, self._file = 0, there.st_ino
                source.seek(self._at)
                fresh = source.read(MAX_FRESH)
        except FileNotFoundError:
            return
        whole = fresh[: fresh.rfind(b"\n") + 1]
        if whole:
            with self._target.open("ab") as target:
                target.write(whole)
            self._at += len(whole)
