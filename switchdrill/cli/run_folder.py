"""A run, as people name it."""

from pathlib import Path

from switchdrill.errors import BadInput
from switchdrill.text import _


def folder_of(named: str, runs: str) -> Path:
    """A run by its path, by its name below `runs`, or `latest`."""
    if named == "latest":
        found = sorted(path for path in Path(runs).glob("*") if (path / "run.jsonl").exists())
        if found:
            return found[-1].resolve()
    for candidate in (Path(named), Path(runs) / named):
        if (candidate / "plan.json").exists() or (candidate / "undo").is_dir():
            return candidate.resolve()
    raise BadInput(
        _("there is no run called {name!r}").format(name=named),
        because=_("looked at {first} and {second}").format(first=Path(named), second=Path(runs) / named),
    )
