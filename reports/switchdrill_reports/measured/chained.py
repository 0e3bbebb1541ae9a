"""Whether the files that others wrote are still what run.jsonl says they were."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from switchdrill.record.entries import Chained, Entry
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import of_kind

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A file that was changed, or lost something, after it was recorded."""

    file: str
    is_missing: bool
    """Not there, or shorter than it was; else its bytes are others."""


def damaged(folder: RunFolder, entries: Iterable[Entry]) -> list[Damage]:
    """Every file of evidence that is not what its last link of the chain says; what was appended later is fine."""
    found: list[Damage] = []
    for name, (size, sha256) in sorted(last_links(entries).items()):
        if not is_evidence(name):
            continue
        digest = _digest_of_first(folder.path / name, size)
        if digest != sha256:
            found.append(Damage(file=name, is_missing=digest is None))
    return found


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


def _digest_of_first(path: Path, size: int) -> str | None:
    """Of the first `size` bytes; None when there are not that many."""
    digest = hashlib.sha256()
    left = size
    try:
        with path.open("rb") as source:
            while left > 0:
                chunk = source.read(min(left, _CHUNK))
                if not chunk:
                    return None
                digest.update(chunk)
                left -= len(chunk)
    except OSError:
        return None
    return digest.hexdigest()
