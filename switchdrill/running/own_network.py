"""Where a command runs: in its machine's network, or, for who is not root, in a network namespace of the run's own.

In there a user may drop and count packets, and nobody else's meet his rules. Nothing leads out of it, so it is only for
platforms that the run starts from plain processes at loopback addresses; for one that stands in such a namespace,
commands go in there.
"""

import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NoReturn

from switchdrill.carrier import carrier
from switchdrill.errors import BadInput, CouldNotStart, Refused, SwitchdrillError
from switchdrill.healing.lost import sweep
from switchdrill.machine import network
from switchdrill.platform import home
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.find import read_unplaced, running_file
from switchdrill.platform.model import Platform
from switchdrill.running.progress import Progress
from switchdrill.text import _

Wanted = Literal["auto", "yes", "no"]
WANTED: tuple[Wanted, ...] = ("auto", "yes", "no")
URL = "SWITCHDRILL_TOXIPROXY_URL"


def step_inside(wanted: str, platform: str, *, is_dry: bool) -> None:
    """Become the same command in the network that this platform wants; returns when it is there already, or stays.

    What has to be done outside is done before: what others left is healed, a Toxiproxy server is fetched. Refused when
    a namespace is wanted and can't be.
    """
    if wanted not in WANTED:
        raise BadInput(_("own network is one of {known}, not {value!r}").format(known=", ".join(WANTED), value=wanted))
    if network.own() is not None:
        Progress().say(_("in a network namespace of the run's own: its packets can be dropped, nobody else's are met"))
        return
    try:
        standing = running_file(platform)
        read = read_unplaced(platform)
    except SwitchdrillError:  # the command itself will say so, where it belongs
        return
    if standing is not None:
        _join(standing, wanted, is_dry=is_dry)
        return
    if wanted == "no" or (wanted == "auto" and os.geteuid() == 0):
        return
    why = "; ".join(_why_not(read))
    if not why and network.why_none():
        why = network.why_none()
        Progress().say(_("no network namespace of the run's own: {reason}").format(reason=why))
    if why:
        _refuse_if(wanted == "yes", why)
        return
    _go(network.in_a_new_one(_again()), read, is_dry=is_dry)


def _join(standing: Path, wanted: str, *, is_dry: bool) -> None:
    """Go where a platform that is up stands."""
    known = home.residents(standing.parent.name)
    where = None if known is None else known.network
    _refuse_if(wanted == "yes" and where is None, _("the platform is up already, in this machine's own network"))
    pid = None if where is None else network.inhabitant(where)
    if where is not None and pid is not None:
        _go(network.inside(where, pid, _again()), None, is_dry=is_dry)


def _go(argv: list[str], platform: Platform | None, *, is_dry: bool) -> None:
    """Does not return, unless there is no server that could be taken along: then the run itself says so."""
    if not is_dry:
        for run in sweep():
            Progress().say(_("run {run} was left open; everything of it is healed now").format(run=run))
        try:
            if platform is not None and platform.is_carried_by_us():
                carrier().provide()
        except CouldNotStart:
            return
    _become(argv)


def _become(argv: list[str]) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.execv(argv[0], argv)  # noqa: S606  # ourselves, with the arguments that we were given


def _again() -> list[str]:
    """This very command."""
    return [sys.executable, *sys.orig_argv[1:]]


def _refuse_if(is_so: bool, because: str) -> None:
    if is_so:
        raise Refused(
            _("there can be no network namespace of the run's own"),
            because=because,
            now=_("leave --own-network out, or say --own-network no; `switchdrill doctor` says what this machine can"),
        )


def _why_not(platform: Platform) -> Iterator[str]:
    """What of the platform would not be in there."""
    if platform.docker is not None or any(service.container is not None for service in platform.services):
        yield _("the platform has containers, whose networks are their engine's")
    elif not platform.services or not all(service.run for service in platform.services):
        yield _("the run does not start all of the platform: each service needs `run`")
    if any(site.toxiproxy is not None for site in platform.sites.values()):
        yield _("a site has a Toxiproxy of its own, which would be outside")
    if os.environ.get(URL):
        yield _("{variable} names a Toxiproxy that would be outside").format(variable=URL)
    outside = sorted({host for host in _hosts(platform) if not ipaddress.ip_address(host).is_loopback})
    if outside:
        yield _("these are no loopback addresses: {addresses}").format(addresses=", ".join(outside))


def _hosts(platform: Platform) -> Iterator[str]:
    yield from (site.address for site in platform.sites.values())
    for operator in platform.operators.values():
        yield operator.address or split_endpoint(operator.resolver or "")[0]
    for hop in (hop for link in platform.links for hop in link.hops):
        yield split_endpoint(hop.listen)[0]
        yield split_endpoint(hop.upstream)[0]
