"""How much of the recovery each phase took, rounded so that the printed shares sum exactly to the printed whole."""

from switchdrill.clock import NS_PER_S
from switchdrill_reports.result import Phase

_TENTH_NS = NS_PER_S // 10
_SECOND_FROM_NS = 600 * NS_PER_S


def shares_ns(phases: list[Phase]) -> tuple[list[tuple[Phase, int | None]], int | None]:
    """Each phase with its share, and their sum; None for a phase that was not measured, and then for the sum."""
    total_ns = sum(phase.reference_ns or 0 for phase in phases)
    step_ns = NS_PER_S if total_ns >= _SECOND_FROM_NS else _TENTH_NS
    shown: list[tuple[Phase, int | None]] = []
    reached_ns = 0
    for phase in phases:
        if phase.reference_ns is None:
            shown.append((phase, None))
            continue
        before = _rounded(reached_ns, step_ns)
        reached_ns += phase.reference_ns
        shown.append((phase, _rounded(reached_ns, step_ns) - before))
    unknown = [phase for phase in phases if phase.reference_ns is None and phase.merged_into is None]
    return shown, None if unknown or not phases else _rounded(reached_ns, step_ns)


def _rounded(ns: int, step_ns: int) -> int:
    return (ns + step_ns // 2) // step_ns * step_ns
