"""Static promises against physics: what can be known to be impossible before anything is started.

L01  nothing waits for a person's decision: no comment `# decide: ...` stands there any more
L10  detection's worst case fits the detect target
L11  detection's worst case and what follows fit the recovery's target: all its steps, or its steering steps and then
     the longest TTL, whichever takes longer; with the steps' limits, the recovery's limit
L12  the phases' targets sum to the recovery's target, their limits to no more than its limit
L13  a probe comes at least twenty times in the recovery's target
L14  the platform's detector plays the rule that the runbook states, with the TTLs that it states
L15  the failback's target leaves room for the longest TTL: who asked just before it keeps the old answer for so long
L16  what may be lost of a critical class of data is counted by a ledger that the platform has, and that a probe writes

On a platform whose operators all have an address, nobody resolves: TTLs, the runbook's and the detector's, are those of
nothing, and no rule looks at them.
"""

from dataclasses import dataclass
from pathlib import Path

from switchdrill.clock import NS_PER_S
from switchdrill.duration import written
from switchdrill.errors import Refused
from switchdrill.platform.gap import undecided
from switchdrill.platform.model import Platform
from switchdrill.runbook.model import Runbook, Trigger, in_order
from switchdrill.runbook.physics import detection
from switchdrill.text import _
from switchdrill.yamlfile import line_of, read_text

PROBES_PER_RECOVERY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One promise that can't be kept, or two files that contradict each other."""

    code: str
    path: str
    """Where in the runbook."""
    said: str


def lint(runbook: Runbook, platform: Platform | None = None) -> list[Complaint]:
    """Every complaint, in the order of the codes. Empty: nothing is known that makes a promise impossible."""
    complaints: list[Complaint] = []
    longest_ttl = runbook.steering.longest_ttl if platform is None or platform.is_resolved() else 0
    for number, trigger in enumerate(runbook.triggers):
        if trigger.action == "switch" and trigger.mode == "automatic":
            complaints += _detection(runbook, trigger, f"triggers.{number}")
            complaints += _recovery(runbook, trigger, longest_ttl)
    complaints += _sums(runbook)
    complaints += _probes(runbook)
    complaints += _failback(runbook, longest_ttl)
    if platform is not None:
        complaints += _against(runbook, platform)
    return complaints


def waiting(runbook: Path) -> list[str]:
    """L01, each in one line."""
    decisions = undecided(read_text(runbook))
    return [f"L01 {runbook}:{line} " + _("decide: {what}").format(what=what) for line, what in decisions.items()]


def told(complaint: Complaint, runbook: Path) -> str:
    """In one line, with the line of the runbook that it is about."""
    line = line_of(runbook, complaint.path.partition(",")[0])
    return f"{complaint.code} {runbook}:{line} {complaint.path}: {complaint.said}"


def refuse(complaints: list[Complaint], runbook: Path) -> None:
    """Raise Refused when there is a complaint: a drill of an impossible promise proves nothing."""
    if complaints:
        raise Refused(
            _("the runbook promises what can't be kept"),
            where=f"{runbook}:{line_of(runbook, complaints[0].path.partition(',')[0])}",
            because="\n".join(told(each, runbook) for each in complaints),
            now=_("change the promise or the rule; `switchdrill lint` shows the arithmetic"),
        )


def arithmetic(runbook: Runbook) -> list[str]:
    """The physics of every trigger, in one sentence each."""
    return [_rule(trigger) for trigger in runbook.triggers]


def _rule(trigger: Trigger) -> str:
    takes = detection(trigger)
    return _("{id}: {count} x {every} + {timeout} ({pacing}): detection takes {best} to {worst}").format(
        id=trigger.id,
        count=trigger.consecutive_failures,
        every=written(trigger.every),
        timeout=written(trigger.timeout),
        pacing=trigger.pacing,
        best=written(takes.lo),
        worst=written(takes.hi or 0),
    )


def _detection(runbook: Runbook, trigger: Trigger, path: str) -> list[Complaint]:
    phase = runbook.objectives.phases.get("detect")
    worst = detection(trigger).hi or 0
    if phase is None or worst <= phase.target:
        return []
    said = _("{rule}, you promise {promised}").format(rule=_rule(trigger), promised=written(phase.target))
    return [Complaint(code="L10", path=f"{path}, objectives.phases.detect.target", said=said)]


def _recovery(runbook: Runbook, trigger: Trigger, longest_ttl: int) -> list[Complaint]:
    worst = detection(trigger).hi or 0
    expected = worst + _rest(runbook, "expected", longest_ttl)
    limits = worst + _rest(runbook, "limit", longest_ttl)
    complaints = []
    recovery = runbook.objectives.recovery
    for name, needed, promised in (("target", expected, recovery.target), ("limit", limits, recovery.limit)):
        if needed > promised:
            said = (
                _("detection takes up to {worst}, steps and the longest TTL {rest} more; you promise {promised}")
                if longest_ttl
                else _("detection takes up to {worst}, steps {rest} more; you promise {promised}")
            ).format(worst=written(worst), rest=written(needed - worst), promised=written(promised))
            complaints.append(Complaint(code="L11", path=f"objectives.recovery.{name}", said=said))
    return complaints


