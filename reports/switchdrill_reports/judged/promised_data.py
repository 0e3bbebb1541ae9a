"""Promises about data: what may be missing afterwards, and what may be there twice."""

from collections.abc import Iterator

from switchdrill.record.plan import Plan
from switchdrill_reports.judged.states import state_of_count
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.ledger import Account
from switchdrill_reports.result import DataLoss, Evidence, Finding, Said

Fact = str | int | float | None


def data(plan: Plan, course: Course, accounts: list[Account]) -> Iterator[Finding]:
    """Two findings for each class, critical as the runbook says."""
    for account in accounts:
        promise = plan.runbook.data[account.loss.name]
        for what, count, allowed in (
            ("lost", account.loss.lost, promise.lost_max),
            ("duplicated", account.loss.duplicated, promise.duplicates_max),
        ):
            yield _finding(course, account, what, count, allowed, critical=promise.critical)


def _finding(
    course: Course, account: Account, what: str, count: int | None, allowed: int, *, critical: bool
) -> Finding:
    loss = account.loss
    state = state_of_count(count, allowed)
    why = _why_unknown(account)
    facts: dict[str, Fact] = {"title": loss.title or loss.name}
    if state != "MISSED" and course.onset_ns is None:
        state, code = "NOT_RUN", "data.not_run"
    elif state != "MISSED" and why is not None:
        state, code = ("NOT_MEASURED" if account.is_due else "NOT_RUN"), f"data.{why}"
        facts["missing"] = "; ".join(account.missing)
    else:
        code = f"data.{what}.{state.lower()}"
        facts |= {f"{what}_count": count, "allowed_count": allowed, "acknowledged_count": loss.acknowledged}
    return Finding(
        id=f"data.{loss.name}.{what}",
        critical=critical,
        state=state,
        count=count,
        allowed=allowed,
        said=Said(code=code, facts=facts),
        evidence=[Evidence(file=each) for each in loss.read_at],
    )


def _why_unknown(account: Account) -> str | None:
    """Why zero missing records would prove nothing; None: it would."""
    loss: DataLoss = account.loss
    if account.ledger is None:
        return "no_ledger"
    if not account.has_probe:
        return "no_probe"
    if account.missing:
        return "not_read" if account.is_due else "not_reached"
    return "not_written" if not loss.acknowledged else None
