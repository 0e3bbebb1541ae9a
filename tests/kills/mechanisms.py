"""What a killed drill breaks, by what, and where it is seen that it came home. To add a mechanism: one entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from switchdrill.fault import Fault
from switchdrill_faults import DnsDelay, LinkBandwidth, LinkBlackhole, LinkLatency, ServiceKill, ServicePause, SiteLoss


class World(Protocol):
    """The platform, read from outside; see `ground.Ground`."""

    def links(self) -> str: ...
    def proxies(self) -> str: ...
    def tables(self) -> str: ...
    def box(self) -> str: ...
    def names(self) -> str: ...
    def program(self) -> str: ...


Look = Callable[[World], str]
"""Empty when it is whole, else what is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """The faults of one drill, and who tells that they are gone."""

    faults: Callable[[], tuple[Fault, ...]]
    looks: tuple[Look, ...]
    is_at_once: bool = True
    """Healed within a second of the kill; else begun within that, and proven within the undo's own limit."""

    def is_not_whole(self, world: World) -> str:
        return "; ".join(filter(None, (look(world) for look in self.looks)))


def links(world: World) -> str:
    return world.links()


def proxies(world: World) -> str:
    return world.proxies()


def tables(world: World) -> str:
    return world.tables()


def box(world: World) -> str:
    return world.box()


def names(world: World) -> str:
    return world.names()


def program(world: World) -> str:
    return world.program()


MECHANISMS = {
    "toxiproxy-frozen": Mechanism(
        faults=lambda: (SiteLoss(site="primary", shape="stall"),),
        looks=(proxies, links),
    ),
    "toxiproxy-killed": Mechanism(
        faults=lambda: (SiteLoss(site="primary", shape="fast_fail"),),
        looks=(proxies, links),
    ),
    "toxiproxy-toxics": Mechanism(
        faults=lambda: (LinkBandwidth(link="a.origin--viewers", rate="800kbit"),),
        looks=(proxies, links),
    ),
    "packets-host": Mechanism(
        faults=lambda: (LinkBlackhole(link="b.origin--viewers"),),
        looks=(tables, links),
    ),
    "container-frozen": Mechanism(faults=lambda: (ServicePause(service="box"),), looks=(box,), is_at_once=False),
    "container-killed": Mechanism(faults=lambda: (ServiceKill(service="box"),), looks=(box,), is_at_once=False),
    "names": Mechanism(faults=lambda: (DnsDelay(resolver="authority", delay="300ms"),), looks=(names,)),
    "program-frozen": Mechanism(faults=lambda: (ServicePause(service="program"),), looks=(program,), is_at_once=False),
    "program-killed": Mechanism(faults=lambda: (ServiceKill(service="program"),), looks=(program,), is_at_once=False),
    "toxiproxy-latency": Mechanism(
        faults=lambda: (LinkLatency(link="a.origin--viewers", latency="300ms"),),
        looks=(proxies, links),
    ),
    "all-at-once": Mechanism(
        faults=lambda: (
            SiteLoss(site="primary", shape="fast_fail"),
            LinkBlackhole(link="b.origin--viewers"),
            ServicePause(service="box"),
            ServiceKill(service="program"),
            DnsDelay(resolver="authority", delay="300ms"),
        ),
        looks=(proxies, tables, links, box, names, program),
        is_at_once=False,
    ),
}
