"""When the platform knew, and when it began to steer: from its own log, or from its rule."""

from switchdrill.interval import Interval, earliest, exactly
from switchdrill.platform.model import Events
from switchdrill.record.plan import Plan
from switchdrill.runbook.physics import detection
from switchdrill_reports import evidence
from switchdrill_reports.result import Evidence, Milestone
from switchdrill_reports.states import span_of


def detected(
    plan: Plan, events: dict[str, tuple[evidence.Event, ...]], onset: Interval, *, site: str, steered: Interval | None
) -> Milestone:
    """M2: the platform's log says that `site` is declared down.

    Without such a log in the platform file, the runbook's automatic trigger is replayed: [onset + best, onset + worst],
    cut off where viewers were steered already; only when they were steered at all, as else nobody knows that the rule
    ever fired. A log that was promised and is not there is not replaced by the rule: that is NOT_MEASURED.
    """
    logs = [log for log in plan.platform.events if log.detected is not None]
    if logs:
        return _from_logs("M2", "detected", events, [(log, log.detected or "") for log in logs], onset, site)
    return _inferred(plan, onset, steered)


def steer_commanded(
    plan: Plan, events: dict[str, tuple[evidence.Event, ...]], onset: Interval, *, site: str
) -> Milestone:
    """M8: the platform's log says that viewers are from now on sent to `site`."""
    logs = [(log, log.steer_commanded) for log in plan.platform.events if log.steer_commanded is not None]
    named = [(log, event) for log, event in logs if event is not None]
    return _from_logs("M8", "steer_commanded", events, named, onset, site)


def _from_logs(
    id: str,
    name: str,
    events: dict[str, tuple[evidence.Event, ...]],
    logs: list[tuple[Events, str]],
    onset: Interval,
    site: str,
) -> Milestone:
    found = [
        (line.t_ns, log.name, line.line)
        for log, wanted in logs
        for line in events.get(log.name, ())
        if line.event == wanted and line.site == site and line.t_ns >= onset.lo
    ]
    source = ", ".join(f"event log {log.name}" for log, _wanted in logs) or "no event log"
    if not found:
        return Milestone(id=id, name=name, stratum="worst", at=None, source=source)
    at_ns, log_name, line = min(found)
    return Milestone(
        id=id,
        name=name,
        stratum="worst",
        at=span_of(exactly(at_ns)),
        source=f"event log {log_name}",
        evidence=[Evidence(file=f"events/{log_name}.jsonl", rows=(line, line))],
    )


def _inferred(plan: Plan, onset: Interval, steered: Interval | None) -> Milestone:
    rule = next((each for each in plan.runbook.triggers if each.action == "switch" and each.mode == "automatic"), None)
    nothing = Milestone(id="M2", name="detected", stratum="worst", at=None, source="no event log")
    if rule is None or steered is None or steered.hi is None or onset.hi is None:
        return nothing
    takes = detection(rule)
    by_rule = Interval(lo=onset.lo + takes.lo, hi=None if takes.hi is None else onset.hi + takes.hi)
    if by_rule.lo > steered.hi:
        return nothing  # they were steered sooner than the rule can fire: so it was not the rule
    at = earliest(by_rule, Interval(lo=by_rule.lo, hi=steered.hi))
    return nothing.model_copy(update={"at": span_of(at), "source": f"inferred from trigger {rule.id}"})
