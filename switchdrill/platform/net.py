"""The range of addresses of a platform whose file leaves the choice to us by `${net}`: its first two numbers.

Processes get 127.n, so that many platforms can stand side by side on one loopback; containers get 10.n, where no
network of the engine and no route of this machine is.
"""

import ipaddress
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from switchdrill import yamlfile
from switchdrill.containers.engine import reach
from switchdrill.errors import Refused
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.lock import PlatformLock, try_lock
from switchdrill.platform.model import Platform
from switchdrill.platform.ports import holder_of, is_listened_at
from switchdrill.text import _

LOOPBACK = [f"127.{number}" for number in range(16, 150)]
PRIVATE = [f"10.{number}" for number in range(83, 99)]
MADE_UP = LOOPBACK[0]
"""For a file that is read as data, and not started."""

Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network


def on_a_free_net(template: str, file: Path, holder: str) -> tuple[Platform, PlatformLock]:
    """The platform on the first range that is free, and its lock; a net that was asked for is not checked."""
    first = yamlfile.parse(template, Platform, where=str(file), values={"net": MADE_UP})
    is_docker = first.docker is not None and first.docker.compose is not None
    taken = _subnets(first) if is_docker else []
    reason = ""
    for net in _candidates(PRIVATE if is_docker else LOOPBACK):
        platform = yamlfile.parse(template, Platform, where=str(file), values={"net": net})
        # Containers have names, so that there is one such platform on an engine.
        lock, held_by = try_lock(platform.id if is_docker else f"{platform.id}@{net}", holder)
        if lock is None:
            reason = held_by
            continue
        if os.environ.get("SWITCHDRILL_NET") or not _is_taken(platform, net, taken):
            return platform, lock
        lock.release()
        reason = _("every range of addresses is used already: tried {nets}").format(nets=", ".join(PRIVATE))
        if not is_docker:
            reason = _("every range of addresses has a port that is taken: {who}").format(who=_who(platform))
    raise Refused(
        _("no address is free for platform {platform}").format(platform=file),
        because=reason,
        now=_("end what listens on that port at every address, or the other drills: switchdrill heal --all"),
    )


def _who(platform: Platform) -> str:
    """The first address that is taken, and who has it."""
    for hop in (hop for link in platform.links for hop in link.hops):
        host, port = split_endpoint(hop.listen)
        if is_listened_at(host, port):
            return f"{hop.listen}, {holder_of(host, port)}"
    return "-"


def _candidates(nets: Sequence[str]) -> Iterator[str]:
    """Not always the same first: two that begin at once should not meet."""
    fixed = os.environ.get("SWITCHDRILL_NET")
    if fixed:
        yield fixed
        return
    start = os.getpid() % len(nets) if nets is LOOPBACK else 0
    for offset in range(len(nets)):
        yield nets[(start + offset) % len(nets)]


def _is_taken(platform: Platform, net: str, subnets: Sequence[Subnet]) -> bool:
    if subnets:
        wanted = ipaddress.ip_network(f"{net}.0.0/16")
        return any(each.version == wanted.version and each.overlaps(wanted) for each in subnets)
    return any(is_listened_at(*split_endpoint(hop.listen)) for link in platform.links for hop in link.hops)


def _subnets(platform: Platform) -> list[Subnet]:
    """What is used on the platform's engine, and on this machine."""
    if platform.docker is None:
        return []
    networks = reach(platform.docker.endpoint()).use("list networks", lambda client: client.networks.list())
    pools = [pool for each in networks for pool in (each.attrs.get("IPAM") or {}).get("Config") or []]
    found: list[Subnet] = [ipaddress.ip_network(pool["Subnet"], strict=False) for pool in pools if "Subnet" in pool]
    return [*found, *_routes()]


def _routes() -> Iterator[Subnet]:
    """Of this machine's routing table, without its default route."""
    try:
        lines = Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        fields = line.split()
        address = ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(fields[1])[::-1], "big"))
        mask = bin(int(fields[7], 16)).count("1")
        if mask:
            yield ipaddress.ip_network(f"{address}/{mask}", strict=False)
