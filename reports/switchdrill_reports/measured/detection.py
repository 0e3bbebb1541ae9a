"""When the platform knew, and when it began to steer: from its own log, or from its rule."""

from dataclasses import dataclass

from switchdrill.interval import Interval, after, earliest, exactly
from switchdrill.record.plan import Plan
from switchdrill.runbook.physics import detection
from switchdrill_reports.measured.read_back import Event
from switchdrill_reports.result import Evidence, Milestone
from switchdrill_reports.spans import span_of

INFERRED = "inferred"
"""How the source of a milestone begins that a rule tells, and nobody measured."""

Events = dict[str, tuple[Event, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of the switch besides the log."""

    onset: Interval
    steered: Interval | None
    until_ns: int
    """When observation of the recovery ended."""
    next_onset_ns: int | None = None
    """What a log says from here on is about something else that was broken."""


def detected(plan: Plan, events: Events, around: Around, *, site: str) -> Milestone:
    """M2: the platform's log says that `site` is declared down.

    Without such a log in the platform file, the runbook's automatic trigger is replayed: [onset + best, onset + worst],
    cut off where viewers were steered already; only when they were steered at all, as else nobody knows that the rule
    ever fired. A log that was promised and is not there is not replaced by the rule: that is NOT_MEASURED.
    """
    wanted = {log.name: log.detected for log in plan.platform.events if log.detected is not None}
    if wanted:
        return _from_logs(Milestone(id="M2", name="detected", stratum="worst", at=None, source=""), events, around,
                          wanted=wanted, site=site)  # fmt: skip
    return _inferred(plan, around)


def steer_commanded(plan: Plan, events: Events, around: Around, *, site: str) -> Milestone:
    """M8: the platform's log says that viewers are from now on sent to `site`."""
    wanted = {log.name: log.steer_commanded for log in plan.platform.events if log.steer_commanded is not None}
    return _from_logs(
        Milestone(id="M8", name="steer_commanded", stratum="worst", at=None, source="no event log"), events, around,
        wanted=wanted, site=site,
    )  # fmt: skip


def _from_logs(
    unmeasured: Milestone, events: Events, around: Around, *, wanted: dict[str, str], site: str
) -> Milestone:
    """The first such line since the fault; censored when the logs are there, hold none, and nobody was steered."""
    if not wanted:
        return unmeasured
    found = [
        (line.t_ns, name, line.line)
        for name, event in wanted.items()
        for line in events.get(name, ())
        if line.event == event
        and line.site == site
        and line.t_ns >= around.onset.lo
        and (around.next_onset_ns is None or line.t_ns < around.next_onset_ns)
    ]
    source = ", ".join(f"event log {name}" for name in wanted)
    if not found:
        is_steered = around.steered is not None and not around.steered.is_censored
        says_no = all(name in events for name in wanted) and not is_steered
        at = after(max(around.until_ns, around.onset.lo)) if says_no else None
        return unmeasured.model_copy(update={"at": span_of(at), "source": source})
    at_ns, name, line = min(found)
    return unmeasured.model_copy(
        update={
            "at": span_of(exactly(at_ns)),
            "source": f"event log {name}",
            "evidence": [Evidence(file=f"events/{name}.jsonl", rows=(line, line))],
        }
    )


def _inferred(plan: Plan, around: Around) -> Milestone:
    rule = next((each for each in plan.runbook.triggers if each.action == "switch" and each.mode == "automatic"), None)
    nothing = Milestone(id="M2", name="detected", stratum="worst", at=None, source="no event log")
    onset, steered = around.onset, around.steered
    if rule is None or steered is None or steered.hi is None or onset.hi is None:
        return nothing
    takes = detection(rule)
    by_rule = Interval(lo=onset.lo + takes.lo, hi=None if takes.hi is None else onset.hi + takes.hi)
    if by_rule.lo > steered.hi:
        return nothing  # they were steered sooner than the rule can fire: so it was not the rule
    at = earliest(by_rule, Interval(lo=by_rule.lo, hi=steered.hi))
    return nothing.model_copy(update={"at": span_of(at), "source": f"{INFERRED} from trigger {rule.id}"})
