"""How many run folders stay: a nightly job would fill its disk."""

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from switchdrill.record.entries import Began, Closed
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import of_kind, read_journal
from switchdrill.state import open_runs


def keep_newest(runs: Path, most: int, *, never: Collection[Path] = ()) -> list[Path]:
    """Remove runs below `runs` that are older than the newest `most` which began; returns those that were removed.

    One that was refused proves nothing, so it pushes no other out. Only folders that a run of ours has closed, with
    everything healed, and that belong to this user; never one that is open, nor one of `never` (this session's own).
    Whatever else lies there is not looked at.
    """
    opened = {Path(run.folder).resolve() for run in open_runs()}
    spared = opened | {path.resolve() for path in never}
    closed = [path for path in sorted(runs.iterdir()) if _is_closed(path)] if runs.is_dir() else []
    begun = [path for path in closed if of_kind(read_journal(RunFolder(path).journal).entries, Began)]
    removed: list[Path] = []
    for path in closed:
        if len(begun) > most and path < begun[-most] and path.resolve() not in spared:
            shutil.rmtree(path)
            removed.append(path)
    return removed


def _is_closed(path: Path) -> bool:
    folder = RunFolder(path)
    if path.is_symlink() or not path.is_dir() or not folder.plan.is_file() or path.stat().st_uid != os.geteuid():
        return False
    ends = of_kind(read_journal(folder.journal).entries, Closed)
    return bool(ends) and ends[-1].all_healed
