"""What is done to a share of the packets, as an nftables script: they are lost, or they come twice.

A loss must look like one of the network's. Of a packet that is dropped where it is sent the sender is told: datagrams
get EPERM, and TCP sends some again without counting them as lost. So it is lost by the receiver, behind the sender's
bridge, or once his device has taken it.
"""

from collections.abc import Iterator, Sequence

from switchdrill.machine.packet_filter import Skill
from switchdrill.platform.address import split_endpoint
from switchdrill_faults.packets import script, this_machine
from switchdrill_faults.packets.rule import BILLION, Flow

ACTS = ("lose", "duplicate")
WAYS = ("toward", "back")
_SENT_HERE = "meta skuid 0-4294967295"
"""Where others' packets pass as well: they have drawn their lot before."""
_VANISH = 'fwd to "lo"'
"""The sender is told that it has left; loopback throws a frame away that is not addressed to it."""


def create(rule: Flow, table: str, place: script.Place, devices: Sequence[str] = ()) -> str:
    """The transaction that lays `rule`, as `script.create`. `devices`: on which it is sent but by a bridge."""
    if rule.act == "duplicate":
        return "".join(f"{line}\n" for version in script.versions(rule) for line in _twice(rule, table, place, version))
    lines = [*_head("inet", table, rule), *_lots(rule, "drop")]
    lines += _chain(rule, f"hook input priority {script.BEFORE_DOCKER}", ['iifname "lo" return'] * (place == "inside"))
    if place == "host":
        lines += _chain(rule, f"hook forward priority {script.BEFORE_DOCKER}", chain="forward")
    lines += ["}"]
    if place == "host" and not this_machine.is_loopback(split_endpoint(each)[0] for each in rule.to):
        lines += [*_head("bridge", table, rule), *_lots(rule, "drop")]
        lines += [*_chain(rule, f"hook output priority {script.BEFORE_DOCKER}", [_SENT_HERE]), "}"]
    if devices:
        named = ", ".join(f'"{each}"' for each in devices)
        lines += [*_head("netdev", table, rule), *_lots(rule, _VANISH)]
        hook = f"hook egress devices = {{ {named} }} priority 0"
        lines += [*_chain(rule, hook, [_SENT_HERE] if place == "host" else []), "}"]
    return "\n".join(lines) + "\n"


def families(rule: Flow) -> tuple[str, ...]:
    """Without which the rule is not whole."""
    return (
        tuple("ip" if version == 4 else "ip6" for version in script.versions(rule))
        if rule.act == "duplicate"
        else ("inet",)
    )


def skills(rule: Flow) -> list[Skill]:
    """What the kernel must be able to do."""
    if rule.act == "duplicate":
        return ["share", "copies"]
    return ["share", "bursts"] if rule.burst > 1 else ["share"]


def ways(rule: Flow) -> list[str]:
    return [way for way in WAYS if rule.direction in ("both", way)]


def turning(rule: Flow) -> tuple[int, int]:
    """Of a billion packets: how many end a burst, and how many of the others begin one."""
    leaving = BILLION // rule.burst
    return leaving, leaving * rule.share_ppb // (BILLION - rule.share_ppb)


def _twice(rule: Flow, table: str, place: script.Place, version: int) -> Iterator[str]:
    """The kernel never copies a copy on its way out, but would on its way in: what comes by loopback was copied when it
    was sent.
    """
    family = "ip" if version == 4 else "ip6"
    yield from _head(family, table, rule)
    yield from _lots(rule, f"dup to {family} daddr")
    for hook in ("forward", "input", "output") if place == "host" else ("input", "output"):
        first = ['iifname "lo" return'] if hook == "input" else []
        if hook == "output" and place == "inside":
            first = ['oifname "lo" return']
        yield from _chain(rule, f"hook {hook} priority {script.BEFORE_DOCKER}", first, chain=hook)
    yield "}"


def _head(family: str, table: str, rule: Flow) -> Iterator[str]:
    yield f"create table {family} {table}"
    yield f"table {family} {table} {{"
    for way in ways(rule):
        yield f"  counter met_{way} {{ }}"
        yield f"  counter {script.COUNTER}_{way} {{ }}"
    for version in script.versions(rule):
        if family in ("ip", "ip6") and family != ("ip" if version == 4 else "ip6"):
            continue
        yield from script.sets(rule, version)
        if rule.burst > 1:
            kind = f"ipv{version}_addr . inet_service"
            yield from (f"  set bad_{way}{version} {{ type {kind}; flags dynamic; size 65535; }}" for way in ways(rule))


def _lots(rule: Flow, end: str) -> Iterator[str]:
    """For each direction a chain in which a packet draws its lot."""
    for version in script.versions(rule):
        for way in ways(rule):
            yield from _drawn(rule, way, version, f"counter name {script.COUNTER}_{way} {end}")


def _drawn(rule: Flow, way: str, version: int, hit: str) -> Iterator[str]:
    yield f"  chain {way}{version} {{"
    yield f"    counter name met_{way}"
    if rule.burst == 1:
        yield f"    {_share(rule.share_ppb)} {hit}"
    else:
        # Gilbert: the link is good or bad, and bad for `burst` packets on average. A set remembers which: marks of
        # packets and connections are others', and by conntrack's (the same measured: 3.7 for 4, the set 4.0) it would
        # be each connection that is bad, not the link.
        ip, leaving, entering = ("ip" if version == 4 else "ip6"), *turning(rule)
        link = f"{ip} daddr . th dport" if way == "toward" else f"{ip} saddr . th sport"
        bad = f"@bad_{way}{version}"
        yield f"    {link} {bad} {_share(leaving)} delete {bad} {{ {link} }} return"
        yield f"    {link} {bad} {hit}"
        yield f"    {_share(entering)} add {bad} {{ {link} }} {hit}"
    yield "  }"


def _chain(rule: Flow, hook: str, first: Sequence[str] = (), *, chain: str = "met") -> Iterator[str]:
    yield f"  chain {chain} {{"
    yield f"    type filter {hook}; policy accept;"
    yield from (f"    {each}" for each in first)
    for version in script.versions(rule):
        yield from (f"    {match} jump {way}{version}" for way, match in script.flows(rule, version))
    yield "  }"


def _share(of_a_billion: int) -> str:
    return f"numgen random mod {BILLION} < {of_a_billion}"
