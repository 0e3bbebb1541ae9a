"""What became of numbered records: acknowledged ones must be there once, refused ones not; of the rest nobody knows.

A record that was acknowledged before a ledger was read, and is not in it, is lost. These readings must be there: the
standby's at the end of each hold (`hold`, of a second one `hold-2`; before anything was healed), and the serving site's
at the end (`end`). Another site's at the end counts, too, when the class is synchronous and the healed site was in step
again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from switchdrill.interval import Interval
from switchdrill.record.plan import Plan
from switchdrill.record.samples import Outcome
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import SWITCHES, Course, is_planned, planned_site
from switchdrill_reports.measured.read_back import LedgerReading
from switchdrill_reports.measured.series import Series
from switchdrill_reports.result import DataLoss
from switchdrill_reports.spans import span_of

SHOWN_IDS = 10
END = "end"

_ACKNOWLEDGED = frozenset({Outcome.GOOD})
_FAILED = frozenset({Outcome.REFUSED, Outcome.BAD_STATUS, Outcome.NO_ANSWER})
"""The request surely wrote nothing: it never arrived, or was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was sent to one ledger."""

    acknowledged: dict[str, int]
    """Id -> when the acknowledgement had come, in the order of coming."""
    failed: int
    unknown: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One data class of the runbook, reconciled."""

    loss: DataLoss
    ledger: str | None
    has_probe: bool
    missing: tuple[str, ...]
    """Readings that had to be there and are not, as `hold, site b`."""
    is_due: bool
    """Whether the drill got as far as those readings."""
    has_lost_before: bool
    """Whether a record is missing that was acknowledged before the fault."""


def accounts(found: evidence.Evidence, course: Course, onset: Interval | None) -> list[Account]:
    """One for each data class of the runbook, in its order."""
    if found.plan is None:
        return []
    return [_account(found, found.plan, course, onset, name) for name in found.plan.runbook.data]


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
                failed += 1
            else:
                unknown.add(f"{prefix}{slot}")
        unknown |= {f"{prefix}{slot}" for slot in each.unsure_slots}
    return Written(
        acknowledged={record: ended_ns for ended_ns, record in sorted(acknowledged)},
        failed=failed,
        unknown=frozenset(unknown),
    )


def _account(found: evidence.Evidence, plan: Plan, course: Course, onset: Interval | None, name: str) -> Account:
    promise = plan.runbook.data[name]
    series = [each for each in found.series if each.target.ledger is not None and each.target.ledger == promise.ledger]
    serving = _serving_at_the_end(found, plan)
    rejoin = course.part("rejoin")
    all_in_step = promise.mode == "synchronous" and rejoin is not None and rejoin.reached
    readings = [
        each
        for each in found.readings
        if promise.ledger is not None
        and each.ledger == promise.ledger
        and (each.when != END or each.site == serving or all_in_step)
    ]
    last_ns = max((each.begun_ns for each in readings), default=None)
    sent = written(plan.run, series, until_ns=last_ns)
    missing = tuple(_missing(plan, readings, serving)) if promise.ledger is not None else ()
    lost = sorted(
        {record for each in readings for record in _lost(sent, each)}, key=lambda record: sent.acknowledged[record]
    )
    duplicated = {record for each in readings for record in _duplicated(each)}
    unknown_present = {record for each in readings for record in each.times if record in sent.unknown}
    is_read = bool(readings) and bool(sent.acknowledged)
    was_looked_at = any(len(each) or each.unsure_slots for each in series)
    return Account(
        loss=DataLoss(
            name=name,
            title=promise.title,
            acknowledged=len(sent.acknowledged) if was_looked_at else None,
            failed=sent.failed if was_looked_at else None,
            unknown=len(sent.unknown) if was_looked_at else None,
            lost=len(lost) if is_read else None,
            duplicated=len(duplicated) if is_read else None,
            unknown_present=len(unknown_present) if is_read else None,
            lost_ids=lost[:SHOWN_IDS],
            observed=span_of(observed_loss(sent, set(lost), onset)) if is_read else None,
            read_at=[each.file for each in readings],
        ),
        ledger=promise.ledger,
        has_probe=bool(series),
        missing=missing,
        is_due=all(_is_past(course, each.partition(",")[0]) for each in missing),
        has_lost_before=onset is not None and any(_is_before(sent.acknowledged[each], onset) for each in lost),
    )


def _lost(sent: Written, reading: LedgerReading) -> Iterator[str]:
    for record, acknowledged_ns in sent.acknowledged.items():
        if acknowledged_ns <= reading.begun_ns and record not in reading.times:
            yield record


def _duplicated(reading: LedgerReading) -> Iterator[str]:
    return (record for record, times in reading.times.items() if times > 1)


def observed_loss(sent: Written, lost: set[str], onset: Interval | None) -> Interval | None:
    """How much time was lost: from the last record of the unbroken prefix that is there to the fault's onset.

    Nothing lost from before the fault: no more than the time since the last acknowledgement, and perhaps nothing.
    """
    if onset is None or onset.hi is None:
        return None
    before = [(record, at_ns) for record, at_ns in sent.acknowledged.items() if _is_before(at_ns, onset)]
    kept_ns: int | None = None
    for record, at_ns in before:
        if record in lost:
            since_ns = kept_ns if kept_ns is not None else at_ns
            return Interval(lo=max(0, onset.lo - at_ns), hi=max(0, onset.hi - since_ns))
        kept_ns = at_ns
    return None if kept_ns is None else Interval(lo=0, hi=max(0, onset.hi - kept_ns))


def _is_before(acknowledged_ns: int, onset: Interval) -> bool:
    """Whether the acknowledgement may have come before the fault."""
    return onset.hi is not None and acknowledged_ns <= onset.hi


def _missing(plan: Plan, readings: list[LedgerReading], serving: str) -> Iterator[str]:
    """Readings without which a loss could hide."""
    there = {(each.when, each.site) for each in readings}
    wanted = _held(plan)
    if is_planned(plan, "control"):
        wanted.append((END, serving))
    yield from (f"{when}, site {site}" for when, site in wanted if (when, site) not in there)


def _held(plan: Plan) -> list[tuple[str, str]]:
    """Each hold's reading, and the site that was holding: where the viewers were switched to last."""
    found: list[tuple[str, str]] = []
    serving: str | None = None
    holds = 0
    for step in plan.steps:
        if step.step in SWITCHES and "to" in step.detail:
            serving = step.detail["to"]
        if step.step == "hold":
            holds += 1
            if serving is not None:
                found.append(("hold" if holds == 1 else f"hold-{holds}", serving))
    return found


def _is_past(course: Course, when: str) -> bool:
    name, _dash, number = when.partition("-")
    parts = [each for each in course.parts if each.part == ("control" if name == END else name)]
    wanted = int(number) if number.isdecimal() else 1
    return len(parts) >= wanted and parts[wanted - 1].reached


def _serving_at_the_end(found: evidence.Evidence, plan: Plan) -> str:
    """The site of the last good picture that any operator's viewers got."""
    names = list(plan.platform.sites)
    last = (-1, "")
    for each in found.series:
        if each.target.kind == "hls" and each.target.operator is not None:
            end = max(each.served.rfind(bytes([number])) for number in range(1, len(names) + 1))
            if end >= 0 and each.served[end] <= len(names):
                last = max(last, (each.planned_ns[end], names[each.served[end] - 1]))
    fallback = planned_site(plan, "failback") or planned_site(plan, "until_switched")
    return last[1] or fallback or next(iter(names))
