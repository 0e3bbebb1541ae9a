"""nft, where the rule is laid: here, in the network namespace of a process here, or in a helper container."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from switchdrill.containers.engine import Engine
from switchdrill.errors import CouldNotHeal, CouldNotStart
from switchdrill.machine.command import path_of, run
from switchdrill.machine.network import NetworkName, inside, own
from switchdrill.platform.address import split_endpoint
from switchdrill.text import _
from switchdrill_faults.packets import chance, script, this_machine
from switchdrill_faults.packets.rule import Border, Flow

NAMED = "nftables"
_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    code: int
    text: str


class Ground(Protocol):
    """Where rules can be laid."""

    def run(self, *argv: str) -> Said:
        """One command there. SwitchdrillError or OSError when it can't be run at all."""
        ...

    def where(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Here:
    """This host's own network namespace."""

    def run(self, *argv: str) -> Said:
        return _ran([found(argv[0]), *argv[1:]])

    def where(self) -> str:
        return _("nftables of this host") if own() is None else _("nftables of the run's own network namespace")


@dataclass(frozen=True, slots=True)
class Beside:
    """The network namespace of a process of this machine; with this host's own nft, and without any daemon."""

    pid: int
    name: str

    def run(self, *argv: str) -> Said:
        return _ran([found("nsenter"), "-t", str(self.pid), "-n", found(argv[0]), *argv[1:]])

    def where(self) -> str:
        return _("nftables in container {name}").format(name=self.name)


@dataclass(frozen=True, slots=True)
class InThere:
    """A network namespace that a run had for itself, seen from outside."""

    name: NetworkName
    pid: int

    def run(self, *argv: str) -> Said:
        return _ran(inside(self.name, self.pid, [found(argv[0]), *argv[1:]]))

    def where(self) -> str:
        return _("nftables in the network namespace of process {pid}").format(pid=self.pid)


@dataclass(frozen=True, slots=True)
class Within:
    """A container's network namespace, through a helper container that is gone after each command."""

    engine: Engine
    name: str
    image: str
    labels: Mapping[str, str]

    def run(self, *argv: str) -> Said:
        helped = self.engine.helper(
            self.image, argv, beside=self.name, shares="network", capabilities=["NET_ADMIN"], labels=self.labels
        )
        return Said(code=helped.code, text=helped.said)

    def where(self) -> str:
        return _("nftables in container {name}").format(name=self.name)


def found(program: str) -> str:
    """Its path; the bare name when it is nowhere."""
    return path_of(program) or program


def lay(ground: Ground, rule: Border | Flow, table: str, place: script.Place) -> None:
    """In one transaction. CouldNotStart, with nothing laid, when it can't be, or when a table of this name is there."""
    _lay(ground, rule, table, place, first="")


def lay_again(ground: Ground, rule: Border | Flow, table: str, place: script.Place) -> None:
    """As `lay`, in place of whatever is left of it."""
    _lay(ground, rule, table, place, first=script.delete(table))


def _lay(ground: Ground, rule: Border | Flow, table: str, place: script.Place, *, first: str) -> None:
    if isinstance(rule, Flow) and rule.act in chance.ACTS:
        devices = devices_of(ground) if place == "inside" else _sent_from_here(rule)
        said = run_on(ground, "nft", first + chance.create(rule, table, place, devices))
    else:
        devices = devices_of(ground) if place == "inside" else []
        said = run_on(ground, "nft", first + script.create(rule, table, place, devices))
        if said.code != 0 and devices and "File exists" not in said.text:  # a kernel before 5.16 has no egress
            said = run_on(ground, "nft", first + script.create(rule, table, place))
    if said.code != 0:
        raise CouldNotStart(
            _("a rule of the packet filter could not be laid"),
            where=f"{ground.where()}, table inet {table}",
            because=said.text.strip()[:600],
            now=_("an earlier drill left it there:  switchdrill heal --all") if "File exists" in said.text else None,
        )


def counted(ground: Ground, rule: Border | Flow, table: str) -> dict[str, int] | None:
    """What each counter of the rule shows; None: it is not whole. CouldNotStart when that can't be seen."""
    needed = chance.families(rule) if isinstance(rule, Flow) and rule.act in chance.ACTS else ("inet",)
    # Behind a helper container each look costs 0.2 s: there what the main table counts has to do.
    of_each = {family: _counts(ground, family, table) for family in _looked_at(ground, needed)}
    if any(of_each[family] is None for family in needed):
        return None
    total: dict[str, int] = {}
    for counts in of_each.values():
        for name, packets in (counts or {}).items():
            total[name] = total.get(name, 0) + packets
    return total


def is_there(ground: Ground, table: str) -> bool:
    """Whether anything of it is. CouldNotStart when that can't be seen."""
    if not isinstance(ground, Within):
        return any(_counts(ground, family, table) is not None for family in script.FAMILIES)
    said = run_on(ground, "nft", "list tables")
    if said.code != 0:
        raise _unread(ground, said.text)
    return any(line.split()[-1:] == [table] for line in said.text.splitlines())


def _looked_at(ground: Ground, needed: Sequence[str]) -> Sequence[str]:
    return needed if isinstance(ground, Within) else script.FAMILIES


def _counts(ground: Ground, family: str, table: str) -> dict[str, int] | None:
    """Packets by counter; None: no such table."""
    said = run_on(ground, "nft", "-j", f"list counters table {family} {table}")
    if said.code == 0:
        return _packets(ground, said)
    if "No such file" not in said.text:
        raise _unread(ground, said.text)
    return None


def _packets(ground: Ground, said: Said) -> dict[str, int]:
    try:
        rows = [row["counter"] for row in json.loads(said.text)["nftables"] if "counter" in row]
        return {str(row["name"]): int(row["packets"]) for row in rows}
    except (ValueError, KeyError, TypeError) as problem:
        raise _unread(ground, f"{problem}: {said.text[:200]}") from problem


def _unread(ground: Ground, because: str) -> CouldNotStart:
    return CouldNotStart(_("the packet filter can't be read"), where=ground.where(), because=because.strip()[:600])


def take_away(ground: Ground, table: str) -> bool:
    """Delete it, and see that it is gone; False: it was not there. CouldNotHeal when it stays."""
    try:
        if not is_there(ground, table):
            return False
        said = run_on(ground, "nft", script.delete(table))
        if said.code == 0 and not is_there(ground, table):
            return True
    except CouldNotStart as problem:
        raise _stays(ground, table, problem.because or problem.what) from problem
    raise _stays(ground, table, said.text.strip()[:600])


def devices_of(ground: Ground) -> list[str]:
    """Of the namespace, but for loopback; none when they can't be seen."""
    said = run_on(ground, "cat", "/proc/net/dev") if not isinstance(ground, Beside) else _told_of(ground.pid)
    if said.code != 0:
        return []
    names = [line.partition(":")[0].strip() for line in said.text.splitlines() if ":" in line]
    return [name for name in names if name != "lo"]


def _sent_from_here(rule: Border | Flow) -> list[str]:
    """Devices by which it is sent when the rule's addresses are this machine's; those of a bridge are seen there."""
    hosts = [split_endpoint(each)[0] for each in rule.to] if isinstance(rule, Flow) else []
    is_ours = not this_machine.is_loopback(hosts) and any(map(this_machine.has, hosts))
    return this_machine.outer_devices() if is_ours else []


def _told_of(pid: int) -> Said:
    return _ran([found("cat"), f"/proc/{pid}/net/dev"])


def run_on(ground: Ground, *argv: str) -> Said:
    try:
        return ground.run(*argv)
    except OSError as problem:
        return Said(code=127, text=str(problem))


def _ran(argv: list[str]) -> Said:
    ran = run(argv, limit_s=_LIMIT_S)
    text = ran.said if ran.code is not None else _("not done within {limit:g} s").format(limit=_LIMIT_S)
    return Said(code=124 if ran.code is None else ran.code, text=text)


def _stays(ground: Ground, table: str, because: str) -> CouldNotHeal:
    return CouldNotHeal(
        _("a rule of the packet filter could not be taken away"),
        where=f"{ground.where()}, table {table}",
        because=because,
        now=_("mend that, then:  switchdrill heal --all   (by hand:  nft delete table inet {table})").format(
            table=table
        ),
        meanwhile=_("packets are still dropped"),
    )
