"""The folder per user that every later command looks into: open runs, locks, platforms that `up` started.

XDG_STATE_HOME/switchdrill. It points to run folders, it holds no evidence, and it is empty when nothing is going on.
"""

import os
import zlib
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from switchdrill.files import write_whole
from switchdrill.process import ProcessName


def state_home() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "switchdrill"


class OpenRun(BaseModel):
    """A run that has not been closed: where it is, who runs it, who would heal it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str
    platform: str
    lock: str
    """The platform's lock file, held by the runner and the healer."""
    runner: ProcessName
    healer: ProcessName | None

    @property
    def run_id(self) -> str:
        return Path(self.folder).name


def _pointer(folder: Path) -> Path:
    """Two runs may have one id, in two folders: the pointer is the folder's."""
    return state_home() / "open" / f"{folder.name}.{zlib.crc32(str(folder).encode()):08x}.json"


def point_to(run: OpenRun) -> None:
    """Make a run findable for `heal --all` and for the next run's sweep; on disk when this returns."""
    pointer = _pointer(Path(run.folder))
    pointer.parent.mkdir(parents=True, exist_ok=True)
    write_whole(pointer, run.model_dump_json().encode())


def forget(folder: Path) -> None:
    """The run is closed and nothing of it is broken."""
    _pointer(folder).unlink(missing_ok=True)
    tidy()


def open_runs() -> list[OpenRun]:
    """Every run that was not closed, as far as its pointer can be read."""
    return [run for run in map(_read, _pointers()) if run is not None]


def unreadable_pointers() -> list[Path]:
    """Pointers that can't be read: a run may be broken behind each, so they are never thrown away."""
    return [path for path in _pointers() if _read(path) is None]


def _pointers() -> list[Path]:
    return sorted((state_home() / "open").glob("*.json"))


def _read(path: Path) -> OpenRun | None:
    try:
        return OpenRun.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def tidy() -> None:
    """Remove the folders that are empty: a machine where nothing goes on holds nothing of ours."""
    home = state_home()
    for folder in (home / "open", home / "locks", home / "platforms", home):
        with suppress(OSError):
            folder.rmdir()
