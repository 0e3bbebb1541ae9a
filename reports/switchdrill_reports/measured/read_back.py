"""What was read back: the platform's own logs, its ledgers, and the undos on disk. Data, and how its files look."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError


class Event(BaseModel):
    """One line of a log of the platform's own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    t_ns: int
    event: str
    site: str = ""
    line: int = 0
    """0-based, in the copied log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReading:
    """What one site's ledger held when it was asked."""

    ledger: str
    site: str
    begun_ns: int
    times: dict[str, int]
    """Record -> how often it is there."""
    when: str
    """`hold`: at the end of the hold, before anything was healed. `end`: after the control phase."""
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoOnDisk:
    """An undo's file, or its closed twin, which says that it was played and proven."""

    id: str
    target: str = ""
    says: str = ""


def events_in(raw: bytes) -> tuple[Event, ...]:
    """The lines that are events; a platform's log may say other things, too."""
    found: list[Event] = []
    for number, line in enumerate(raw.split(b"\n")):
        try:
            found.append(Event.model_validate_json(line).model_copy(update={"line": number}))
        except ValidationError:
            continue
    return tuple(found)


def reading_in(raw: bytes, *, when: str, file: str) -> LedgerReading:
    """Raises ValidationError for anything else than a reading."""
    found = _LedgerFile.model_validate_json(raw)
    times: dict[str, int] = {}
    for record in found.records:
        times[record.id] = times.get(record.id, 0) + record.times
    return LedgerReading(
        ledger=found.ledger, site=found.site, begun_ns=found.begun_ns, times=times, when=when, file=file
    )


def undo_in(raw: bytes) -> UndoOnDisk:
    """Raises ValidationError for anything else than an undo."""
    found = _UndoFile.model_validate_json(raw)
    return UndoOnDisk(id=found.id, target=found.undo.target, says=found.undo.says)


def closed_undo_in(raw: bytes) -> UndoOnDisk:
    """Raises ValidationError for anything else than an undo's closed twin."""
    return UndoOnDisk(id=_ClosedFile.model_validate_json(raw).id)


@dataclass(frozen=True, slots=True)
class _Record:
    id: str
    times: int = 1


class _LedgerFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    ledger: str
    site: str
    begun_ns: int
    records: list[_Record]


class _Undo(BaseModel):
    model_config = ConfigDict(extra="ignore")

    target: str = ""
    says: str


class _UndoFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    undo: _Undo


class _ClosedFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    after_ns: int
