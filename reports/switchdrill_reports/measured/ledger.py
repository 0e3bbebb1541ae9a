"""What became of numbered records: acknowledged ones must be there once, refused ones not; of the rest nobody knows."""

from collections.abc import Iterator
from dataclasses import dataclass

from switchdrill.interval import Interval
from switchdrill.record.samples import Outcome
from switchdrill_reports.measured.read_back import LedgerReading
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.writers import REFUSALS

_ACKNOWLEDGED = frozenset({Outcome.GOOD})
_FAILED = frozenset({Outcome.REFUSED, Outcome.BAD_STATUS, Outcome.NO_ANSWER})
"""The request surely wrote nothing: it never arrived, or was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was sent to one ledger."""

    acknowledged: dict[str, int]
    """Id -> when the acknowledgement had come, in the order of coming."""
    failed: int
    """Without what a site refused that was asked straight: it may be its duty to."""
    unknown: frozenset[str]


def written(run: str, series: list[Series], *, until_ns: int | None) -> Written:
    """What the probes of one ledger sent; a record's id is `<run>-<target>-<slot>`.

    `until_ns`: when the ledger was read last. What had no answer by then nobody looked for, and it counts nowhere.
    """
    acknowledged: list[tuple[int, str]] = []
    failed = 0
    unknown: set[str] = set()
    for each in series:
        prefix = f"{run}-{each.target.name}-"
        for slot, ended_ns, outcome in zip(each.slots, each.ended_ns, each.outcomes, strict=True):
            if until_ns is not None and ended_ns > until_ns:
                continue
            if outcome in _ACKNOWLEDGED:
                acknowledged.append((ended_ns, f"{prefix}{slot}"))
            elif outcome in _FAILED:
                failed += not (each.target.asks_who_writes and outcome in REFUSALS)
            else:
                unknown.add(f"{prefix}{slot}")
        unknown |= {f"{prefix}{slot}" for slot in each.unsure_slots}
    return Written(
        acknowledged={record: ended_ns for ended_ns, record in sorted(acknowledged)},
        failed=failed,
        unknown=frozenset(unknown),
    )


def lost_in(sent: Written, reading: LedgerReading) -> Iterator[str]:
    """Acknowledged before it was read, and not there."""
    for record, acknowledged_ns in sent.acknowledged.items():
        if acknowledged_ns <= reading.begun_ns and record not in reading.times:
            yield record


def duplicated_in(reading: LedgerReading) -> Iterator[str]:
    return (record for record, times in reading.times.items() if times > 1)


def observed_loss(sent: Written, lost: set[str], onset: Interval | None) -> Interval | None:
    """How much time was lost: from the last record of the unbroken prefix that is there to the fault's onset.

    Nothing lost from before the fault: no more than the time since the last acknowledgement, and perhaps nothing.
    """
    if onset is None or onset.hi is None:
        return None
    before = [(record, at_ns) for record, at_ns in sent.acknowledged.items() if is_before(at_ns, onset)]
    kept_ns: int | None = None
    for record, at_ns in before:
        if record in lost:
            since_ns = kept_ns if kept_ns is not None else at_ns
            return Interval(lo=max(0, onset.lo - at_ns), hi=max(0, onset.hi - since_ns))
        kept_ns = at_ns
    return None if kept_ns is None else Interval(lo=0, hi=max(0, onset.hi - kept_ns))


def is_before(acknowledged_ns: int, onset: Interval) -> bool:
    """Whether the acknowledgement may have come before the fault."""
    return onset.hi is not None and acknowledged_ns <= onset.hi
