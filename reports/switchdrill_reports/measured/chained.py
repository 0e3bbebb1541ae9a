"""Whether the files that others wrote are still what run.jsonl says they were."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from switchdrill.record.entries import Chained, Closed, Cut, Entry, RunnerLost
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import of_kind

_CHUNK = 1 << 20
_FOLDERS = ("samples", "load", "events", "ledgers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A file of a run that is not what the record says it was."""

    file: str
    how: Literal["missing", "changed", "grown", "unchained", "unreadable"]
    """`missing`: not there, or shorter than it was. `unchained`: the record, closed, knows nothing of it."""
    problem: str = ""
    """Of one that can't be read: the machine's own words."""


def damaged(folder: RunFolder, entries: Sequence[Entry]) -> list[Damage]:
    """Every file of evidence that is not what its last link of the chain says.

    The runner writes the last link when all others have stopped, and then closes the record: what came later is forged.
    One that died, or found its disk full, may not have written it.
    """
    links = last_links(entries)
    is_final = _is_final(entries)
    found: list[Damage] = []
    for name, (size, sha256) in sorted(links.items()):
        path = folder.path / name
        if not is_evidence(name):
            continue
        try:
            digest = digest_of_first(path, size)
            is_longer = digest is not None and path.stat().st_size > size
        except OSError as problem:
            found.append(unreadable(name, problem))
            continue
        if digest != sha256:
            found.append(Damage(file=name, how="missing" if digest is None else "changed"))
        elif is_final and is_longer:
            found.append(Damage(file=name, how="grown"))
    if is_final:
        found += [Damage(file=name, how="unchained") for name in _evidence_in(folder) if name not in links]
    return found


def usable_bytes(entries: Sequence[Entry], name: str) -> int | None:
    """How much of a file the record vouches for; what lies beyond proves nothing. None: nothing was chained at all."""
    links = last_links(entries)
    if not is_evidence(name) or not links:
        return None
    return links.get(name, (0, ""))[0]


def last_links(entries: Iterable[Entry]) -> dict[str, tuple[int, str]]:
    """Length and digest that the chain mentioned last, of every file: a file that did not grow is not repeated."""
    last: dict[str, tuple[int, str]] = {}
    for entry in of_kind(entries, Chained):
        last.update(entry.files)
    return last


def is_evidence(name: str) -> bool:
    """Whether the judge reads it: Locust's own files are chained too, but are no evidence and may be rewritten."""
    path = PurePosixPath(name)
    if len(path.parts) != 2 or ".." in path.parts or path.is_absolute():
        return False
    kind = {"samples": ".bin", "events": ".jsonl", "ledgers": ".json"}.get(path.parts[0])
    return path.suffix == kind or name == "load/viewers.jsonl"


def digest_of_first(path: Path, size: int) -> str | None:
    """Of the first `size` bytes; None when there are not that many, or no such file. OSError when it can't be read."""
    digest = hashlib.sha256()
    left = size
    if not path.is_file():
        return None
    with path.open("rb") as source:
        while left > 0:
            chunk = source.read(min(left, _CHUNK))
            if not chunk:
                return None
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def unreadable(name: str, problem: OSError) -> Damage:
    """A file that is there and can't be read: what is in it is not known, and that is not the same as changed."""
    return Damage(file=name, how="unreadable", problem=problem.strerror or type(problem).__name__)


def _is_final(entries: Sequence[Entry]) -> bool:
    """Whether the last link is known to have been written when nothing grew any more."""
    was_full = any(each.why == "disk_full" for each in of_kind(entries, Cut))
    return bool(of_kind(entries, Closed)) and not of_kind(entries, RunnerLost) and not was_full


def _evidence_in(folder: RunFolder) -> list[str]:
    found: list[str] = []
    for name in _FOLDERS:
        try:
            there = [path for path in (folder.path / name).iterdir() if path.is_file()]
        except OSError:
            continue
        found += [path.relative_to(folder.path).as_posix() for path in there]
    return sorted(name for name in found if is_evidence(name))
