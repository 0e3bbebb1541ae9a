"""The first sentences of a report: when pictures were back, and what the verdict rests on."""

from dataclasses import dataclass

from switchdrill.interval import Interval
from switchdrill_reports.judged.verdict import Case, broken_checks, deviating, missed, unproven
from switchdrill_reports.result import Check, Said, Verdict, Viewers
from switchdrill_reports.spans import interval_of, span_facts

Fact = str | int | float | None

_NOT_SEEN = ("check.alive.gap", "check.alive.none", "check.lateness.none")
"""Rules that are broken because nothing tells whether they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the sentences are about."""

    verdict: Verdict | None
    measured: Interval | None
    """Recovery of the worst stratum."""
    viewers: Viewers | None
    promised_ns: int
    limit_ns: int
    until: str
    """What ended the time in which a recovery counts."""
    fault: int | None
    """Of several faults, one after the other: the one that the recovery is of."""
    still_broken: str
    """What the undos are of; empty: everything is healed."""
    can_be_healed: bool = True
    """False: every undo was played, and yet it was not seen whole again."""


def headline(case: Case, outcome: Outcome) -> Said:
    """What is still broken first; then what the verdict rests on."""
    if outcome.verdict is None:
        return Said(code="headline.refused")
    if outcome.still_broken:
        code = "headline.not_healed" if outcome.can_be_healed else "headline.not_seen_whole"
        return Said(code=code, facts={"undos": outcome.still_broken})
    if outcome.verdict == "INVALID":
        return _invalid(broken_checks(case)[0])
    if outcome.verdict == "FAIL":
        return _failed(case, outcome)
    if outcome.verdict == "INCOMPLETE":
        return _incomplete(case)
    has_switch = ".no_switch" if outcome.measured is None else ""
    if outcome.verdict == "PASS":
        return Said(code=f"headline.pass{has_switch}")
    facts: dict[str, Fact] = {"deviations_count": len(deviating(case)) + len(case.deviations)}
    return Said(code=f"headline.deviations{has_switch}", facts=facts)


def back(case: Case, outcome: Outcome) -> list[Said]:
    """When pictures were back: as the operators' probes saw it, which is what is promised, and for the last viewer.

    Nothing of a run that is invalid or was refused, nor before what is still broken is said.
    """
    if outcome.verdict in (None, "INVALID") or outcome.still_broken:
        return []
    ridden = [each for each in case.findings if each.id in ("untouched", "ride_out")]
    if ridden:
        return [each.said for each in ridden if each.state == "MET"]
    if outcome.measured is None:
        return []
    which = [] if outcome.fault is None else [Said(code="back.which", facts={"fault_count": outcome.fault})]
    return [
        *which,
        _operators(outcome.measured, outcome.until),
        *_last_viewer(outcome.viewers, outcome.until),
        Said(code="back.promised", facts={"promised_ns": outcome.promised_ns, "limit_ns": outcome.limit_ns}),
    ]


def _operators(measured: Interval, until: str) -> Said:
    if measured.hi is None:
        return Said(code="back.not_yet", facts={"seen_ns": measured.lo, "until": until})
    return Said(code="back.operators", facts=span_facts("measured", measured))


def _last_viewer(viewers: Viewers | None, until: str) -> list[Said]:
    """The last one: his resolver's time to live, and his own retries, come on top of what the probes saw."""
    if viewers is None or viewers.last_back is None:
        return [Said(code="back.viewers_not_measured")] if viewers is None or viewers.touched != 0 else []
    took = interval_of(viewers.last_back)
    facts: dict[str, Fact] = {"planned_count": viewers.planned}
    if took is None:
        return []
    if took.hi is None:
        return [
            Said(
                code="back.viewers_left",
                facts={**facts, "left_count": viewers.not_back, "seen_ns": took.lo, "until": until},
            )
        ]
    return [Said(code="back.last_viewer", facts={**facts, **span_facts("last", took)})]


def _invalid(broken: Check) -> Said:
    """Of a rule that nobody could look at, it is not said what became of what it is about."""
    unseen = ".unseen" if broken.said.code in _NOT_SEEN else ""
    return Said(code=f"headline.invalid.{broken.name}{unseen}")


def _failed(case: Case, outcome: Outcome) -> Said:
    broken = missed(case)
    facts: dict[str, Fact] = {"broken_count": len(broken)}
    if outcome.measured is None or not any(each.id == "recovery" for each in broken):
        return Said(code="headline.fail", facts=facts)
    return Said(code=f"headline.fail.{'not_recovered' if outcome.measured.hi is None else 'too_slow'}", facts=facts)


def _incomplete(case: Case) -> Said:
    codes = [each.code for each in case.incomplete]
    if any(code == "reason.crashed" for code in codes):
        return Said(code="headline.incomplete.crashed")
    if any(code == "reason.runner_lost" for code in codes):
        return Said(code="headline.incomplete.runner_lost")
    if any(code.startswith("cut.") for code in codes):
        return Said(code="headline.incomplete.cut")
    if codes:
        return Said(code="headline.incomplete.record")
    return Said(code="headline.incomplete.unproven", facts={"unproven_count": len(unproven(case))})
