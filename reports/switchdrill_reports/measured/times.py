"""How long recovery and failback took, from their own milestones."""

from switchdrill.interval import Interval, elapsed, not_before
from switchdrill_reports.measured.milestones import Milestones


def recovery_time(found: Milestones, stratum: str = "worst") -> Interval | None:
    """From the fault's onset to good for good, of the worst stratum or of one operator."""
    onset, restored = found.at("M0"), found.at("M11", stratum)
    return None if onset is None or restored is None else elapsed(onset, not_before(onset, restored))


def failback_time(found: Milestones) -> Interval | None:
    started, complete = found.at("M14"), found.at("M16")
    return None if started is None or complete is None else elapsed(started, not_before(started, complete))
