"""A rule as an nftables script: one transaction, in tables of its own that are made and deleted by name.

A sender must never see EPERM: what is dropped where it is sent comes back to its `send` as an error that no network
gives. TCP does not tell its user, so that it may be dropped in `output`; everything else is dropped behind the sender's
back: on this host where the bridge takes it over, in a container where it leaves the device.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Literal

from switchdrill.platform.address import split_endpoint
from switchdrill_faults.packets.rule import Border, Flow

COUNTER = "cut"
FAMILIES = ("inet", "bridge", "netdev", "ip", "ip6")
Place = Literal["host", "inside"]
"""On the host whose bridges carry the packets, or inside a container's own network namespace."""
BEFORE_DOCKER = -10
_REFUSALS = ("icmp type destination-unreachable return", "icmpv6 type destination-unreachable return")
_LARGEST_BYTES = 65536
"""Between containers one packet may be as long; a bucket that is smaller would let none of them pass."""


def create(rule: Border | Flow, table: str, place: Place, devices: Sequence[str] = ()) -> str:
    """The transaction that lays `rule`. It fails as a whole when one of its tables is there already.

    `devices`: of the namespace, for `inside`; without them only TCP is spared the EPERM.
    """
    hooks = ["forward", "input", "output"] if place == "host" else ["input", "output"]
    has_back_door = place == "host" or bool(devices)
    lines = [*_head("inet", table, rule)]
    for way in ("toward", "back"):
        lines += [f"  chain {way} {{", *(f"    {line}" for line in _verdicts(rule)), "  }"]
    for hook in hooks:
        lines += [f"  chain {hook} {{", f"    type filter hook {hook} priority {BEFORE_DOCKER}; policy accept;"]
        if hook == "input" and place == "inside":
            lines += ['    iifname "lo" return']
        if hook == "output":
            lines += ['    oifname "lo" return', *(["    meta l4proto != tcp return"] if has_back_door else [])]
        lines += [f"    {line}" for line in _matches(rule, hook)]
        lines += ["  }"]
    lines += ["}"]
    if place == "host":
        lines += _behind_the_sender(rule, table, "bridge", f"hook output priority {BEFORE_DOCKER}")
    elif devices:
        named = ", ".join(f'"{each}"' for each in devices)
        lines += _behind_the_sender(rule, table, "netdev", f"hook egress devices = {{ {named} }} priority 0")
    return "\n".join(lines) + "\n"


def delete(table: str) -> str:
    """The transaction that takes it away, wherever it was laid; fine when it is not there. Nothing else is touched."""
    return "".join(f"add table {family} {table}\ndelete table {family} {table}\n" for family in FAMILIES)


def _head(family: str, table: str, rule: Border | Flow) -> Iterator[str]:
    yield f"create table {family} {table}"
    yield f"table {family} {table} {{"
    yield f"  counter {COUNTER} {{ }}"
    for version in versions(rule):
        yield from sets(rule, version)


def sets(rule: Border | Flow, version: int) -> Iterator[str]:
    """The addresses that its matches name."""
    for name, elements, has_port in _sets(rule, version):
        kind = f"ipv{version}_addr" + (" . inet_service" if has_port else "")
        yield f"  set {name}{version} {{ type {kind}; elements = {{ {', '.join(elements)} }} }}"


def flows(rule: Flow, version: int) -> Iterator[tuple[str, str]]:
    """Each direction, and what matches its packets."""
    ip = "ip" if version == 4 else "ip6"
    has_sources = any(name == "sources" for name, _elements, _has_port in _sets(rule, version))
    there, back = (f"{ip} {end} @sources{version} " if has_sources else "" for end in ("saddr", "daddr"))
    if rule.direction != "back":
        yield "toward", f"{there}{ip} daddr . th dport @to{version}"
    if rule.direction != "toward":
        yield "back", f"{back}{ip} saddr . th sport @to{version}"


def _behind_the_sender(rule: Border | Flow, table: str, family: str, hook: str) -> list[str]:
    """What is no TCP, sent from here."""
    drop = f"counter name {COUNTER} drop"
    if isinstance(rule, Flow) and rule.act == "police":
        drop = f"{_over(rule)} {drop}"
    matches = [line.replace("jump toward", drop).replace("jump back", drop) for line in _matches(rule, "output")]
    head = list(_head(family, table, rule))
    chain = ["  chain output {", f"    type filter {hook}; policy accept;", "    meta l4proto tcp return"]
    chain += [f"    {line}" for line in _REFUSALS] if rule.act == "reject" else []
    return [*head, *chain, *(f"    {line}" for line in matches), "  }", "}"]


def _verdicts(rule: Border | Flow) -> list[str]:
    if isinstance(rule, Flow) and rule.act == "police":
        return [f"{_over(rule)} counter name {COUNTER} drop"]
    if rule.act == "reject":
        return [
            "tcp flags rst return",  # our own, on its way to who is refused
            *_REFUSALS,
            f"meta l4proto tcp counter name {COUNTER} reject with tcp reset",
            f"counter name {COUNTER} reject with icmpx type port-unreachable",
        ]
    return [f"counter name {COUNTER} drop"]


def _over(rule: Flow) -> str:
    """The kernel's bucket holds a second of the rate, too: after an idle second that much passes at once."""
    return f"limit rate over {rule.bytes_per_s} bytes/second burst {_LARGEST_BYTES} bytes"


def _matches(rule: Border | Flow, hook: str) -> Iterator[str]:
    for version in versions(rule):
        ip = "ip" if version == 4 else "ip6"
        names = {name for name, _elements, _has_port in _sets(rule, version)}
        if isinstance(rule, Flow):
            yield from (f"{match} jump {way}" for way, match in flows(rule, version))
            continue
        group = "inside" if hook == "forward" else "outer"
        yield f"{ip} saddr @inside{version} {ip} daddr @inside{version} return"
        if "spared" in names:
            yield f"{ip} daddr . tcp dport @spared{version} return"
            yield f"{ip} saddr . tcp sport @spared{version} return"
        if "dialled" in names and hook != "output":
            opens = "tcp flags & (syn | ack) == syn"
            refused = f"counter name {COUNTER} reject with tcp reset"
            yield f"{ip} daddr . tcp dport @dialled{version} {opens} {refused}"
        if "dialled" in names:
            yield f"{ip} saddr . tcp sport @dialled{version} tcp flags rst return"
        if group in names:
            yield f"{ip} daddr @{group}{version} jump toward"
            yield f"{ip} saddr @{group}{version} jump back"


def versions(rule: Border | Flow) -> list[int]:
    """Of IP."""
    addresses = rule.inside if isinstance(rule, Border) else [split_endpoint(each)[0] for each in rule.to]
    return sorted({version_of(each) for each in addresses})


def _sets(rule: Border | Flow, version: int) -> Iterator[tuple[str, list[str], bool]]:
    """Name, elements, and whether they have ports; a set without elements is left out."""
    if isinstance(rule, Flow):
        all_sets = [("to", rule.to, True), ("sources", rule.sources, False)]
    else:
        all_sets = [
            ("inside", rule.inside, False),
            ("outer", rule.outer, False),
            ("dialled", rule.dialled, True),
            ("spared", rule.spared, True),
        ]
    for name, elements, has_port in all_sets:
        ends = [(each, None) if not has_port else split_endpoint(each) for each in elements]
        chosen = [host if port is None else f"{host} . {port}" for host, port in ends if version_of(host) == version]
        if chosen:
            yield name, sorted(set(chosen)), has_port


def version_of(address: str) -> int:
    """Of IP."""
    return ipaddress.ip_address(address).version
