"""netem, where the kernel has it: a device of our own holds the packets that are sent through it, and gives them back.

What the device holds is chosen where packets enter or leave the others (clsact); the queues of those are never touched.
One that has a clsact of somebody else is refused.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import product

from switchdrill.errors import CouldNotHeal, CouldNotStart
from switchdrill.machine.netem import why_no_netem
from switchdrill.platform.address import split_endpoint
from switchdrill.text import _
from switchdrill_faults.packets import script
from switchdrill_faults.packets.nft import Ground, devices_of, run_on
from switchdrill_faults.packets.rule import Border, Flow

NAMED = "netem (unproven)"
MET = "met"
_OURS = "sd"
_LIMIT_PACKETS = 20_000
_SIDES = ("ingress", "egress")
_LEADS_TO = re.compile(r"to device (\S+?)\)")


def on_this_machine() -> str:
    """Why it can't be had here, and that nobody has tried it."""
    unproven = _("unproven: netem was tried in a small virtual machine only (User Mode Linux 6.1)")
    return "; ".join(filter(None, [why_no_netem(), unproven]))


def device(table: str) -> str:
    """Ours, by the name that the rule has; a device's has 15 characters at most."""
    return _OURS + table[-12:]


def create(rule: Flow, table: str, devices: Sequence[str]) -> Iterator[list[str]]:
    """The commands, one after another, that lay `rule`. On loopback both directions leave; elsewhere what goes to the
    rule's addresses comes in.
    """
    ours = device(table)
    yield ["ip", "link", "add", ours, "type", "ifb"]
    yield ["ip", "link", "set", ours, "up"]
    yield ["tc", "qdisc", "add", "dev", ours, "root", "netem", "limit", str(_LIMIT_PACKETS), *rule.shape]
    for each in devices:
        yield ["tc", "qdisc", "replace", "dev", each, "clsact"]
        for version, way, match in _matches(rule):
            side = "egress" if each == "lo" or way == "back" else "ingress"
            protocol, pref = ("ip" if version == 4 else "ipv6"), _prefs(table)[version]
            at = ["tc", "filter", "add", "dev", each, side, "protocol", protocol, "pref", pref, "u32"]
            yield [*at, *match, "action", "mirred", "egress", "redirect", "dev", ours]


def lay(ground: Ground, rule: Border | Flow, table: str, place: script.Place) -> None:
    """CouldNotStart when it can't be; what was laid until then is taken away by `take_away`."""
    if not isinstance(rule, Flow):
        raise TypeError(rule)
    devices = _devices(ground, place)
    why = why_taken(ground, devices)
    if why:
        raise _not_laid(ground, table, why)
    for argv in create(rule, table, devices):
        said = run_on(ground, *argv)
        if said.code != 0:
            raise _not_laid(ground, table, f"{' '.join(argv)}: {said.text.strip()[:400]}")


def lay_again(ground: Ground, rule: Border | Flow, table: str, place: script.Place) -> None:
    """As `lay`, in place of whatever is left of it."""
    take_away(ground, table)
    lay(ground, rule, table, place)


def counted(ground: Ground, rule: Border | Flow, table: str) -> dict[str, int] | None:  # noqa: ARG001  # as nft's
    """Packets that it has given back; None: it is not there. CouldNotStart when that can't be seen."""
    if not is_there(ground, table):
        return None
    said = run_on(ground, "tc", "-s", "-j", "qdisc", "show", "dev", device(table))
    try:
        return {MET: sum(int(each["packets"]) for each in json.loads(said.text) if each.get("kind") == "netem")}
    except (ValueError, KeyError, TypeError) as problem:
        raise _unread(ground, f"{problem}: {said.text[:200]}") from problem


def is_there(ground: Ground, table: str) -> bool:
    """CouldNotStart when that can't be seen."""
    said = run_on(ground, "ip", "link", "show", "dev", device(table))
    if said.code != 0 and "does not exist" not in said.text:
        raise _unread(ground, said.text)
    return said.code == 0


