"""Undos on disk: `undo/<id>.json` before a fault acts, `undo/<id>.closed.json` once it is proven healed.

An undo without its closed twin is open, whoever wrote it and however it died. Both are written beside and renamed, so a
crash leaves them whole or not there: one that can't be read was damaged, and what it would heal counts as broken.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from switchdrill.clock import boot_id, now_ns
from switchdrill.errors import DeadlinePassed
from switchdrill.machine.files import write_whole
from switchdrill.machine.held import held
from switchdrill.machine.network import NetworkName, own
from switchdrill.undo import Undo

HEAL_LOCK_S = 30.0

By = Literal["runner", "healer"]
"""Who walks the way home; `switchdrill heal` and the sweep do it as healers."""


class OpenUndo(BaseModel):
    """One way home, as it is on disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    undo: Undo
    written_ns: int
    deadline_ns: int
    """The healer plays it then, whatever the runner does. CLOCK_MONOTONIC of `boot_id`."""
    boot_id: str
    network: NetworkName | None = None
    """The network namespace of the run's own that it is played in; None: its machine's."""


class ClosedUndo(BaseModel):
    """How an undo was played."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    by: By
    why: str
    said: str
    before_ns: int
    after_ns: int


class UndoStore:
    """The undos of one run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, undo: Undo, *, deadline_ns: int) -> tuple[OpenUndo, Path, str]:
        """Put `undo` on disk; returns it, its file and its SHA-256. OSError: it is not there, nothing may be broken."""
        number = sum(1 for _each in self._folder.glob("*.json")) + 1
        opened = OpenUndo(
            id=f"{number:04d}-{name}",
            undo=undo,
            written_ns=now_ns(),
            deadline_ns=deadline_ns,
            boot_id=boot_id(),
            network=own(),
        )
        path = self._folder / f"{opened.id}.json"
        text = opened.model_dump_json(indent=1)
        write_whole(path, text.encode())
        return opened, path, hashlib.sha256(text.encode()).hexdigest()

    def open(self) -> list[OpenUndo]:
        """Those that were not closed, the newest first: the order in which they are played."""
        return [undo for undo in map(self._read, self._open_files()) if undo is not None]

    def damaged(self) -> list[str]:
        """What may be broken, and can't be healed from here: undos that can't be read, or all of them."""
        if not self._folder.is_dir():
            return [str(self._folder)]
        return [str(path) for path in self._open_files() if self._read(path) is None]

    def knows(self, undo_id: str) -> bool:
        """Whether it is here, open or closed."""
        return (self._folder / f"{undo_id}.json").exists() or self.closed(undo_id) is not None

    def _open_files(self) -> list[Path]:
        files = [path for path in self._folder.glob("*.json") if not path.name.endswith(".closed.json")]
        return [path for path in sorted(files, reverse=True) if self.closed(path.stem) is None]

    def _read(self, path: Path) -> OpenUndo | None:
        try:
            return OpenUndo.model_validate_json(path.read_bytes())
        except (ValidationError, OSError):
            return None

    def closed(self, undo_id: str) -> ClosedUndo | None:
        try:
            return ClosedUndo.model_validate_json(self._closed_path(undo_id).read_bytes())
        except (OSError, ValidationError):
            return None

    def close(self, closed: ClosedUndo) -> None:
        write_whole(self._closed_path(closed.id), closed.model_dump_json(indent=1).encode())

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Only one process plays undos of a run at a time; a dead holder holds nothing. DeadlinePassed: another does.

        A folder that is gone keeps nobody from healing: then there is nobody to wait for.
        """
        with ExitStack() as stack:
            with suppress(OSError):
                stack.enter_context(held(self._folder / ".lock", within_s=HEAL_LOCK_S))
            yield

    def is_held(self) -> bool:
        """Whether somebody is just playing undos of this run."""
        try:
            with held(self._folder / ".lock", within_s=0):
                return False
        except DeadlinePassed:
            return True
        except OSError:
            return False

    def _closed_path(self, undo_id: str) -> Path:
        return self._folder / f"{undo_id}.closed.json"
