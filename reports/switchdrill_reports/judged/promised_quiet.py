"""Promises that nothing bad is seen for a time: while holding on the standby, and in the control phase at the end.

A part that took place twice is judged twice; the worst of them is kept (`worst.py`).
"""

from collections.abc import Iterator

from switchdrill.record.plan import Plan
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course, is_planned, planned_site, site_number
from switchdrill_reports.measured.gaps import looked_away
from switchdrill_reports.measured.series import Series
from switchdrill_reports.result import Evidence, Finding, Said, State, Stretch

Fact = str | int | float | None

SLACK_SHARE = 0.01
"""A part is timed by a runner that looks every so often: so much shorter than promised is not too short."""


def hold(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """Every picture of every operator good, and from the standby, for the runbook's time.

    A drill that waits for no switch holds nothing on a standby; one that does not hold has not shown that it lasts.
    """
    to = planned_site(plan, "until_switched")
    if plan.faults and (to is None or not is_planned(plan, "hold")):
        yield Finding(id="hold", critical=False, state="NOT_RUN", said=Said(code="hold.not_planned"))
    elif to is not None:
        eyes = [each for each in found.series if each.target.kind == "hls" and each.target.operator is not None]
        promised_ns = plan.runbook.objectives.hold
        for part in course.all_parts("hold"):
            yield _quiet("hold", eyes, _until_seen(part, course), promised_ns, site=site_number(plan, to))


def control(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """Every probe good, as in the steady phase: nothing is broken any more."""
    if is_planned(plan, "control"):
        promised_ns = plan.runbook.objectives.control
        for part in course.all_parts("control"):
            yield _quiet("control", list(found.series), _until_seen(part, course), promised_ns, site=None)


def _until_seen(part: Stretch | None, course: Course) -> Stretch | None:
    """A part that never ended (its runner died) is judged as far as anybody looked."""
    if part is None or part.ended_ns is not None:
        return part
    return part.model_copy(update={"ended_ns": max(part.began_ns, course.observed_until_ns)})


def _quiet(id: str, eyes: list[Series], part: Stretch | None, promised_ns: int, *, site: int | None) -> Finding:
    bad: dict[str, list[int]] = {}
    looked: list[tuple[Series, list[int]]] = []
    total = 0
    held_ns = 0
    is_watched = bool(eyes)
    if part is not None and part.ended_ns is not None:
        held_ns = part.ended_ns - part.began_ns
        for eye in eyes:
            settled = eye.settled(part.began_ns, part.ended_ns)
            total += len(settled)
            bad[eye.target.name] = [index for index in settled if _is_bad(eye, index, site)]
            looked.append((eye, bad[eye.target.name] or settled))
            is_watched = is_watched and bool(settled) and eye.is_watched_until(part.ended_ns)
            is_watched = is_watched and not looked_away(eye, part.began_ns, part.ended_ns)
    count = sum(len(each) for each in bad.values())
    state, outcome = _judged(
        part, count, total, is_long=held_ns >= promised_ns * (1 - SLACK_SHARE), is_watched=is_watched
    )
    worst = max(bad, key=lambda name: len(bad[name]), default="")
    facts: dict[str, Fact] = {
        "held_ns": held_ns, "promised_ns": promised_ns, "bad_count": count, "samples_count": total, "target": worst,
    }  # fmt: skip
    return Finding(
        id=id,
        critical=True,
        state=state,
        count=count if total else None,
        allowed=0,
        said=Said(code=f"{id}.{outcome}", facts=facts if total else {}),
        evidence=[_rows(eye, shown) for eye, shown in looked if shown and (not count or bad[eye.target.name])],
    )


def _rows(eye: Series, indices: list[int]) -> Evidence:
    rows = [eye.rows[index] for index in indices]
    return Evidence(file=eye.file, rows=(min(rows), max(rows)))


def _judged(part: Stretch | None, count: int, total: int, *, is_long: bool, is_watched: bool) -> tuple[State, str]:
    if part is None:
        return "NOT_RUN", "not_run"
    if count:
        return "MISSED", "missed"
    if not total:
        return "NOT_MEASURED", "not_measured"
    if not part.reached or not is_long:
        return "INDETERMINATE", "too_short"
    if not is_watched:
        return "INDETERMINATE", "gaps"
    return "MET", "met"


def _is_bad(eye: Series, index: int, site: int | None) -> bool:
    return not eye.good[index] if site is None else eye.served[index] != site