def _rest(runbook: Runbook, figure: str, longest_ttl: int) -> int:
    """From detection on: who asked just before the last steering step had acted keeps the old answer for the TTL."""
    steered = _longest(runbook, figure, {"steer"}) + longest_ttl
    return max(steered, _longest(runbook, figure, {"steer", "restore"}))


def _longest(runbook: Runbook, figure: str, phases: set[str]) -> int:
    """The critical path through the steps of these phases, by their `expected` or their `limit`."""
    steps = {step.id: step for step in runbook.steps if step.phase in phases}
    longest: dict[str, int] = {}
    for step_id in in_order({name: step.after for name, step in steps.items()}):
        if step_id in steps:
            step = steps[step_id]
            before = max((longest.get(other, 0) for other in step.after), default=0)
            longest[step_id] = before + (step.expected if figure == "expected" else step.limit)
    return max(longest.values(), default=0)


def _sums(runbook: Runbook) -> list[Complaint]:
    recovery = runbook.objectives.recovery
    targets = sum(phase.target for phase in runbook.objectives.phases.values())
    limits = sum(phase.limit for phase in runbook.objectives.phases.values())
    complaints = []
    if targets != recovery.target:
        said = _("the phases' targets sum to {total}, the recovery's target is {promised}: they must be equal").format(
            total=written(targets), promised=written(recovery.target)
        )
        complaints.append(Complaint(code="L12", path="objectives.phases", said=said))
    if limits > recovery.limit:
        said = _("the phases' limits sum to {total}, the recovery's limit is {promised}").format(
            total=written(limits), promised=written(recovery.limit)
        )
        complaints.append(Complaint(code="L12", path="objectives.phases", said=said))
    return complaints


def _probes(runbook: Runbook) -> list[Complaint]:
    every, target = runbook.measurement.probe_every, runbook.objectives.recovery.target
    if every * PROBES_PER_RECOVERY <= target:
        return []
    said = _("a probe every {every} is too coarse for {target}: at most {most}").format(
        every=written(every), target=written(target), most=written(target // PROBES_PER_RECOVERY)
    )
    return [Complaint(code="L13", path="measurement.probe_every", said=said)]


def _failback(runbook: Runbook, longest_ttl: int) -> list[Complaint]:
    failback = runbook.objectives.failback
    return [
        Complaint(
            code="L15",
            path=f"objectives.failback.{name}",
            said=_("old answers are kept for up to {ttl}; you promise {promised}").format(
                ttl=written(longest_ttl), promised=written(promised)
            ),
        )
        for name, promised in (("target", failback.target), ("limit", failback.limit))
        if promised < longest_ttl
    ]


def _ledgers(runbook: Runbook, platform: Platform) -> list[Complaint]:
    written_by_probes = {probe.ledger for probe in platform.probes if probe.kind == "ledger"}
    return [
        Complaint(
            code="L16",
            path=f"data.{name}.ledger",
            said=_("no probe of platform {platform} writes to a ledger {ledger!r}; its ledgers are {known}").format(
                platform=platform.id, ledger=each.ledger, known=", ".join(sorted(platform.ledgers)) or "-"
            ),
        )
        for name, each in runbook.data.items()
        if each.critical and each.ledger is not None and each.ledger not in written_by_probes
    ]


def _against(runbook: Runbook, platform: Platform) -> list[Complaint]:
    complaints = []
    detector = platform.detector
    for number, trigger in enumerate(runbook.triggers):
        if detector is None or trigger.action != "switch" or trigger.mode != "automatic":
            continue
        for figure in ("every", "consecutive_failures", "timeout", "pacing"):
            promised, real = getattr(trigger, figure), getattr(detector, figure)
            if promised != real:
                said = _("the runbook says {promised}, platform {platform} does {real}").format(
                    promised=_figure(promised), platform=platform.id, real=_figure(real)
                )
                complaints.append(Complaint(code="L14", path=f"triggers.{number}.{figure}", said=said))
    if detector is not None and platform.is_resolved() and detector.ttl != runbook.steering.ttl:
        said = _("the runbook says {promised}, platform {platform} does {real}").format(
            promised=written(runbook.steering.ttl), platform=platform.id, real=written(detector.ttl)
        )
        complaints.append(Complaint(code="L14", path="steering.ttl", said=said))
    for probe in platform.probes:
        if probe.kind == "hls" and probe.through == "operators" and probe.every > runbook.measurement.probe_every:
            said = _("the runbook wants a probe every {promised}, probe {name} comes every {real}").format(
                promised=written(runbook.measurement.probe_every), name=probe.name, real=written(probe.every)
            )
            complaints.append(Complaint(code="L14", path="measurement.probe_every", said=said))
    return complaints + _ledgers(runbook, platform)


def _figure(value: object) -> str:
    return written(value) if isinstance(value, int) and value >= NS_PER_S // 1000 else str(value)
