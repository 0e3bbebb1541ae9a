"""Questions over TCP that dnsdist can't delay: the Toxiproxy before it does.

The proxy is cut before a change and opened after it: a change under a live connection may wedge the server for good.
"""

from contextlib import closing

from switchdrill.clock import pause
from switchdrill.text import _
from switchdrill_faults.names.relayed import NotTold
from switchdrill_faults.names.rule import Rule
from switchdrill_faults.toxiproxy import lent
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.rung import one_line
from switchdrill_faults.toxiproxy.transport import ApiError

_PATIENCE_S = 2.0
_SETTLE_S = 0.2


def slow_down(api: str, name: str, toxic: str, rule: Rule) -> None:
    """As the rule delays; its probability is one of connections. NotTold: it may still be cut, healing opens it."""
    try:
        with closing(Server(api, read_s=_PATIENCE_S)) as server:
            proxy = server.proxies().get(name)
            if proxy is None:
                raise NotTold(_("the Toxiproxy before dnsdist has no proxy {name}").format(name=name), where=api)
            was_open = proxy.enabled
            proxy.disable()
            pause(_SETTLE_S)
            proxy.add_toxic(
                name=toxic,
                type="latency",
                stream="downstream",
                toxicity=rule.probability,
                attributes={"latency": rule.delay_ms, "jitter": rule.jitter_ms},
            )
            if was_open:
                proxy.enable()
    except ApiError as problem:
        raise NotTold(_("a proxy can't be changed"), where=f"{api}, {name}", because=one_line(problem)) from problem


def is_open(api: str, name: str) -> bool:
    """Whether its owner lets anything pass; on paper it does."""
    try:
        with closing(Server(api, read_s=_PATIENCE_S)) as server:
            told = server.table().get(name)
    except ApiError:
        return True
    return told is None or told.enabled


def speed_up(api: str, name: str, toxic: str, *, is_open: bool) -> bool:
    """Without our toxic, and as open as its owner had it; False: there was nothing to do. CouldNotHeal."""
    return lent.speed_up(api, name, toxic, is_enabled=is_open)
