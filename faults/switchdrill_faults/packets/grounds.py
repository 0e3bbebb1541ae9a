"""What this machine and an engine allow: whether packets pass this host, and who could lay a rule in a container."""

import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine
from switchdrill.containers.found import Found
from switchdrill.containers.labels import HELPER
from switchdrill.errors import CouldNotStart
from switchdrill.machine import network
from switchdrill.machine.command import path_of
from switchdrill.machine.network import NetworkName
from switchdrill.text import _
from switchdrill_faults.docker.process import is_ours_to_enter
from switchdrill_faults.packets.nft import Beside, Ground, Here, InThere, Within

_NETFILTER = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
_NFT_IN_IMAGES = ("/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", "/bin/nft")
_LABELS = {HELPER: "nft"}


def why_not_here() -> str:
    """Why no rule can be laid on this host; empty: it can."""
    if not network.may_filter_packets():
        return _("nftables on this host need root, or a network namespace of the run's own")
    return "" if path_of("nft") else _("there is no nft on this host")


def is_there(name: NetworkName | None) -> bool:
    """Whether there is such a namespace still; this machine's own always is."""
    return name is None or name == network.own() or network.inhabitant(name) is not None


def of_host(name: NetworkName | None) -> Ground:
    """This host's own packet filter, or that of the namespace that a run had for itself. CouldNotStart when nobody
    gets there from here.
    """
    if name == network.own():
        return Here()
    pid = None if name is None or network.own() is not None else network.inhabitant(name)
    if name is None or pid is None:
        raise CouldNotStart(
            _("the network namespace of the rule can't be entered"),
            because=_("nobody lives in it any more") if network.own() is None else _("we are in another one"),
        )
    return InThere(name=name, pid=pid)


def why_not_on_bridges(endpoint: Endpoint, engine: Engine | None, containers: Iterable[Found]) -> str:
    """Why this host's packet filter does not see these containers' packets; empty: it sees them all.

    A second engine in another network namespace has a local socket, too; its bridges are not ours, whatever they are
    called.
    """
    if why_not_here():
        return why_not_here()
    if not endpoint.is_local:
        return _("the engine {engine} is on another machine").format(engine=endpoint.resolved())
    if not _shares_our_network(endpoint):
        return _("the engine {engine} is in another network namespace").format(engine=endpoint.resolved())
    try:
        is_seen = _NETFILTER.read_text(encoding="ascii").strip() == "1"
    except OSError:
        is_seen = False
    if not is_seen:
        return _("net.bridge.bridge-nf-call-iptables is not 1, so what stays on one bridge is not filtered")
    for name in sorted({each.network for one in containers for each in one.networks} if engine else ()):
        network = engine.network(name) if engine else None
        if network is not None and not (network.bridge and Path("/sys/class/net", network.bridge).exists()):
            return _("network {name} is no bridge of this host").format(name=name)
    return ""


def _shares_our_network(endpoint: Endpoint) -> bool:
    """Whether whoever listens at the engine's socket is in our network namespace. Unknown is no."""
    path = endpoint.resolved().removeprefix("unix://")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(2)
            client.connect(path)
            told = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, _user, _group = struct.unpack("3i", told)
        return pid > 0 and Path(f"/proc/{pid}/ns/net").samefile("/proc/self/ns/net")
    except OSError:
        return False


def can_enter(container: Found) -> bool:
    """Whether we can lay a rule in its namespace from this machine, with this machine's own nft."""
    return is_ours_to_enter(container) and bool(path_of("nft") and path_of("nsenter"))


def helper_image(engine: Engine, container: Found, others: Iterable[Found]) -> str:
    """An image on the engine that has nft: the container's own, one with our label, another of the platform's.
    Empty: there is none.
    """
    if _has_nft(engine, container):
        return container.image_id
    labelled = engine.images_labelled(HELPER)
    if labelled:
        return labelled[0]
    return next((each.image_id for each in others if _has_nft(engine, each)), "")


def inside(engine: Engine, container: Found, image: str) -> Ground:
    """The way into its network namespace: as root beside it, else through a helper container."""
    if can_enter(container):
        return Beside(pid=container.pid, name=container.name)
    return Within(engine=engine, name=container.name, image=image, labels=_LABELS)


def _has_nft(engine: Engine, container: Found) -> bool:
    return any(engine.has_file(container.id, path) for path in _NFT_IN_IMAGES)
