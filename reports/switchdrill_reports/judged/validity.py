"""Rules of validity, fixed before the run: a run that breaks one proves nothing, however good its figures look.

A rule speaks only when the run got as far as what it is about; from then on missing evidence breaks it.
"""

from collections.abc import Iterator

from switchdrill.clock import NS_PER_S
from switchdrill.record.entries import Injected, Opened
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan, PlannedFault
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.audience import GAP_NS, alive, load_window, loads, steady_seconds, wanted
from switchdrill_reports.measured.blocks import answered_faults
from switchdrill_reports.measured.chained import is_evidence, last_links
from switchdrill_reports.measured.course import Course, is_planned, planned_site
from switchdrill_reports.measured.effect import Proof
from switchdrill_reports.measured.episodes import Episode
from switchdrill_reports.measured.origin import served_elsewhere, serving_sites, spared_site, takes_sites
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.writers import not_fine
from switchdrill_reports.result import Check, ProbeShown, Said

Fact = str | int | float | None

_MOST_DAMAGES = 5
START_SLACK_NS = NS_PER_S
"""From the prober's first slot to the runner's knowing that it asks, and back."""


def checks(found: evidence.Evidence, course: Course, faults: list[Episode]) -> list[Check]:
    """Every rule that applies, in the order in which a broken one is named."""
    plan = found.plan
    rules = [*_record(found), *_clock(course)]
    if plan is not None:
        rules += [
            *_plan(found, course),
            *(check for each in faults for check in _effect(each.course, each.proofs)),
            *_not_steady(course),
            *(check for each in faults for check in _steady(found, plan, each.course)),
            *(check for each in faults for check in _origin(found, each.plan, each.course)),
            *_alive(found, plan, course),
            *_lateness(found, plan, course),
            *_coverage(found, plan, course),
        ]
    return rules


def probes_shown(found: evidence.Evidence, course: Course) -> list[ProbeShown]:
    """How finely each target was watched."""
    until_ns = course.observed_until_ns
    return [
        ProbeShown(
            target=each.target.name,
            kind=each.target.kind,
            every_ns=each.target.every_ns,
            timeout_ns=each.target.timeout_ns,
            planned=each.planned_count(until_ns),
            answered=each.answered_count(until_ns),
        )
        for each in found.series
    ]


def _check(name: str, outcome: str, **facts: Fact) -> Check:
    return Check(name=name, ok=outcome.endswith("ok"), said=Said(code=f"check.{name}.{outcome}", facts=facts))


def _record(found: evidence.Evidence) -> Iterator[Check]:
    bad = found.journal.first_bad_line
    if bad is not None:
        yield _check("journal", "broken", line_count=bad, problem=found.journal.why_bad)
    elif found.has_journal:
        yield _check("journal", "ok", entries_count=len(found.journal.entries))
    damages = [each for each in found.damage if each.how != "unreadable"]  # that is a shortfall, nobody's doing
    for damage in damages[:_MOST_DAMAGES]:
        yield _check("evidence", damage.how, file=damage.file)
    links = last_links(found.journal.entries)
    if links and not found.damage:
        yield _check("evidence", "ok", files_count=sum(1 for name in links if is_evidence(name)))


def _clock(course: Course) -> Iterator[Check]:
    opened = of_kind(course.entries, Opened)
    if not course.entries:
        return
    if len(opened) != 1:
        yield _check("clock", "twice", opened_count=len(opened))
    elif any(entry.t_ns < opened[0].t_ns for entry in course.entries):
        yield _check("clock", "backwards")
    else:
        yield _check("clock", "ok")


def _plan(found: evidence.Evidence, course: Course) -> Iterator[Check]:
    if course.opened is not None:
        yield _check("plan", "ok" if found.plan_sha256 == course.opened.plan_sha256 else "changed")


def _effect(course: Course, proofs: list[Proof]) -> Iterator[Check]:
    """A drill that was cut short before the effect had to be seen, or before all faults were made, is not invalid."""
    was_cut = course.cut is not None or course.runner_lost is not None
    for proof in proofs if course.injected else []:
        is_due = proof.injected is not None and course.recovery_until_ns >= _due_ns(proof.injected, proof.fault)
        if proof.is_proven or is_due or not was_cut:
            yield Check(name="effect", ok=proof.is_proven, said=proof.check)


def _due_ns(made: Injected, fault: PlannedFault) -> int:
    """When the effect had to be seen at the latest."""
    return made.after_ns + round(fault.effect.within_s * NS_PER_S)


def _not_steady(course: Course) -> Iterator[Check]:
    if course.cut is not None and course.cut.why == "not_steady":
        yield _check("steady", "not_reached")


