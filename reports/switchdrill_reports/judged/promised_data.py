"""Promises about data: what may be missing afterwards, how far back, and what may be there twice."""

from collections.abc import Iterator

from switchdrill.interval import exactly
from switchdrill.record.plan import Plan
from switchdrill.runbook.model import DataClass
from switchdrill_reports.judged.states import state_of, state_of_count
from switchdrill_reports.measured.account import Account
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.readings import END, is_past
from switchdrill_reports.result import DataLoss, Evidence, Finding, Said, State
from switchdrill_reports.spans import interval_of, span_facts, span_of

Fact = str | int | float | None

NOTHING = exactly(0)
"""Nothing is missing: no time at all was lost."""


def data(plan: Plan, course: Course, accounts: list[Account]) -> Iterator[Finding]:
    """Of each class, critical as the runbook says: lost, duplicated, lost time before the fault, and split brain.

    Not critical: whether the sites' ledgers are the same at the end.
    """
    for account in accounts:
        promise = plan.runbook.data[account.loss.name]
        yield _lost_time(course, account, promise)
        for what, count, allowed in (
            ("lost", account.loss.lost, promise.lost_max),
            ("duplicated", account.loss.duplicated, promise.duplicates_max),
        ):
            yield _finding(course, account, what, count, allowed, critical=promise.critical)
        if account.ledger is not None:
            yield _split_brain(course, account, critical=promise.critical)
            yield _diverged(course, account)


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
        is_back = what == "lost" and bool(loss.returned)
        if is_back:
            facts["returned_count"] = loss.returned
        said = Said(code=f"data.{what}.{state.lower()}{'.returned' if is_back else ''}", facts=facts)
    return Finding(
        id=f"data.{loss.name}.{what}",
        critical=critical,
        state=state,
        count=count,
        allowed=allowed,
        said=said,
        evidence=[Evidence(file=each) for each in loss.read_at],
    )


def _split_brain(course: Course, account: Account, *, critical: bool) -> Finding:
    """No write acknowledged by one site while another one acknowledges writes, too; whoever saw it.

    That there was none is only known when every site was asked straight, all the time. Where the plan does not even
    mean to ask, it is a deviation and not critical: such a platform can be drilled, but never passes without a remark.
    """
    split, name = account.split, account.loss.name
    title = account.loss.title or name
    facts: dict[str, Fact] = {"title": title, "sites": ", ".join(split.asked)}
    state: State
    if split.writes:
        worst = max(split.overlaps, key=lambda each: (each.took.lo, each.took.hi is None, each.took.hi or 0))
        state, outcome = "MISSED", "missed" if len(split.overlaps) == 1 else "missed.several"
        writes = ", ".join(f"{site}: {count}" for site, count in split.by_site().items())
        facts |= {"beside_count": split.writes, "writes": writes, "overlaps_count": len(split.overlaps)}
        facts |= span_facts("measured", worst.took)
    elif course.onset_ns is None:
        state, outcome = "NOT_RUN", "not_run"
    elif split.unasked:
        state, outcome = "NOT_MEASURED", "not_asked"
        facts["unasked"] = ", ".join(split.unasked)
    elif split.possible:
        state, outcome = "INDETERMINATE", "indeterminate"
        facts["possible_count"] = split.possible
    elif not account.loss.acknowledged:
        state, outcome = "NOT_MEASURED", "not_written"
    else:
        state, outcome = ("MET", "met") if split.is_watched else ("INDETERMINATE", "gaps")
    is_known = state in ("MET", "MISSED")
    return Finding(
        id=f"data.{name}.split_brain",
        critical=critical and (bool(split.writes) or not split.unasked),
        state=state,
        count=split.writes if is_known else None,
        allowed=0,
        said=Said(code="data.not_run" if state == "NOT_RUN" else f"data.split_brain.{outcome}", facts=facts),
        evidence=list(split.evidence),
    )


def _diverged(course: Course, account: Account) -> Finding:
    """At the end, no record in one site's ledger that another one, which has later ones, lacks."""
    loss = account.loss
    facts: dict[str, Fact] = {"title": loss.title or loss.name, "missing": "; ".join(account.unread)}
    count = loss.diverged
    state = state_of_count(count, 0)
    if course.onset_ns is None:
        state, count, code = "NOT_RUN", None, "data.not_run"
    elif count is None:
        is_due = is_past(course, END)
        state = "NOT_MEASURED" if is_due else "NOT_RUN"
        code = "data.diverged.not_read" if is_due else "data.diverged.not_reached"
    else:
        only_at = {site: len(records) for site, records in account.copies.only_at.items()}
        facts |= {"diverged_count": count, "writes": ", ".join(f"{site}: {each}" for site, each in only_at.items())}
        code = f"data.diverged.{state.lower()}"
    return Finding(
        id=f"data.{loss.name}.diverged",
        critical=False,
        state=state,
        count=count,
        allowed=0,
        said=Said(code=code, facts=facts),
        evidence=[Evidence(file=each) for each in account.copies.files],
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
