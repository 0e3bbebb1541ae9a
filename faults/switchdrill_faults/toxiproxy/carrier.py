"""Toxiproxy as the engine's carrier of links: this module is one, see `switchdrill.carrier.Carrier`."""

import ipaddress
from collections.abc import Sequence
from pathlib import Path

from switchdrill.carrier import CarrierRecord, Rung
from switchdrill.errors import BadInput, CouldNotHeal, CouldNotStart
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill_faults.toxiproxy import foreign, ladder, records, server
from switchdrill_faults.toxiproxy.proxy import AskedProxy


def provide() -> Rung:
    """The first rung of the ladder that works; slow ones say on stderr what they do.

    Raises CouldNotStart with every rung and why it failed.
    """
    return ladder.climb()


def at_hand() -> Rung:
    """The rung that `provide` would take if nothing had to be fetched or built: for `switchdrill doctor`.

    Raises CouldNotStart: what was looked for, and what would be tried next.
    """
    return ladder.at_hand()


def start(platform: Platform, state: Path, rung: Rung) -> Sequence[CarrierRecord]:
    """Start a server for every site that carries links, with its proxies; write the records below `state`.

    Raises CouldNotStart, with nothing left running; a link's taken address is named with whoever has it.
    """
    records.folder_in(state).mkdir(parents=True, exist_ok=True)
    running = [path for path in records.found_in(state) if is_alive(records.read(path))]
    if running:
        raise CouldNotStart(
            _("the links of this platform are carried already"),
            where=", ".join(str(path) for path in running),
            now=_("end it first:  switchdrill down {platform}").format(platform=platform.id),
        )
    stop(state)
    prefix = foreign.new_prefix() if rung.url else ""
    started: list[CarrierRecord] = []
    try:
        for site, asked in _asked_by_site(platform, prefix).items():
            path = records.path_of(state, site)
            records.write_proxies(records.proxies_path(path), asked)
            if rung.url:
                started.append(foreign.start(path, site=site, url=rung.url, prefix=prefix))
            else:
                host = _api_host(platform.sites[site].address)
                started.append(server.start(path, site=site, binary=rung.binary, host=host))
    except BaseException:  # all or none: servers that nobody is told of would never be ended
        stop(state)
        raise
    return started


def is_alive(record: CarrierRecord) -> bool:
    """Whether the server that the record names still answers, or is frozen on purpose."""
    return foreign.is_alive(record) if record.owned == "foreign" else server.is_alive(record)


def stop(state: Path) -> None:
    """End every server that the records below `state` name; of a foreign one only our proxies. May be repeated.

    Servers whose starter died before it wrote the record are found, too. Raises CouldNotHeal, with the record kept, for
    what does not end.
    """
    server.end_all(state.absolute())
    left: list[CouldNotHeal] = []
    for path in records.found_in(state):
        try:
            record = records.read(path)
            if record.owned == "foreign":
                foreign.remove(record)
            records.remove(path)
        except CouldNotHeal as problem:
            left.append(problem)
        except BadInput as problem:  # ours are ended already, by their mark; proxies on somebody else's can't be known
            left.append(
                CouldNotHeal(
                    _("what a site's links were carried by can't be read, so nothing can be removed there"),
                    where=problem.where or str(path),
                    because=problem.because,
                    now=_("remove that file; if somebody else's Toxiproxy carried it, delete switchdrill-* there"),
                )
            )
    if left:
        raise left[0]


def _asked_by_site(platform: Platform, prefix: str) -> dict[str, list[AskedProxy]]:
    """Every hop of every link, by the site that carries it; a site with a Toxiproxy of its own needs none."""
    asked: dict[str, list[AskedProxy]] = {}
    for link in platform.links:
        for name, hop in zip(link.hop_names(), link.hops, strict=True):
            if platform.sites[hop.site].toxiproxy is not None:
                continue
            proxy = AskedProxy(name=prefix + name, listen=_go_style(hop.listen), upstream=_go_style(hop.upstream))
            asked.setdefault(hop.site, []).append(proxy)
    return asked


def _go_style(endpoint: str) -> str:
    """`::1:80` of a platform's file is `[::1]:80` for Go."""
    host, port = split_endpoint(endpoint)
    return f"[{host}]:{port}" if ":" in host else endpoint


def _api_host(address: str) -> str:
    """The control plane has no password: it stays on loopback, at the site's own address if that is there."""
    return address if ipaddress.ip_address(address).is_loopback else "127.0.0.1"
