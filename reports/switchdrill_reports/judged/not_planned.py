"""What the runbook promises, and the drill's author left out."""

from switchdrill.runbook.model import Objective
from switchdrill_reports.result import Evidence, Finding, Said


def not_planned(id: str, *, critical: bool, promised: Objective | None = None) -> Finding:
    """Seen by every reader, and never met."""
    return Finding(
        id=id,
        critical=critical,
        state="NOT_RUN",
        target_ns=None if promised is None else promised.target,
        limit_ns=None if promised is None else promised.limit,
        said=Said(code=f"{id}.not_planned"),
        evidence=[Evidence(file="plan.json")],
    )
