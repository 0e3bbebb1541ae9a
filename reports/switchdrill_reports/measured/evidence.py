"""A run's folder, read once: everything that was recorded, and what of it could not be read.

Anything may be missing, torn or broken. That is noted here and never raised: what is missing can't be met later.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from switchdrill.platform.targets import Target
from switchdrill.record.entries import Entry
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import Reading, read_journal
from switchdrill.record.plan import Plan
from switchdrill.record.viewers import Outage, Second, viewers_in
from switchdrill_reports.measured.chained import Damage, damaged, usable_bytes
from switchdrill_reports.measured.kept import not_kept
from switchdrill_reports.measured.read_back import Event, LedgerReading, closed_undo_in, events_in, reading_in, undo_in
from switchdrill_reports.measured.series import Series, read_series

Found = TypeVar("Found")

_MOST_SAID = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file that is there and can't be read, or is not there and must be."""

    file: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """All that the judge may look at."""

    run: str
    plan: Plan | None
    plan_sha256: str
    """Empty: there is no plan.json."""
    has_journal: bool
    journal: Reading
    series: tuple[Series, ...]
    """One for each target of the plan, in its order; a target that was never asked has an empty one."""
    seconds: tuple[Second, ...]
    outages: tuple[Outage, ...]
    events: dict[str, tuple[Event, ...]]
    """By the name of the log; absent: the log was not copied."""
    readings: tuple[LedgerReading, ...]
    undo_targets: dict[str, str]
    """Of the undos on disk, by their id: what each brings home."""
    undo_says: dict[str, str]
    closed_undos: frozenset[str]
    """Those with a closed twin on disk."""
    damage: tuple[Damage, ...]
    """Files that are not what the record says they were."""
    unreadable: tuple[Unreadable, ...]


def read_evidence(folder: RunFolder) -> Evidence:
    """Read everything once. Never raises for what it finds."""
    reader = _Reader(folder)
    raw_plan = reader.bytes_of(folder.plan) or b""
    plan = reader.tried(folder.plan, lambda: Plan.model_validate_json(raw_plan)) if raw_plan else None
    journal = reader.tried(folder.journal, lambda: read_journal(folder.journal)) or Reading([], 1, "it can't be read")
    reader.entries = journal.entries
    lines = reader.read(folder.viewers, viewers_in) or []
    series = [reader.series(target) for target in plan.targets] if plan else []
    logs = [log.name for log in plan.platform.events] if plan else []
    events = {name: reader.read(folder.events / f"{name}.jsonl", events_in) for name in logs}
    readings = [reader.ledger(path) for path in _sorted_files(folder.ledgers, ".json")]
    undo_files = _sorted_files(folder.undo, ".json")
    undos = [reader.read(path, undo_in) for path in undo_files if not path.stem.endswith(".closed")]
    twins = [reader.read(path, closed_undo_in) for path in undo_files if path.stem.endswith(".closed")]
    return Evidence(
        run=plan.run if plan else folder.run_id,
        plan=plan,
        plan_sha256=hashlib.sha256(raw_plan).hexdigest() if raw_plan else "",
        has_journal=folder.journal.is_file(),
        journal=journal,
        series=tuple(series),
        seconds=tuple(each for each in lines if isinstance(each, Second)),
        outages=tuple(each for each in lines if isinstance(each, Outage)),
        events={name: found for name, found in events.items() if found is not None},
        readings=tuple(each for each in readings if each is not None),
        undo_targets={each.id: each.target for each in undos if each is not None},
        undo_says={each.id: each.says for each in undos if each is not None},
        closed_undos=frozenset(each.id for each in twins if each is not None),
        damage=(*damaged(folder, journal.entries), *not_kept(folder, journal.entries, plan)),
        unreadable=tuple(reader.unreadable),
    )


def nothing_read(folder: RunFolder) -> Evidence:
    """What is left when even reading failed as a whole."""
    return Evidence(
        run=folder.run_id,
        plan=None,
        plan_sha256="",
        has_journal=False,
        journal=Reading([], None),
        series=(),
        seconds=(),
        outages=(),
        events={},
        readings=(),
        undo_targets={},
        undo_says={},
        closed_undos=frozenset(),
        damage=(),
        unreadable=(),
    )


def what_is_wrong(problem: Exception) -> str:
    """In one line; of a value that may not be there, with the name of its field."""
    if isinstance(problem, ValidationError) and problem.error_count():
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        said = ": ".join(each for each in (".".join(str(each) for each in first["loc"]), first["msg"]) if each)
    else:
        said = f"{type(problem).__name__}: {(str(problem).splitlines() or [''])[0]}"
    return said[:_MOST_SAID]


class _Reader:
    """Reads files and remembers what could not be read."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self.entries: list[Entry] = []
        """Of the journal, once it is read: they say how much of each file of evidence counts."""
        self.unreadable: list[Unreadable] = []

    def bytes_of(self, path: Path) -> bytes | None:
        """None when there is no such file, or the record does not vouch for any of it."""
        size = usable_bytes(self.entries, self._name(path))
        if size == 0 or not path.is_file():
            return None
        raw = self.tried(path, path.read_bytes)
        return raw if raw is None or size is None else raw[:size]

    def tried(self, path: Path, read: Callable[[], Found]) -> Found | None:
        """What `read` gives; whatever it raises is noted."""
        try:
            return read()
        except Exception as problem:  # a broken file must not hide the others
            self._note(path, problem)
            return None

    def series(self, target: Target) -> Series:
        path = self._folder.samples / f"{target.name}.bin"
        raw = self.bytes_of(path) or b""
        return read_series(target, raw, self._name(path))

    def read(self, path: Path, parse: Callable[[bytes], Found]) -> Found | None:
        """None when it is not there, or is not what it should be."""
        raw = self.bytes_of(path)
        return None if raw is None else self.tried(path, lambda: parse(raw))

    def ledger(self, path: Path) -> LedgerReading | None:
        when = path.stem.rpartition(".")[2]
        return self.read(path, lambda raw: reading_in(raw, when=when, file=self._name(path)))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder.path).as_posix()

    def _note(self, path: Path, problem: Exception) -> None:
        self.unreadable.append(Unreadable(file=self._name(path), said=what_is_wrong(problem)))


def _sorted_files(folder: Path, suffix: str) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == suffix and path.is_file())
    except OSError:
        return []