def _steady(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Check]:
    """Before each fault: what was not whole when it came would be counted as its doing."""
    if course.onset_ns is None:
        return
    wanted_ns = plan.runbook.objectives.steady
    since_ns = course.onset_ns - wanted_ns
    bad = {each.target.name: 0 for each in found.series}
    total = 0
    looked_ns = wanted_ns
    for each in found.series:
        settled = each.settled(since_ns, course.onset_ns)
        total += len(settled)
        bad[each.target.name] = len(not_fine(each, settled, found.series))
        first_ns = each.planned_ns[settled[0]] if settled else course.onset_ns
        if first_ns > since_ns + 2 * each.target.every_ns:
            looked_ns = min(looked_ns, course.onset_ns - first_ns)
    facts: dict[str, Fact] = {"steady_ns": wanted_ns, "samples_count": total}
    if sum(bad.values()):
        worst = max(bad, key=lambda name: bad[name])
        yield _check("steady", "bad", bad_count=sum(bad.values()), target=worst, **facts)
    elif looked_ns < wanted_ns:
        yield _check("steady", "short", steady_ns=wanted_ns, seen_ns=looked_ns)
    else:
        yield _check("steady", "ok", **facts)


def _origin(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Check]:
    """A recovery of viewers whom the fault did not touch is none: they must have been on the site that goes.

    And those whom it is to leave alone must have been on the one that stays.
    """
    spared = spared_site(plan)
    if course.onset_ns is None or (spared is None and not is_planned(plan, "until_switched")):
        return
    where = [spared] if spared is not None else serving_sites(plan)
    stray = served_elsewhere(plan, course, found.series, than=where)
    outcome = "ok" if stray is None else "elsewhere"
    facts: dict[str, Fact] = {"site": ", ".join(where)}
    if spared is None and not takes_sites(answered_faults(plan)):
        outcome, facts = f"to.{outcome}", {"site": planned_site(plan, "until_switched") or ""}
    if stray is not None:
        facts["target"] = stray.target.name
    yield _check("origin", outcome if spared is None else f"spared.{outcome}", **facts)


def _alive(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Check]:
    window = load_window(found.seconds, course)
    promised = min((each.min_alive for each in loads(plan)), default=None)
    if window is None or promised is None:
        return
    seen = alive(found.seconds, *window, planned=wanted(plan))
    is_short = window[1] - window[0] <= GAP_NS and (course.cut is not None or course.runner_lost is not None)
    if seen.worst_share is None and is_short:
        return  # cut short before a line could tell
    if seen.worst_share is None:
        yield _check("alive", "none")
    elif seen.worst_share < promised:
        yield _check("alive", "few", worst_share=seen.worst_share, promised_share=promised)
    elif seen.longest_gap_ns > GAP_NS:
        yield _check("alive", "gap", gap_ns=seen.longest_gap_ns)
    else:
        yield _check("alive", "ok", worst_share=seen.worst_share, promised_share=promised)


def _lateness(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Check]:
    promised_ns = min((each.max_late for each in loads(plan)), default=None)
    steady = course.part("steady")
    is_steady = steady is not None and steady.ended_ns is not None and steady.reached
    if promised_ns is None or (course.onset_ns is None and not is_steady):
        return
    late_ns = max((each.late_p99_ns for each in steady_seconds(found, course)), default=None)
    if late_ns is None:
        yield _check("lateness", "none")
    else:
        outcome = "ok" if late_ns <= promised_ns else "late"
        yield _check("lateness", outcome, late_ns=late_ns, promised_ns=promised_ns)


def _coverage(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Check]:
    """Slots are planned until the end of the control phase, or the cut; a prober that stopped early left a gap."""
    platform = course.part("platform")
    if platform is None or platform.ended_ns is None or not platform.reached or not found.series:
        return
    until_ns = course.observed_until_ns
    if until_ns - platform.ended_ns < NS_PER_S:
        return
    shares = {each.target.name: _share(each, platform.ended_ns, until_ns) for each in found.series}
    promised = plan.runbook.measurement.min_coverage
    worst = min(shares, key=lambda name: shares[name])
    outcome = "ok" if shares[worst] >= promised else "low"
    yield _check("coverage", outcome, target=worst, worst_share=shares[worst], promised_share=promised)


def _share(series: Series, ready_ns: int, until_ns: int) -> float:
    """Definite answers per planned slot; a prober that began late missed what was planned since it was ready."""
    target = series.target
    is_late = series.start_ns is None or series.start_ns > ready_ns + START_SLACK_NS + target.every_ns
    begin_ns = ready_ns if is_late or series.start_ns is None else series.start_ns
    planned = (until_ns - target.timeout_ns - begin_ns) // target.every_ns + 1
    return min(1.0, series.answered_count(until_ns) / planned) if planned > 0 else 1.0
