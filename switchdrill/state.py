"""The folder per user that every later command looks into: open runs, locks, platforms that `up` started.

XDG_STATE_HOME/switchdrill. It points to run folders, it holds no evidence, and it is empty when nothing is going on.
"""

import os
import zlib
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from switchdrill.errors import CouldNotStart
from switchdrill.machine.files import write_whole
from switchdrill.machine.network import NetworkName
from switchdrill.machine.process import ProcessName
from switchdrill.text import _


def state_home() -> Path:
    """XDG_STATE_HOME/switchdrill; a relative one does not count, as XDG says. CouldNotStart when there is no home."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    if given.is_absolute():
        return given / "switchdrill"
    try:
        return Path.home() / ".local" / "state" / "switchdrill"
    except RuntimeError as problem:  # no HOME, and nobody knows this user
        raise CouldNotStart(
            _("there is no folder for what has to be remembered"),
            because=str(problem),
            now=_("set XDG_STATE_HOME to a folder of your own"),
        ) from problem


class OpenRun(BaseModel):
    """A run that has not been closed: where it is, who runs it, who would heal it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str
    platform: str
    lock: str
    """The platform's lock file, held by the runner and the healer."""
    state: str = ""
    """Where the platform's processes live; inside `folder` when they are the run's own."""
    runner: ProcessName
    healer: ProcessName | None
    network: NetworkName | None = None
    """The network namespace of its own that all of it runs in; None: its machine's."""

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


def open_run(folder: Path) -> OpenRun | None:
    """The run in that folder, when it was not closed."""
    return next((run for run in open_runs() if Path(run.folder) == folder), None)


def unreadable_pointers() -> list[Path]:
    """Pointers that can't be read, or are somebody else's: a run may be broken behind each, so they are never thrown
    away, nor followed.
    """
    return [path for path in _pointers() if _read(path) is None]


def _pointers() -> list[Path]:
    folder = state_home() / "open"
    try:
        return sorted(each for each in folder.iterdir() if each.suffix == ".json")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as problem:
        raise CouldNotStart(
            _("it can't be seen whether an earlier run left something broken"),
            where=str(folder),
            because=problem.strerror,
            now=_("make it readable, or set XDG_STATE_HOME to a folder of your own"),
        ) from problem


def _read(path: Path) -> OpenRun | None:
    """None: it can't be read, or somebody else wrote it; an undo names what is run, so a stranger's is not followed."""
    try:
        if path.lstat().st_uid != os.geteuid():
            return None
        return OpenRun.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def what_ends(owner: Path) -> str:
    """The command that ends the platform whose folder this is, of this user or of another, up or of a run."""
    if owner.parts[-3:-1] == ("switchdrill", "platforms"):
        home = owner.parents[2]
        is_own = home / "switchdrill" == state_home()
        return ("" if is_own else f"XDG_STATE_HOME={home} ") + f"switchdrill down {owner.name}"
    return f"switchdrill heal {owner.parent.name} --runs {owner.parents[1]}"


def tidy() -> None:
    """Remove the folders that are empty: a machine where nothing goes on holds nothing of ours."""
    home = state_home()
    for folder in (home / "open", home / "locks", home / "platforms", home):
        with suppress(OSError):
            folder.rmdir()
