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
    """Every file of evidence that is not what all its links of the chain say.

    The runner writes the last link when all others have stopped, and then closes the record: what came later is forged.
    One that died, or found its disk full, may not have written it.
    """
    links = _links(entries)
    is_final = was_final(entries)
    found: list[Damage] = []
    for name, told in sorted(links.items()):
        path = folder.path / name
        if not is_evidence(name):
            continue
        sizes = [size for size, _sha256 in told]
        try:
            digests = digests_of_first(path, sizes)
            is_longer = path.is_file() and path.stat().st_size > sizes[-1]
        except OSError as problem:
            found.append(unreadable(name, problem))
            continue
        if None in digests:
            found.append(Damage(file=name, how="missing"))
        elif digests != [sha256 for _size, sha256 in told]:
            found.append(Damage(file=name, how="changed"))
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


def _links(entries: Iterable[Entry]) -> dict[str, list[tuple[int, str]]]:
    """All that the chain says of every file, in order."""
    links: dict[str, list[tuple[int, str]]] = {}
    for entry in of_kind(entries, Chained):
        for name, link in entry.files.items():
            links.setdefault(name, []).append(link)
    return links


def is_evidence(name: str) -> bool:
    """Whether the judge reads it: Locust's own files are chained too, but are no evidence and may be rewritten."""
    path = PurePosixPath(name)
    if len(path.parts) != 2 or ".." in path.parts or path.is_absolute():
        return False
    kind = {"samples": ".bin", "events": ".jsonl", "ledgers": ".json"}.get(path.parts[0])
    return path.suffix == kind or name == "load/viewers.jsonl"


def digests_of_first(path: Path, sizes: Sequence[int]) -> list[str | None]:
    """Of the first so many bytes, for each of `sizes`; None where there are not that many, or no such file.

    Read once: files only grow, so `sizes` rise; one that is smaller than the one before it has no digest.
    OSError when it can't be read.
    """
    found: list[str | None] = []
    digest, done = hashlib.sha256(), 0
    if not path.is_file():
        return [None for _size in sizes]
    with path.open("rb") as source:
        for size in sizes:
            while done < size and (chunk := source.read(min(size - done, _CHUNK))):
                digest.update(chunk)
                done += len(chunk)
            found.append(digest.hexdigest() if done == size else None)
    return found


def unreadable(name: str, problem: OSError) -> Damage:
    """A file that is there and can't be read: what is in it is not known, and that is not the same as changed."""
    return Damage(file=name, how="unreadable", problem=problem.strerror or type(problem).__name__)


def was_final(entries: Sequence[Entry]) -> bool:
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
