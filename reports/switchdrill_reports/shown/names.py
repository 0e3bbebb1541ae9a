"""What people call the things that records know by an id. An id that is not here is shown as it is."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from switchdrill_reports.result import FaultShown, Finding, Result, State, Verdict
from switchdrill_reports.shown.legends import LEGENDS
from switchdrill_reports.words import marked, say

VERDICTS: dict[Verdict | None, str] = {
    "PASS": marked("Passed"),
    "PASS_WITH_DEVIATIONS": marked("Passed with deviations"),
    "INCOMPLETE": marked("Incomplete"),
    "FAIL": marked("Failed"),
    "INVALID": marked("Invalid"),
    None: marked("Refused"),
}

VERDICT_MEANINGS: dict[Verdict | None, str] = {
    "PASS": marked("Every promise that the drill is held against was measured, and kept."),
    "PASS_WITH_DEVIATIONS": marked("Every critical promise was kept; something else went otherwise than planned."),
    "INCOMPLETE": marked("Not enough was measured to say that the promises were kept. That is not a pass."),
    "FAIL": marked("A critical promise was not kept."),
    "INVALID": marked("This run can't be judged by: a rule of validity was broken. That is not a pass."),
    None: marked("There is no verdict: the drill did not begin."),
}

STATES: dict[State, str] = {
    "MET": marked("kept"),
    "MISSED": marked("missed"),
    "INDETERMINATE": marked("can't tell"),
    "NOT_MEASURED": marked("not measured"),
    "NOT_RUN": marked("not reached"),
    "UNUSABLE": marked("measured, not usable"),
}

KINDS = {
    "tabletop": marked("Tabletop exercise"),
    "simulation": marked("Simulation"),
    "real_switch": marked("Real switch"),
}

PARTS = {
    "platform": marked("platform up"),
    "load": marked("load"),
    "steady": marked("steady state"),
    "fault": marked("fault"),
    "switch": marked("switch"),
    "hold": marked("hold"),
    "ride_out": marked("ride it out"),
    "heal": marked("heal"),
    "rejoin": marked("rejoin"),
    "failback": marked("failback"),
    "control": marked("control phase"),
}

MILESTONES = {
    "fault_onset": marked("fault begins"),
    "first_user_impact": marked("first viewer hit"),
    "detected": marked("detected"),
    "steer_commanded": marked("steering commanded"),
    "steered": marked("viewers steered"),
    "first_good_frame": marked("first good picture"),
    "service_restored": marked("good for good"),
    "failback_start": marked("failback begins"),
    "failback_user_impact_end": marked("last bad picture of the failback over"),
    "failback_complete": marked("failback complete"),
}

PHASES = {
    "detect": marked("Detect"),
    "steer": marked("Steer"),
    "restore": marked("Restore"),
}

STEPS = {
    "load": marked("put the load on"),
    "steady": marked("wait for the steady state"),
    "break": marked("break it"),
    "until_switched": marked("wait until viewers are switched"),
    "hold": marked("hold"),
    "ride_out": marked("ride it out"),
    "heal": marked("heal"),
    "failback": marked("go back"),
    "control": marked("control phase"),
}

STEP_STATES = {
    "done": marked("done"),
    "late": marked("done, but too late"),
    "failed": marked("failed"),
    "not_reached": marked("not reached"),
    "added": marked("added, not planned"),
}

FINDINGS = {
    "recovery": marked("Recovery, from the fault to good for good"),
    "failback": marked("Failback, from the command to good on the returned site"),
    "rejoin": marked("The healed site is in step again"),
    "hold": marked("Bad samples while holding on the standby"),
    "while_healing": marked("Bad pictures while the lost site is healed"),
    "untouched": marked("No viewer is touched by the loss of a site that serves nobody"),
    "ride_out": marked("What viewers notice of a fault that is ridden out"),
    "steps": marked("Planned steps, and their time"),
    "control": marked("Bad samples in the control phase, with nothing broken"),
    "healed": marked("Everything is healed"),
}

UNTIL = {
    "healing": marked("when healing began"),
    "hold": marked("when the hold ended"),
    "observation": marked("when observation ended"),
}
"""What ended the time in which a recovery counts."""

HEALERS = {"runner": marked("the runner"), "healer": marked("the healer process")}

HEAL_REASONS = {
    "done": marked("as planned"),
    "aborted": marked("the drill was aborted"),
    "deadline": marked("its deadline passed"),
    "stood_still": marked("the runner stood still"),
    "runner_lost": marked("the runner died"),
    "sweep": marked("a later run swept up"),
    "command": marked("by command"),
}

DATA_FINDINGS = {
    "lost": marked("{title}: acknowledged and lost"),
    "duplicated": marked("{title}: duplicated"),
    "rpo": marked("{title}: how far back acknowledged records are missing"),
    "split_brain": marked("{title}: writes acknowledged while another site took writes, too (split brain)"),
    "diverged": marked("{title}: in one site's ledger only, at the end"),
}

CHECKS = {
    "plan": marked("The plan is the one from before the start"),
    "journal": marked("The record is whole"),
    "evidence": marked("The evidence is what the record says it was"),
    "clock": marked("One clock"),
    "steady": marked("Steady before the fault"),
    "origin": marked("Viewers were on the right site before the fault"),
    "effect": marked("The fault had an effect"),
    "alive": marked("The planned audience was there"),
    "lateness": marked("The load generator kept its own pace"),
    "coverage": marked("The probes looked often enough"),
}


def verdict_name(verdict: Verdict | None, language: str) -> str:
    return say(VERDICTS[verdict], language)


def verdict_meaning(verdict: Verdict | None, language: str) -> str:
    return say(VERDICT_MEANINGS[verdict], language)


def state_name(state: State, language: str) -> str:
    return say(STATES[state], language)


def kind_name(kind: str, language: str) -> str:
    return _named(KINDS, kind, language)


def part_name(part: str, language: str) -> str:
    return _named(PARTS, part, language)


def milestone_name(name: str, language: str) -> str:
    return _named(MILESTONES, name, language)


def phase_name(name: str, language: str) -> str:
    return _named(PHASES, name, language)


def step_name(step: str, language: str) -> str:
    """A call of the drill's author; an unplanned one is known by the part that it was."""
    return _named({**PARTS, **STEPS}, step, language)


