"""One data class of the runbook, reconciled: what was acknowledged, what of it is there, and who took the writes.

A record that was acknowledged before a ledger was read, and is not in it, is lost: also when it is there again later.
"""

from dataclasses import dataclass

from switchdrill.interval import Interval
from switchdrill.record.plan import Plan
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.copies import Copies, asked_of, copies
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.ledger import Written, duplicated_in, is_before, lost_in, observed_loss, written
from switchdrill_reports.measured.read_back import LedgerReading
from switchdrill_reports.measured.readings import (
    END,
    is_past,
    missing_readings,
    readings_of,
    readings_that_count,
    serving_at_the_end,
)
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.sites_writing import overlaps_shown, sites_writing
from switchdrill_reports.measured.split import Split, split
from switchdrill_reports.measured.stretch import worst_stretch
from switchdrill_reports.measured.writers import writing_sites
from switchdrill_reports.result import DataLoss
from switchdrill_reports.spans import span_of

SHOWN_IDS = 10


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
    split: Split
    copies: Copies
    """The ledgers of all sites at the end."""
    unread: tuple[str, ...]
    """Sites whose ledger was not read then, as `end, site b`: nobody can hold them against each other."""


def accounts(found: evidence.Evidence, course: Course, onset: Interval | None) -> list[Account]:
    """One for each data class of the runbook, in its order."""
    if found.plan is None:
        return []
    return [_account(found, found.plan, course, onset, name) for name in found.plan.runbook.data]


def _account(found: evidence.Evidence, plan: Plan, course: Course, onset: Interval | None, name: str) -> Account:
    promise = plan.runbook.data[name]
    series = [each for each in found.series if each.target.ledger is not None and each.target.ledger == promise.ledger]
    serving = serving_at_the_end(found, plan)
    readings = readings_that_count(found, course, promise, serving=serving)
    sent = written(plan.run, series, until_ns=max((each.begun_ns for each in readings), default=None))
    lost = _in_order(sent, {record for each in readings for record in lost_in(sent, each)})
    missing = tuple(missing_readings(plan, readings, serving)) if promise.ledger is not None else ()
    asked = asked_of(plan, series)
    ends = {each.site: each for each in readings_of(found, promise.ledger) if each.when == END}
    held = copies(list(ends.values()), asked, sent.acknowledged)
    unread = tuple(f"{END}, site {each}" for each in writing_sites(plan) if each not in held.sites)
    since_ns = course.began_ns if course.onset_ns is None else course.onset_ns - plan.runbook.objectives.steady
    writers = split(plan, promise.ledger, series, since_ns=since_ns, until_ns=course.observed_until_ns)
    loss = _not_read(plan, name, series, sent).model_copy(
        update={
            "sites": sites_writing(plan, series, writers, held if not unread else None),
            "overlaps": overlaps_shown(writers),
            "read_at": [each.file for each in readings],
        }
    )
    if readings and sent.acknowledged:
        loss = loss.model_copy(update=_read(sent, readings, lost))
        observed = observed_loss(sent, set(lost), onset)
        read_ns = max(each.begun_ns for each in readings)
        stretch = worst_stretch(asked, sent.acknowledged, set(lost), read_ns=read_ns)
        loss = loss.model_copy(update={"observed": span_of(observed), "stretch": span_of(stretch)})
    if not unread:
        there_again = {record for each in ends.values() for record in each.times} & set(lost)
        loss = loss.model_copy(
            update={
                "returned": len(there_again) if loss.lost is not None else None,
                "diverged": len(held.diverged),
                "diverged_ids": list(held.diverged[:SHOWN_IDS]),
                "behind": span_of(held.behind),
            }
        )
    return Account(
        loss=loss,
        ledger=promise.ledger,
        has_probe=bool(series),
        missing=missing,
        is_due=all(is_past(course, each.partition(",")[0]) for each in missing),
        has_lost_before=onset is not None and any(is_before(sent.acknowledged[each], onset) for each in lost),
        split=writers,
        copies=held,
        unread=unread,
    )


def _in_order(sent: Written, records: set[str]) -> list[str]:
    return sorted(records, key=lambda record: sent.acknowledged[record])


def _not_read(plan: Plan, name: str, series: list[Series], sent: Written) -> DataLoss:
    """What is known without any reading."""
    promise = plan.runbook.data[name]
    was_looked_at = any(len(each) or each.unsure_slots for each in series)
    return DataLoss(
        name=name,
        title=promise.title,
        acknowledged=len(sent.acknowledged) if was_looked_at else None,
        failed=sent.failed if was_looked_at else None,
        unknown=len(sent.unknown) if was_looked_at else None,
        lost=None,
        duplicated=None,
        unknown_present=None,
        observed=None,
        mode=promise.mode,
        rpo_ns=promise.rpo,
    )


def _read(sent: Written, readings: list[LedgerReading], lost: list[str]) -> dict[str, int | list[str]]:
    duplicated = {record for each in readings for record in duplicated_in(each)}
    unknown_present = {record for each in readings for record in each.times if record in sent.unknown}
    return {
        "lost": len(lost),
        "duplicated": len(duplicated),
        "unknown_present": len(unknown_present),
        "lost_ids": lost[:SHOWN_IDS],
    }
