"""The verdict: lexicographic, never an average. Missing is never met.

    refused     nothing was begun: no verdict
    INVALID     a rule of validity, fixed before the run, is broken: the run proves nothing
    FAIL        a critical promise is proven broken, or something is not healed
    INCOMPLETE  a critical promise is neither proven nor refuted, or the drill was cut short, or its record is not
                whole, or the judge itself failed
    PASS_WITH_DEVIATIONS
                every critical promise is kept; another one is not, or a deviation was noted
    PASS        everything that was promised is kept

Taking evidence away never leads up from one of {INVALID, FAIL, INCOMPLETE} to a pass, nor from a pass with deviations
to a pass: what is missing makes a finding NOT_MEASURED, a rule of validity broken, or the record not whole.
"""

from dataclasses import dataclass

from switchdrill_reports.result import Check, Finding, Said, Verdict

RECORD_ONLY = frozenset({"journal"})
"""A broken chain of records is no broken rule of measuring: what stands before the break still counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the verdict depends on."""

    refused: Said | None
    findings: list[Finding]
    checks: list[Check]
    not_healed: Said | None
    """Why something counts as still broken."""
    incomplete: list[Said]
    """Why the record or the run is not whole, the weightiest first."""
    deviations: list[Said]


def verdict(case: Case) -> Verdict | None:
    """None: refused."""
    if case.refused is not None:
        return None
    if broken_checks(case):
        return "INVALID"
    if missed(case) or case.not_healed is not None:
        return "FAIL"
    if unproven(case) or case.incomplete or not case.findings:
        return "INCOMPLETE"
    if deviating(case) or case.deviations:
        return "PASS_WITH_DEVIATIONS"
    return "PASS"


def reasons(case: Case) -> list[Said]:
    """Why, the weightiest first: what is still broken always stands first, whatever the verdict is called."""
    if case.refused is not None:
        return [case.refused]
    found = [case.not_healed] if case.not_healed is not None else []
    found += [each.said for each in broken_checks(case)]
    found += [each.said for each in missed(case) if each.id != "healed"]
    found += case.incomplete
    spoiled = sum(1 for each in case.findings if each.state == "UNUSABLE")
    if spoiled:
        found.append(Said(code="reason.unusable", facts={"unusable_count": spoiled}))
    found += [each.said for each in (*unproven(case), *deviating(case)) if each.state != "UNUSABLE"]
    found += case.deviations
    if not case.findings:
        found.append(Said(code="reason.nothing_promised"))
    if not found:
        found = [Said(code="reason.kept", facts={"kept_count": len(case.findings)})]
    return _once(found)


def broken_checks(case: Case) -> list[Check]:
    return [each for each in case.checks if not each.ok and each.name not in RECORD_ONLY]


def missed(case: Case) -> list[Finding]:
    return [each for each in case.findings if each.critical and each.state == "MISSED"]


def unproven(case: Case) -> list[Finding]:
    return [each for each in case.findings if each.critical and each.state not in ("MET", "MISSED")]


def deviating(case: Case) -> list[Finding]:
    return [each for each in case.findings if not each.critical and each.state != "MET"]


def _once(found: list[Said]) -> list[Said]:
    """Each reason once, at its first place."""
    kept: list[Said] = []
    for each in found:
        if each not in kept:
            kept.append(each)
    return kept
