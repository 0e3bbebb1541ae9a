"""What people call the things that records know by an id. An id that is not here is shown as it is."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from switchdrill_reports.result import FaultShown, Finding, Result, State, Verdict
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

_LEGENDS = (
    marked("Site loss"),
    marked(
        "the site connects and is silent (stall), refuses at once (fast_fail), or connects time out (blackhole,"
        " power_off)"
    ),
    marked("the site connects and is silent (stall), or refuses at once (fast_fail)"),  # in runs of before
    marked("Site uplink loss"),
    marked("nobody outside reaches the site; its hosts and its line to the other site live on"),
    marked("Egress line loss"),
    marked("whoever comes by this line reaches nothing; the site's other lines live on"),
    marked("Operator loss"),
    marked("one operator's viewers get no name and reach no site; all others notice nothing"),
    marked("Site brown-out"),
    marked("the site answers late and slowly; under load not in time"),
    marked("Line degraded"),
    marked(
        "answers over the line come later and slower; unless its clients are steady, its connections are cut for a"
        " moment when it begins and when it ends"
    ),
    marked("Evening peak"),
    marked(
        "answers over the line come later and later, and sooner again; unless its clients are steady, its connections"
        " are cut for a moment with each step"
    ),
    marked("Link blackhole"),
    marked("connects over the link time out, live connections fall silent"),
    marked("Narrow link"),
    marked(
        "data passes the link no faster than the rate; its connections are cut for a moment when it begins and when it"
        " ends"
    ),
    marked("Slow link"),
    marked(
        "answers over the link come later; unless its clients are steady, its connections are cut for a moment when it"
        " begins and when it ends"
    ),
    marked("Link stalled"),
    marked("it connects, then silence; what was sent arrives when it is healed"),
    marked("Link cut"),
    marked("live connections are closed, new ones refused at once"),
    marked("Link resets"),
    marked("it connects, and is reset at the first word; connections of before are closed"),
    marked("Link closes slowly"),
    marked(
        "connections end later than they were closed; unless its clients are steady, they are cut for a moment when it"
        " begins and when it ends"
    ),
    marked("Trickling link"),
    marked(
        "data arrives in small pieces, one by one; unless its clients are steady, its connections are cut for a moment"
        " when it begins and when it ends"
    ),
    marked("Link with a data limit"),
    marked("each connection is closed when so much data has passed it"),
    marked("Flapping link"),
    marked("refused and whole by turns; each time it is cut its connections are closed"),
    marked("Packet loss"),
    marked("Packets corrupted"),
    marked("data over the link comes later and slower; datagrams are missing"),
    marked("Packets doubled"),
    marked("datagrams come twice; connections go on"),
    marked("Packets reordered"),
    marked("datagrams come late and in another order; connections are slower"),
    marked("Datagrams late"),
    marked("datagrams come late; connections are as before"),
    marked("Link refused"),
    marked("connects over the link are refused at once, live connections are reset"),
    marked("Partition"),
    marked("two parts of the platform do not hear one another; viewers reach both"),
    marked("Narrow links"),
    marked("data passes the links no faster than the rate, all of them together"),
    marked("Service killed"),
    marked("refused; of a container silence after a second, when its address is gone"),
    marked("Service frozen"),
    marked("it connects, then silence"),
    marked("Service restarted"),
    marked("refused for a moment, then as before; what it held in memory is gone"),
    marked("Stream metadata missing"),
    marked("viewers connect; once they are sent there, no picture comes, or none that goes on"),
    marked("Frozen playlist"),
    marked("playlists are answered at once, with 200, and name the same segments for ever"),
    marked("Wrong encoder parameters"),
    marked("segments go on; a player that believes the metadata shows them wrongly, or not at all"),
    marked("Publisher lost"),
    marked("what was there is still served; nothing new comes, and after a while nothing at all"),
    marked("Replication stopped"),
    marked("video is as before; writes wait, or are acknowledged and are at one site only"),
    marked("Replication late"),
    marked("writes that wait for the other site take longer; the others are there alone for as long"),
    marked("Dependency at the wrong site"),
    marked("nothing, until the other site is lost; then what needs the dependency fails here, too"),
    marked("Standby too small"),
    marked("a few viewers are served as ever; of many, some are refused, or served late"),
    marked("A site that was replaced keeps writing"),
    marked("after a switch, writes at the old site are acknowledged as well as at the new one"),
    marked("Monitoring path lost"),
    marked("nothing, until viewers are sent away from a site that served them well"),
    marked("Failed health checks"),
    marked("nothing: viewers are served; the platform's own checks of the site fail"),
    marked("Service stopped"),
    marked("Slow DNS"),
    marked("names are answered late; connections of DNS over TCP may be cut once"),
    marked("DNS silence"),
    marked("names are asked for, and nobody answers"),
    marked("DNS error"),
    marked("names are answered with an error: could not be found out (SERVFAIL), or no such name (NXDOMAIN)"),
    marked("Wrong DNS answer"),
    marked("names lead to an address that is not the platform's; who was told so keeps it for its TTL"),
    marked("DNS answers cut short"),
    marked("over UDP answers are empty and cut short; over TCP they are whole"),
    marked("Stale DNS"),
    marked("names are answered as they were when it began, beyond their TTL"),
    marked("it ends in its own way, then refused; of a container silence, when its address is gone"),
    marked("Service in a restart loop"),
    marked("it serves for a while, is gone for a moment, and has forgotten what it held in memory"),
    marked("Processor squeezed"),
    marked("it answers late, in fits and starts; under load not in time"),
    marked("Memory limited"),
    marked("it gets slower where it needs more; at the limit the kernel kills its processes"),
    marked("Disk full"),
    marked("it serves what it has, and can write nothing new: a picture that stands still"),
    marked("Clock skewed"),
    marked("refused for a moment, as it is started anew; then signatures, caches and leases are wrong"),
    marked("Certificate expired"),
    marked("players and browsers that verify it break off the handshake; plain HTTP is as before"),
)
LEGENDS = {each: each for each in _LEGENDS}
"""What faults' files say of themselves; here so that it can be translated."""


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
