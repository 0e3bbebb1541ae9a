"""One target's samples as columns in planned order: what was asked, when, and what came of it."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import le, lt, mul

from switchdrill.platform.targets import Target
from switchdrill.record.samples import RECORD, Outcome

_COLUMNS = RECORD.size // 8
_GOOD_ONLY = bytes(1 if value == Outcome.GOOD else 0 for value in range(256))

_LAST_OUTCOME = int(max(Outcome))
_MOST_SITES = 255

Column = Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Only samples with a definite outcome, by rising slot; what the prober itself missed is in none of the columns."""

    target: Target
    file: str
    slots: Column
    planned_ns: Column
    sent_ns: Column
    """When it left; when it never did, when it was planned."""
    ended_ns: Column
    outcomes: bytes
    good: bytes
    """1 where the outcome is GOOD, else 0."""
    served: bytes
    """1 + index of the site that gave a good answer; 0 where it was not good, or by no site."""
    answered: bytes
    """1 + index of the site that gave any answer, good or not; 0 where nothing tells."""
    v0: Column
    v1: Column
    rows: Column
    """Of the file, 0-based."""
    start_ns: int | None
    """When slot 0 was planned; None: there is no sample at all."""
    unsure_slots: tuple[int, ...] = ()
    """Asked, but the prober can't say what came of it."""

    def __len__(self) -> int:
        return len(self.slots)

    def first_planned_at(self, at_ns: int) -> int:
        """Index of the first sample that was planned at `at_ns` or later."""
        return bisect_left(self.planned_ns, at_ns)

    def first_planned_after(self, at_ns: int) -> int:
        return bisect_right(self.planned_ns, at_ns)

    def settled(self, since_ns: int, until_ns: int) -> list[int]:
        """Indices of the samples that were planned at `since_ns` or later and had ended by `until_ns`."""
        ended = self.ended_ns
        inside = range(self.first_planned_at(since_ns), self.first_planned_after(until_ns))
        return [index for index in inside if ended[index] <= until_ns]

    def is_watched_until(self, until_ns: int) -> bool:
        """Whether samples with a definite outcome reach up to `until_ns`, but for those in flight and one lost slot."""
        last = self.first_planned_after(until_ns) - 1
        slack_ns = self.target.timeout_ns + 2 * self.target.every_ns
        return last >= 0 and self.planned_ns[last] >= until_ns - slack_ns

    def planned_count(self, until_ns: int) -> int:
        """How many slots should have been answered by `until_ns`: those whose time-out had passed."""
        if self.start_ns is None:
            return 0
        return max(0, (until_ns - self.target.timeout_ns - self.start_ns) // self.target.every_ns + 1)

    def answered_count(self, until_ns: int) -> int:
        """How many of these have a definite outcome."""
        return bisect_left(self.slots, self.planned_count(until_ns))


def read_series(target: Target, raw: bytes, file: str) -> Series:
    """The series in `raw`; a torn record at the end and records that can't be true are left out."""
    table = array("q")
    table.frombytes(raw[: len(raw) - len(raw) % RECORD.size])
    if sys.byteorder == "big":
        table.byteswap()
    columns = [table[column::_COLUMNS] for column in range(8)]
    rows: Column = range(len(columns[0]))
    if not _rises(columns[0]):  # they are written as they end, and a time-out ends late
        rows = sorted(rows, key=columns[0].__getitem__)
        columns = _picked(columns, rows)
    start_ns = _start(columns, target.every_ns)
    unsure: tuple[int, ...] = ()
    if not _is_sound(columns):
        sound, unsure = _sound(columns)
        rows = [rows[index] for index in sound]
        columns = _picked(columns, sound)
        start_ns = _start(columns, target.every_ns) or start_ns
    slots, planned_ns, sent_ns, ended_ns, outcomes, sites, v0, v1 = columns
    if 0 in sent_ns:
        sent_ns = array("q", [sent or planned for sent, planned in zip(sent_ns, planned_ns, strict=True)])
    packed = bytes(outcomes.tolist())  # of the array itself, bytes() would take the memory
    good = packed.translate(_GOOD_ONLY)
    return Series(
        target=target,
        file=file,
        slots=slots,
        planned_ns=planned_ns,
        sent_ns=sent_ns,
        ended_ns=ended_ns,
        outcomes=packed,
        good=good,
        served=bytes(map(mul, good, sites)),
        answered=bytes(sites.tolist()),
        v0=v0,
        v1=v1,
        rows=rows,
        start_ns=start_ns,
        unsure_slots=unsure,
    )


def _start(columns: list[array[int]], every_ns: int) -> int | None:
    slots, planned_ns = columns[0], columns[1]
    return planned_ns[0] - slots[0] * every_ns if len(slots) else None


def _rises(column: Column) -> bool:
    return all(map(lt, column, islice(column, 1, None)))


def _picked(columns: list[array[int]], rows: Column) -> list[array[int]]:
    return [array("q", map(column.__getitem__, rows)) for column in columns]


def _is_sound(columns: list[array[int]]) -> bool:
    """Whether all are definite, possible and in order: then none need be looked at one by one."""
    slots, planned, sent, ended, outcomes, sites, _v0, _v1 = columns
    if not len(slots):
        return True
    return (
        min(outcomes) > Outcome.UNKNOWN
        and max(outcomes) <= _LAST_OUTCOME
        and min(sites) >= 0
        and max(sites) <= _MOST_SITES
        and min(slots) >= 0
        and min(sent) >= 0
        and all(map(le, sent, ended))
        and _rises(slots)
        and _rises(planned)
    )


def _sound(columns: list[array[int]]) -> tuple[list[int], tuple[int, ...]]:
    """(indices of what is definite, possible and in order; slots that were asked with no known outcome)."""
    found: list[int] = []
    unsure: list[int] = []
    last_slot = last_planned = -1
    rows = zip(*columns[:6], strict=True)
    for index, (slot, planned, sent, ended, outcome, site) in enumerate(rows):
        is_possible = (
            slot > last_slot
            and planned > last_planned
            and 0 <= outcome <= _LAST_OUTCOME
            and 0 <= site <= _MOST_SITES
            and 0 <= sent <= ended
        )
        if not is_possible:
            continue
        last_slot, last_planned = slot, planned
        if outcome:
            found.append(index)
        elif sent:
            unsure.append(slot)
    return found, tuple(unsure)