def take_away(ground: Ground, table: str) -> bool:
    """Our device goes last: while it is there, a clsact without filters is ours. False: it was not there. CouldNotHeal
    when it stays.
    """
    try:
        if not is_there(ground, table):
            return False
        for each in ["lo", *devices_of(ground)]:
            if not each.startswith(_OURS) and _has_clsact(ground, each):
                _clear(ground, each, table)
        said = run_on(ground, "ip", "link", "del", device(table))
        if not is_there(ground, table):
            return True
    except CouldNotStart as problem:
        raise _stays(ground, table, problem.because or problem.what) from problem
    raise _stays(ground, table, said.text.strip()[:600])


def why_taken(ground: Ground, devices: Sequence[str]) -> str:
    """Why packets can't be chosen on these devices; empty: they can."""
    if not devices:
        return _("its devices can't be seen")
    for each in devices:
        if _has_clsact(ground, each) and not _is_ours(_filters(ground, each)):
            return _("device {device} has a clsact or ingress qdisc that is not ours").format(device=each)
    return ""


def _clear(ground: Ground, name: str, table: str) -> None:
    """Take our filters off, and what carried them when nobody else's are left."""
    filters = _filters(ground, name)
    for side in _SIDES if device(table) in filters else ():
        for pref in _prefs(table).values():
            run_on(ground, "tc", "filter", "del", "dev", name, side, "pref", pref)
    if not _filters(ground, name).strip():
        run_on(ground, "tc", "qdisc", "del", "dev", name, "clsact")


def _matches(rule: Flow) -> Iterator[tuple[int, str, list[str]]]:
    for to, source in product(rule.to, rule.sources or [""]):
        host, port = split_endpoint(to)
        version = script.version_of(host)
        if source and script.version_of(source) != version:
            continue
        ip, bits = ("ip", 32) if version == 4 else ("ip6", 128)
        datagrams = ["match", ip, "protocol", "17", "0xff"] if rule.is_datagrams_only else []
        for way, there, here in (("toward", "dst", "src"), ("back", "src", "dst")):
            if rule.direction not in ("both", way):
                continue
            other = ["match", ip, here, f"{source}/{bits}"] if source else []
            which = "dport" if there == "dst" else "sport"
            ends = ["match", ip, there, f"{host}/{bits}", "match", ip, which, str(port), "0xffff"]
            yield version, way, [*ends, *other, *datagrams]


def _devices(ground: Ground, place: script.Place) -> list[str]:
    return ["lo"] if place == "host" else [each for each in devices_of(ground) if not each.startswith(_OURS)]


def _has_clsact(ground: Ground, name: str) -> bool:
    said = run_on(ground, "tc", "qdisc", "show", "dev", name)
    return any(word in said.text for word in ("clsact", "qdisc ingress"))


def _filters(ground: Ground, name: str) -> str:
    told = [run_on(ground, "tc", "filter", "show", "dev", name, side) for side in _SIDES]
    unread = next((each.text for each in told if each.code != 0), None)
    if unread is not None:
        raise _unread(ground, unread)
    return "\n".join(each.text.strip() for each in told)


def _is_ours(filters: str) -> bool:
    """Whether there are any, and all of them lead to devices of ours."""
    leads_to = _LEADS_TO.findall(filters)
    kinds = [line.split() for line in filters.splitlines() if line.startswith("filter ")]
    return bool(leads_to) and all(each.startswith(_OURS) for each in leads_to) and all("u32" in each for each in kinds)


def _prefs(table: str) -> dict[int, str]:
    """Of our filters, by version of IP: other faults have others on the same device."""
    number = int(table[-4:], 16) % 30_000 + 1
    return {4: str(2 * number), 6: str(2 * number + 1)}


def _not_laid(ground: Ground, table: str, because: str) -> CouldNotStart:
    return CouldNotStart(
        _("packets could not be sent through netem"), where=f"{ground.where()}, {device(table)}", because=because
    )


def _unread(ground: Ground, because: str) -> CouldNotStart:
    return CouldNotStart(_("netem can't be read"), where=ground.where(), because=because.strip()[:600])


def _stays(ground: Ground, table: str, because: str) -> CouldNotHeal:
    return CouldNotHeal(
        _("netem could not be taken away"),
        where=f"{ground.where()}, device {device(table)}",
        because=because,
        now=_("mend that, then:  switchdrill heal --all"),
        meanwhile=_("packets still pass through it"),
    )
