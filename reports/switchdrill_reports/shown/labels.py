"""What tables call the small things: parameters, probes, sources, the machine. An unknown id stays as it is."""

from collections.abc import Mapping

from switchdrill_reports.result import FaultShown
from switchdrill_reports.shown.legends import LEGENDS
from switchdrill_reports.shown.names import STEPS, listed
from switchdrill_reports.words import marked, say

DETAILS = {
    "profile": marked("profile"),
    "viewers": marked("viewers"),
    "faults": marked("faults"),
    "to": marked("to site"),
    "site": marked("site"),
    "shape": marked("shape"),
    "link": marked("link"),
    "rate": marked("rate"),
    "service": marked("service"),
}
"""Parameters of steps and faults."""

VALUES = {
    "primary": marked("primary"),
    "standby": marked("standby"),
    "witness": marked("witness"),
    "stall": marked("stall"),
    "fast_fail": marked("fast_fail"),
    "blackhole": marked("blackhole"),
    "power_off": marked("power_off"),
}

FAULTS = {
    "site-loss": LEGENDS["Site loss"],
    "link-blackhole": LEGENDS["Link blackhole"],
    "link-bandwidth": LEGENDS["Narrow link"],
    "service-kill": LEGENDS["Service killed"],
    "service-pause": LEGENDS["Service frozen"],
    "service-restart": LEGENDS["Service restarted"],
    "service-stop": LEGENDS["Service stopped"],
}

SHAPES = {
    ("site-loss", "stall"): marked("The site accepts connections, and then is silent."),
    ("site-loss", "fast_fail"): marked("The site refuses connections at once."),
    ("site-loss", "blackhole"): marked("Connections to the site time out: its packets vanish."),
    ("site-loss", "power_off"): marked("The site's processes are gone, and connections to it time out."),
}
"""What a client sees of a fault whose legend names all its shapes."""

MODES = {
    "synchronous": marked("synchronously"),
    "asynchronous": marked("asynchronously"),
    "realtime": marked("in real time"),
}
"""How a class of data is replicated."""

PROBES = {
    "dns": marked("name resolution (DNS)"),
    "hls": marked("pictures (HLS)"),
    "http": marked("health (HTTP)"),
    "ledger": marked("numbered records"),
}

SOURCES = {
    "journal, samples": marked("the runner's record, and samples"),
    "journal": marked("the runner's record"),
    "event log": marked("the platform's own log"),
    "no event log": marked("no log of the platform's own"),
    "inferred from trigger": marked("inferred from the runbook's trigger"),
    "samples": marked("samples"),
    "no probe": marked("no probe"),
}

MACHINE = {
    "host": marked("host"),
    "user": marked("user"),
    "kernel": marked("kernel"),
    "architecture": marked("architecture"),
    "cores": marked("processor cores"),
    "network": marked("network"),
}


def looks_like(fault: FaultShown, language: str) -> str:
    """What clients saw of it: of the shape that it had, when that is known."""
    words = SHAPES.get((fault.kind, fault.parameters.get("shape", "")))
    return _named(LEGENDS, fault.looks_like, language) if words is None else say(words, language)


def parameters(values: Mapping[str, str], language: str) -> str:
    """`site: primary, shape: stall`."""
    pairs = [
        say("{name}: {value}", language).format(name=_named(DETAILS, name, language), value=_value(value, language))
        for name, value in values.items()
    ]
    return ("；" if language == "zh" else ", ").join(pairs)


def probe_name(kind: str, language: str) -> str:
    return _named(PROBES, kind, language)


def mode_name(mode: str, language: str) -> str:
    return _named(MODES, mode, language)


def machine_name(name: str, language: str) -> str:
    return _named(MACHINE, name, language)


def source_name(source: str, language: str) -> str:
    """Where a milestone comes from; the names of logs and of files stay."""
    if source in SOURCES:
        return say(SOURCES[source], language)
    named: list[str] = []
    for each in source.split(", "):
        start = next((start for start in SOURCES if each == start or each.startswith(f"{start} ")), None)
        words = each if start is None else f"{say(SOURCES[start], language)}{each.removeprefix(start)}"
        named.append(words)
    return listed(named, language)


def _value(value: str, language: str) -> str:
    """Several are joined with commas, as the plan does."""
    return listed([_named({**VALUES, **FAULTS, **STEPS}, each, language) for each in value.split(", ")], language)


def _named(names: Mapping[str, str], id: str, language: str) -> str:
    return say(names[id], language) if id in names else id
