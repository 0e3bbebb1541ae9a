"""Promises about data: what may be missing afterwards, how far back, and what may be there twice."""

from collections.abc import Iterator

from switchdrill.interval import exactly
from switchdrill.record.plan import Plan
from switchdrill.runbook.model import DataClass
from switchdrill_reports.judged.states import state_of, state_of_count
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.ledger import Account
from switchdrill_reports.result import DataLoss, Evidence, Finding, Said, State
from switchdrill_reports.spans import interval_of, span_facts, span_of

Fact = str | int | float | None

NOTHING = exactly(0)
"""Nothing is missing: no time at all was lost."""


def data(plan: Plan, course: Course, accounts: list[Account]) -> Iterator[Finding]:
    """Three findings for each class, critical as the runbook says: lost, duplicated, and lost time before the fault."""
    for account in accounts:
        promise = plan.runbook.data[account.loss.name]
        yield _lost_time(course, account, promise)
        for what, count, allowed in (
            ("lost", account.loss.lost, promise.lost_max),
            ("duplicated", account.loss.duplicated, promise.duplicates_max),
        ):
            yield _finding(course, account, what, count, allowed, critical=promise.critical)


def _lost_time(course: Course, account: Account, promise: DataClass) -> Finding:
    """The runbook's recovery point: how far back the first acknowledged record lies that is missing.

    Nothing missing keeps any promise; else the whole interval must. What might have been lost is not measured.
    """
    loss = account.loss
    measured = interval_of(loss.observed) if account.has_lost_before else NOTHING
    state: State = state_of(measured, promise.rpo)
    facts: dict[str, Fact] = {"title": loss.title or loss.name, "promised_ns": promise.rpo}
    unknown = _unless_known(course, account) if state != "MISSED" else None
    if unknown is not None:
        (state, said), measured = unknown, None
    elif measured is None or measured is NOTHING:
        said = Said(code="data.rpo.nothing_lost", facts=facts)
    else:
        said = Said(code=f"data.rpo.{state.lower()}", facts={**facts, **span_facts("measured", measured)})
    return Finding(
        id=f"data.{loss.name}.rpo",
        critical=promise.critical,
        state=state,
        measured=span_of(measured),
        target_ns=promise.rpo,
        said=said,
        evidence=[Evidence(file=each) for each in loss.read_at],
    )


def _finding(
    course: Course, account: Account, what: str, count: int | None, allowed: int, *, critical: bool
) -> Finding:
    loss = account.loss
    state = state_of_count(count, allowed)
    facts: dict[str, Fact] = {"title": loss.title or loss.name}
    unknown = _unless_known(course, account) if state != "MISSED" else None
    if unknown is not None:
        (state, said), count = unknown, None
    else:
        facts |= {f"{what}_count": count, "allowed_count": allowed, "acknowledged_count": loss.acknowledged}
        said = Said(code=f"data.{what}.{state.lower()}", facts=facts)
    return Finding(
        id=f"data.{loss.name}.{what}",
        critical=critical,
        state=state,
        count=count,
        allowed=allowed,
        said=said,
        evidence=[Evidence(file=each) for each in loss.read_at],
    )


def _unless_known(course: Course, account: Account) -> tuple[State, Said] | None:
    """The state of a promise about which nothing is known, and why."""
    why = _why_unknown(account)
    facts: dict[str, Fact] = {"title": account.loss.title or account.loss.name, "missing": "; ".join(account.missing)}
    if course.onset_ns is None:
        return "NOT_RUN", Said(code="data.not_run", facts=facts)
    if why is None:
        return None
    return ("NOT_MEASURED" if account.is_due else "NOT_RUN"), Said(code=f"data.{why}", facts=facts)


def _why_unknown(account: Account) -> str | None:
    """Why zero missing records would prove nothing; None: it would."""
    loss: DataLoss = account.loss
    if account.ledger is None:
        return "no_ledger"
    if not account.has_probe:
        return "no_probe"
    if account.missing:
        return "not_read" if account.is_due else "not_reached"
    if loss.acknowledged is None:
        return "no_samples"
    return "not_written" if not loss.acknowledged else None
