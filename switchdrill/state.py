"""The folder per user that every later command looks into: open runs, locks, platforms that `up` started.

XDG_STATE_HOME/switchdrill. It points to run folders, it holds no evidence, and it is empty when nothing is going on.
"""

import os
from collections.abc import Iterator
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
    runner: ProcessName
    healer: ProcessName | None


def _pointer(run_id: str) -> Path:
    return state_home() / "open" / f"{run_id}.json"


def point_to(run_id: str, run: OpenRun) -> None:
    """Make a run findable for `heal --all` and for the next run's sweep; on disk when this returns."""
    _pointer(run_id).parent.mkdir(parents=True, exist_ok=True)
    write_whole(_pointer(run_id), run.model_dump_json().encode())


def forget(run_id: str) -> None:
    """The run is closed and nothing of it is broken."""
    _pointer(run_id).unlink(missing_ok=True)
    tidy()


def open_runs() -> Iterator[tuple[str, OpenRun]]:
    """Every run that was not closed. A torn pointer means that its run never got as far as a fault."""
    for path in sorted((state_home() / "open").glob("*.json")):
        try:
            yield path.stem, OpenRun.model_validate_json(path.read_bytes())
        except ValidationError:
            path.unlink(missing_ok=True)


def tidy() -> None:
    """Remove the folders that are empty: a machine where nothing goes on holds nothing of ours."""
    home = state_home()
    for folder in (home / "open", home / "locks", home / "platforms", home):
        with suppress(OSError):
            folder.rmdir()
