"""What is laid on one proxy of a server: toxics of ours, and whether it is closed; and how that is taken off again.

On a proxy that is cut for a moment, unless its clients are known to be steady: while they abort, a change of a toxic
wedges the server for good. Every change is bounded; ApiError says that it was not done in time, or not as asked.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from switchdrill.clock import pause
from switchdrill.errors import CouldNotStart
from switchdrill.text import _
from switchdrill_faults.toxiproxy.client import Proxy, Server
from switchdrill_faults.toxiproxy.proxy import AskedProxy, ToldProxy
from switchdrill_faults.toxiproxy.toxic import WantedToxic
from switchdrill_faults.toxiproxy.transport import CHANGE_S

_SETTLE_S = 0.2
"""Between the cut and the change: with live connections a change of a toxic may wedge the server for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a proxy shall be."""

    toxics: Sequence[WantedToxic] = ()
    is_closed: bool = False

    def is_told_by(self, told: ToldProxy) -> bool:
        return not self.missing(told) and (told.enabled is False or not self.is_closed)

    def missing(self, told: ToldProxy) -> list[WantedToxic]:
        return [each for each in self.toxics if not any(each.is_told_by(other) for other in told.toxics)]

    def in_the_way(self, told: ToldProxy) -> list[str]:
        """Others' toxics that ours do not add up with: two latencies of one stream are now one, now their sum."""
        ours = {each.name for each in self.toxics}
        streams = {each.stream for each in self.toxics if each.type == "latency"}
        return [
            each.name
            for each in told.toxics
            if each.type == "latency" and each.stream in streams and each.name not in ours
        ]


def lay(api: str, name: str, wanted: Wanted, *, is_live: bool) -> None:
    """Lay what is missing. CouldNotStart: this server can't have it there."""
    with closing(Server(api, read_s=CHANGE_S)) as server:
        told = server.table().get(name)
        proxy = server.get_proxy(name)
        if told is None or proxy is None:
            raise CouldNotStart(
                _("a Toxiproxy server lacks proxies that the platform's links pass"),
                where=api,
                because=name,
                now=_("name them there as the links are named in the platform's file"),
            )
        others = wanted.in_the_way(told)
        if others:
            raise CouldNotStart(
                _("the latency of proxy {name} can't be changed").format(name=name),
                where=api,
                because=_("it has toxic {toxics} already, and two latencies do not add up").format(
                    toxics=", ".join(others)
                ),
            )
        missing = wanted.missing(told)
        if missing:
            with _changing(proxy, is_live=is_live, is_enabled=told.enabled and not wanted.is_closed):
                there = {each.name for each in told.toxics}
                for each in missing:
                    if each.name in there:  # ours, of another strength
                        proxy.destroy_toxic(each.name)
                    proxy.add_toxic(**each.model_dump())
        if wanted.is_closed and proxy.enabled:
            proxy.disable()


def told(api: str, name: str, *, within_s: float = CHANGE_S) -> ToldProxy | None:
    """The proxy, as its server tells it; None: it is not there. The whole table is asked for: a wedged server would
    still tell of a proxy that is whole.
    """
    with closing(Server(api, connect_s=within_s, read_s=within_s)) as server:
        return server.table().get(name)


def make(api: str, asked: AskedProxy) -> None:
    """A proxy that is not there any more."""
    with closing(Server(api, read_s=CHANGE_S)) as server:
        server.create(asked.upstream, asked.name, listen=asked.listen)


def take_off(api: str, name: str, prefix: str, *, is_live: bool, is_enabled: bool) -> bool:
    """Take off the toxics whose names begin with `prefix`, and leave it enabled as asked; False: nothing was to do."""
    with closing(Server(api, read_s=CHANGE_S)) as server:
        before = server.table().get(name)
        proxy = server.get_proxy(name)
        if before is None or proxy is None:
            return False  # made anew, or its server was: with it our toxics are gone
        ours = [each.name for each in before.toxics if each.name.startswith(prefix)]
        if not ours and before.enabled == is_enabled:
            return False
        if ours:
            with _changing(proxy, is_live=is_live, is_enabled=False):
                for each in ours:
                    proxy.destroy_toxic(each)
        if is_enabled and not proxy.enabled:
            proxy.enable()
        return True


def set_open(api: str, name: str, *, is_open: bool) -> None:
    """Close the proxy, or open it."""
    with closing(Server(api, read_s=CHANGE_S)) as server:
        proxy = server.get_proxy(name)
        if proxy is not None and proxy.enabled != is_open:
            (proxy.enable if is_open else proxy.disable)()


@contextmanager
def _changing(proxy: Proxy, *, is_live: bool, is_enabled: bool) -> Iterator[None]:
    """Cut meanwhile, and opened afterwards if `is_enabled`; or live."""
    if is_live:
        yield
        return
    proxy.disable()
    pause(_SETTLE_S)
    yield
    if is_enabled:
        proxy.enable()
