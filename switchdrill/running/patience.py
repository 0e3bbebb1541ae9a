"""How long a drill waits for what has no limit in the runbook: told in the plan, kept to by the drill."""

from switchdrill.clock import NS_PER_S

_SLACK_NS = 15 * NS_PER_S
_STEADY_TIMES = 3


def joining_ns(ramp_ns: int) -> int:
    """Until the whole audience is there."""
    return ramp_ns + _SLACK_NS


def steadying_ns(steady_ns: int) -> int:
    """Until every probe has been good for `steady_ns` in a row: one that was bad for a moment begins anew."""
    return _STEADY_TIMES * steady_ns + _SLACK_NS
