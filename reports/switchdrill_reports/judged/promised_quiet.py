"""Promises that nothing bad is seen for a time: while holding on the standby, while a site is lost that serves nobody,
and in the control phase at the end.

A part that took place twice is judged twice; the worst of them is kept (`worst.py`).
"""

from collections.abc import Iterator
from itertools import zip_longest

from switchdrill.record.plan import Plan
from switchdrill.record.viewers import Outage as ViewerOutage
from switchdrill_reports.judged.not_planned import not_planned
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course, is_planned, planned_holds, planned_site, site_number
from switchdrill_reports.measured.gaps import looked_away
from switchdrill_reports.measured.healing import homeward
from switchdrill_reports.measured.origin import is_ridden_out, lost_sites, spared_site
from switchdrill_reports.measured.put_back import absent_ns
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.writers import not_fine
from switchdrill_reports.result import Evidence, Finding, Said, State, Stretch

Fact = str | int | float | None

SLACK_SHARE = 0.01
"""A part is timed by a runner that looks every so often: so much shorter than promised is not too short."""


def hold(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """Every picture of every operator good, and from the standby, for the runbook's time.

    A drill that waits for no switch holds nothing on a standby; one that does not hold has not shown that it lasts. A
    hold before the switch is only a stretch of time: it keeps nothing, and breaks nothing.
    """
    sites = planned_holds(plan)
    if spared_site(plan) is not None or is_ridden_out(plan):
        return  # it is `untouched`, or `promised_ride`, that tells
    if plan.faults and not sites:
        yield not_planned("hold", critical=False)
        return
    promised_ns = plan.runbook.objectives.hold
    # One that nobody had planned is on the standby as well: `steps` tells that it was added.
    for site, part in zip_longest(sites, course.holds, fillvalue=None):
        number = site_number(plan, site or (sites or [""])[-1])
        yield _quiet("hold", viewers_eyes(found), _until_seen(part, course), promised_ns, site=number)


def while_healing(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """Every picture of every operator good, from whichever site, while the lost one is healed and gets in step.

    The runbook does not promise it, and so it is not critical; but what our own healing does to viewers is told.
    """
    if planned_site(plan, "until_switched") is not None:
        finding = _quiet("while_healing", viewers_eyes(found), homeward(course), 0, site=None)
        yield finding.model_copy(update={"critical": False})


def untouched(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """A site is lost that serves nobody: every picture of every operator good, from the site that it was from before.

    From the fault until the healed site is in step again: healing must not hit anybody, either. The fault must have
    acted for the runbook's time of holding. Viewers count, too: one of them who had an outage was touched.
    """
    site = spared_site(plan)
    if site is None or is_ridden_out(plan):
        return
    eyes = viewers_eyes(found)
    stretch = while_lost(course)
    acted_ns = 0
    if stretch is not None:
        acted_ns = (course.first_undone_ns or course.observed_until_ns) - stretch.began_ns - absent_ns(course)
    finding = _quiet(
        "untouched", eyes, stretch, plan.runbook.objectives.hold, site=site_number(plan, site), held_ns=acted_ns
    )
    hit = 0
    if stretch is not None:
        ended_ns = stretch.ended_ns or stretch.began_ns
        hit = len({each.viewer for each in viewers_outages(found, stretch.began_ns, ended_ns)})
    facts: dict[str, Fact] = {**finding.said.facts, "site": ", ".join(lost_sites(plan)), "viewers_count": hit}
    code, state = finding.said.code, finding.state
    if hit and state != "MISSED":
        code, state = "untouched.viewers", "MISSED"
    evidence_of_both = [*finding.evidence, Evidence(file="load/viewers.jsonl")]
    yield finding.model_copy(
        update={"state": state, "said": Said(code=code, facts=facts), "evidence": evidence_of_both}
    )


def while_lost(course: Course) -> Stretch | None:
    """From the fault until its site was in step again, or nobody looked any more."""
    began_ns, rejoin = course.onset_ns, course.part("rejoin")
    if began_ns is None:
        return None
    known_ns = [course.observed_until_ns, None if rejoin is None else rejoin.ended_ns]
    ended_ns = min(each for each in known_ns if each is not None)
    is_whole = rejoin is not None and rejoin.ended_ns is not None
    return Stretch(part="fault", began_ns=began_ns, ended_ns=max(began_ns, ended_ns), reached=is_whole)


def viewers_outages(found: evidence.Evidence, began_ns: int, ended_ns: int) -> Iterator[ViewerOutage]:
    """Outages of viewers between the two instants."""
    for each in found.outages:
        if each.last_good_ns < ended_ns and (each.next_good_ns is None or each.next_good_ns > began_ns):
            yield each


def viewers_eyes(found: evidence.Evidence) -> list[Series]:
    return [each for each in found.series if each.target.kind == "hls" and each.target.operator is not None]


def control(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """Every probe good, as in the steady phase: nothing is broken any more. Critical when a drill has none, too:
    without it, nobody knows that the platform was left whole, nor that it was drilled under its audience.
    """
    if plan.faults and not is_planned(plan, "control"):
        yield not_planned("control", critical=True)
    if is_planned(plan, "control"):
        promised_ns = plan.runbook.objectives.control
        for part in course.all_parts("control"):
            yield _quiet("control", list(found.series), _until_seen(part, course), promised_ns, site=None)


def _until_seen(part: Stretch | None, course: Course) -> Stretch | None:
    """A part that never ended (its runner died) is judged as far as anybody looked."""
    if part is None or part.ended_ns is not None:
        return part
    return part.model_copy(update={"ended_ns": max(part.began_ns, course.observed_until_ns)})


def _quiet(
    id: str,
    eyes: list[Series],
    part: Stretch | None,
    promised_ns: int,
    *,
    site: int | None,
    held_ns: int | None = None,
) -> Finding:
    """`held_ns`: how long it lasted, when that is not the length of the part."""
    bad: dict[str, list[int]] = {}
    looked: list[tuple[Series, list[int]]] = []
    total = 0
    is_watched = bool(eyes)
    if part is not None and part.ended_ns is not None:
        held_ns = part.ended_ns - part.began_ns if held_ns is None else held_ns
        for eye in eyes:
            settled = eye.settled(part.began_ns, part.ended_ns)
            total += len(settled)
            bad[eye.target.name] = _bad(eye, settled, eyes, site)
            looked.append((eye, bad[eye.target.name] or settled))
            is_watched = is_watched and bool(settled) and eye.is_watched_until(part.ended_ns)
            is_watched = is_watched and not looked_away(eye, part.began_ns, part.ended_ns)
    count = sum(len(each) for each in bad.values())
    held_ns = held_ns or 0
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
    if not is_long:
        return "INDETERMINATE", "too_short"
    if not part.reached:
        return "INDETERMINATE", "cut_short"
    if not is_watched:
        return "INDETERMINATE", "gaps"
    return "MET", "met"


def _bad(eye: Series, indices: list[int], eyes: list[Series], site: int | None) -> list[int]:
    if site is None:
        return not_fine(eye, indices, eyes)
    return [index for index in indices if eye.served[index] != site]