def step_state_name(state: str, language: str) -> str:
    return _named(STEP_STATES, state, language)


def healer_name(by: str, language: str) -> str:
    return _named(HEALERS, by, language)


def heal_reason(why: str, language: str) -> str:
    return _named(HEAL_REASONS, why, language)


def fault_name(text: str, language: str) -> str:
    """A fault's legend is written by the fault's author; ours are in the catalogue, others stay as they are."""
    return _named(LEGENDS, text, language)


def drill_name(node_id: str) -> str:
    """The test's own words and parameters: several drills of one file are told apart by them."""
    name = node_id.rpartition("::")[2]
    words, bracket, parameters = name.partition("[")
    return " ".join([words.removeprefix("test_").replace("_", " "), *([f"[{parameters}"] if bracket else [])])


def numbered_fault(fault: FaultShown, language: str) -> str:
    """`Site loss`; of several, one after the other, `Site loss (fault 2)`, as its promises are called."""
    name = fault_name(fault.name, language)
    if fault.number is None:
        return name
    return say("{promise} (fault {number})", language).format(promise=name, number=fault.number)


def check_name(name: str, language: str) -> str:
    return _named(CHECKS, name, language)


def titles_of(result: Result) -> dict[str, str]:
    """The titles that the run's own files give to ids: `data.gifts`, `operator.unicom`."""
    found = {f"data.{each.name}": each.title for each in result.data if each.title}
    return found | {f"operator.{each.operator}": each.title for each in result.strata if each.title}


def finding_name(finding: Finding, language: str, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """`phase.detect`, `data.gifts.lost` by the names of the phase and of the data class (`titles`: see `titles_of`)."""
    name = _promise_name(finding.id, language, titles)
    if finding.fault is None:
        return name
    return say("{promise} (fault {number})", language).format(promise=name, number=finding.fault)


def _promise_name(id: str, language: str, titles: Mapping[str, str]) -> str:
    head, _dot, rest = id.partition(".")
    if head == "phase":
        return say("Phase: {phase}", language).format(phase=phase_name(rest, language))
    name, _dot, what = rest.rpartition(".")
    if head == "data" and what in DATA_FINDINGS:
        return say(DATA_FINDINGS[what], language).format(title=titles.get(f"data.{name}", name))
    return _named(FINDINGS, id, language)


def spoken_fact(name: str, value: str, language: str, titles: Mapping[str, str]) -> str:
    """A fact of a sentence that names things by their ids: `{operator}`, `{fault}`, `{not_reached}`."""
    if name in ("operator", "operators"):
        return _each(value, lambda operator: titles.get(f"operator.{operator}", operator), language)
    if name in ("failed", "late", "not_reached", "added", "step"):
        return _each(value, lambda step: step_name(step, language), language)
    if name == "fault":
        return _each(value, lambda fault: fault_name(fault, language), language)
    if name == "until" and value in UNTIL:
        return say(UNTIL[value], language)
    if name in ("steps", "undos", "site", "sites", "unasked", "writes"):
        return _each(value, str, language)
    if name == "missing":
        return _each(value, lambda reading: _reading(reading, language), language, between="; ")
    return value


def _reading(text: str, language: str) -> str:
    """Of a ledger, as the judge names it: `hold, site b`, `hold-2, site b`, `end, site a`."""
    when, _comma, site = text.partition(", site ")
    name, _dash, number = when.partition("-")
    if name == "hold" and number:
        return say("site {site}, at the end of hold {number}", language).format(site=site, number=number)
    if name in ("hold", "end") and site:
        words = say("site {site}, at the end of the hold", language)
        return (words if name == "hold" else say("site {site}, at the end", language)).format(site=site)
    return text


def listed(words: Sequence[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(words)


def _each(ids: str, named: Callable[[str], str], language: str, *, between: str = ", ") -> str:
    """A list of ids, as the judge joins them; what has commas inside stands between semicolons."""
    words = [named(each) for each in ids.split(between)]
    return listed(words, language) if between == ", " else ("；" if language == "zh" else between).join(words)


def _named(names: Mapping[str, str], id: str, language: str) -> str:
    return say(names[id], language) if id in names else id
