"""The first sentence of a report."""

from dataclasses import dataclass

from switchdrill.interval import Interval
from switchdrill_reports.judged.verdict import Case, broken_checks, deviating, missed, unproven
from switchdrill_reports.result import Said, Verdict
from switchdrill_reports.spans import span_facts

Fact = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the sentence is about."""

    verdict: Verdict | None
    measured: Interval | None
    """Recovery of the worst stratum."""
    promised_ns: int
    still_broken: str
    """Undos; empty: everything is healed."""


def headline(case: Case, outcome: Outcome) -> Said:
    """What is still broken first; then what the verdict rests on, with the recovery measured and promised."""
    if outcome.verdict is None:
        return Said(code="headline.refused")
    if outcome.still_broken:
        return Said(code="headline.not_healed", facts={"undos": outcome.still_broken})
    if outcome.verdict == "INVALID":
        return Said(code=f"headline.invalid.{broken_checks(case)[0].name}")
    if outcome.verdict == "FAIL":
        return _failed(case, outcome)
    if outcome.verdict == "INCOMPLETE":
        return _incomplete(case, outcome)
    code = "headline.pass" if outcome.verdict == "PASS" else "headline.deviations"
    facts: dict[str, Fact] = {}
    if outcome.verdict == "PASS_WITH_DEVIATIONS":
        facts["deviations_count"] = len(deviating(case)) + len(case.deviations)
    recovered = _recovered(outcome)
    return Said(code=code, facts={**recovered, **facts}) if recovered else Said(code=f"{code}.no_switch", facts=facts)


def _failed(case: Case, outcome: Outcome) -> Said:
    broken = missed(case)
    facts: dict[str, Fact] = {"broken_count": len(broken)}
    measured = outcome.measured
    if any(each.id == "recovery" for each in broken) and measured is not None:
        if measured.hi is None:
            return Said(
                code="headline.fail.not_recovered", facts={"seen_ns": measured.lo, "promised_ns": outcome.promised_ns}
            )
        return Said(code="headline.fail.too_slow", facts=_recovered(outcome))
    recovered = _recovered(outcome)
    if recovered:
        return Said(code="headline.fail", facts={**recovered, **facts})
    return Said(code="headline.fail.no_recovery", facts=facts)


def _incomplete(case: Case, outcome: Outcome) -> Said:
    codes = [each.code for each in case.incomplete]
    if any(code == "reason.crashed" for code in codes):
        return Said(code="headline.incomplete.crashed")
    if any(code == "reason.runner_lost" for code in codes):
        return Said(code="headline.incomplete.runner_lost")
    if any(code.startswith("cut.") for code in codes):
        return Said(code="headline.incomplete.cut")
    if codes:
        return Said(code="headline.incomplete.record")
    facts: dict[str, Fact] = {"unproven_count": len(unproven(case))}
    recovered = _recovered(outcome)
    if recovered:
        return Said(code="headline.incomplete.unproven", facts={**recovered, **facts})
    return Said(code="headline.incomplete.no_recovery", facts=facts)


def _recovered(outcome: Outcome) -> dict[str, Fact]:
    """The recovery, measured and promised; empty when viewers were not seen to be back."""
    if outcome.measured is None or outcome.measured.hi is None:
        return {}
    return {**span_facts("measured", outcome.measured), "promised_ns": outcome.promised_ns}
