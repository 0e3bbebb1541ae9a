"""A Toxiproxy server that is the platform's own, and only lent: `enabled` is changed, and toxics of our names.

Everything else on it, the platform's own toxics too, is the same before and after.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotHeal, CouldNotStart, DeadlinePassed
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill_faults.toxiproxy.client import Proxy, Server
from switchdrill_faults.toxiproxy.rung import one_line
from switchdrill_faults.toxiproxy.transport import ApiError

OURS = "switchdrill-"
_PATIENCE_S = 5.0


def proxies_of(site: str, platform: Platform) -> list[str]:
    """The names of the site's proxies, by the links that pass them; of a server that answers, only those that are
    enabled: what was closed before stays closed.
    """
    named = [
        name
        for link in platform.links
        for name, hop in zip(link.hop_names(), link.hops, strict=True)
        if hop.site == site
    ]
    api = platform.sites[site].toxiproxy
    if api is None:
        return named
    try:
        with closing(Server(api, read_s=_PATIENCE_S)) as server:
            told = server.table()
    except ApiError:  # on paper it does not run yet
        return named
    return [name for name in named if name not in told or told[name].enabled]


def close(api: str, names: Sequence[str]) -> None:
    """Refuse what comes to these proxies, and end what passes them. CouldNotStart when one can't be closed."""
    with _told(api, names) as proxies:
        for name in names:
            proxies[name].disable()


def open_again(api: str, names: Sequence[str]) -> int:
    """Enable those that are not, and see that they are; how many there were. A server that was just started is waited
    for. CouldNotHeal.
    """
    try:
        with closing(Server(api, read_s=_PATIENCE_S)) as server:
            wait_until(server.running, within_s=_PATIENCE_S, what=_("a lent Toxiproxy server"))
    except DeadlinePassed:  # then the next request says what is wrong
        pass
    try:
        with closing(Server(api, read_s=_PATIENCE_S)) as server:
            proxies = server.proxies()
            closed = [name for name in names if name in proxies and not proxies[name].enabled]
            for name in closed:
                proxies[name].enable()
    except ApiError as problem:
        raise _still_closed(api, names, one_line(problem)) from problem
    missing = [name for name in names if name not in proxies]
    if missing:
        raise _still_closed(api, missing, _("they are not there any more"))
    return len(closed)


def closed(api: str, names: Sequence[str]) -> list[str]:
    """Which of them are not enabled. CouldNotHeal when the server does not answer."""
    try:
        with closing(Server(api, read_s=_PATIENCE_S)) as server:
            told = server.table()
    except ApiError as problem:
        raise _still_closed(api, names, one_line(problem)) from problem
    return [name for name in names if name not in told or not told[name].enabled]


@contextmanager
def _told(api: str, names: Sequence[str]) -> Iterator[dict[str, Proxy]]:
    with closing(Server(api, read_s=_PATIENCE_S)) as server:
        try:
            proxies = server.proxies()
            missing = [name for name in names if name not in proxies]
            if missing:
                raise CouldNotStart(
                    _("a Toxiproxy server lacks proxies that the platform's links pass"),
                    where=api,
                    because=", ".join(missing),
                    now=_("name them there as the links are named in the platform's file"),
                )
            yield proxies
        except ApiError as problem:
            raise CouldNotStart(
                _("a proxy can't be changed"), where=f"{api}, {', '.join(names)}", because=one_line(problem)
            ) from problem


def _still_closed(api: str, names: Sequence[str], because: str) -> CouldNotHeal:
    return CouldNotHeal(
        _("proxies of the platform's own Toxiproxy could not be brought back"),
        where=f"{api}, {', '.join(names)}",
        because=because,
        now=_("see that the server runs and has them, then:  switchdrill heal --all"),
        meanwhile=_("what passes them is cut or slow"),
    )
