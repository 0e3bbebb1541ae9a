"""What a rule of the form "N failures in a row, every T, time-out τ" can do at best and at worst.

Fixed pacing checks at k*T whatever the last check did, so a failure right after a check costs nearly a whole period
more, and the last check may need its time-out: (N-1)*T .. N*T + τ. Sequential pacing starts the next check T after the
last one ended: up to N*(T + τ).
"""

from switchdrill.interval import Interval
from switchdrill.platform.model import Detector
from switchdrill.runbook.model import Trigger


def detection(rule: Trigger | Detector) -> Interval:
    """How long detection takes, best and worst case."""
    count, every, timeout = rule.consecutive_failures, rule.every, rule.timeout
    best = (count - 1) * every
    if rule.pacing == "sequential":
        return Interval(lo=best, hi=count * (every + timeout))
    return Interval(lo=best, hi=count * every + timeout)
