"""What carries a platform's links: one server a site, which can be frozen, killed and restarted in one instant.

The engine knows only this protocol; Toxiproxy comes in by the entry point `switchdrill.carriers`.
"""

from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from switchdrill.errors import CouldNotStart
from switchdrill.platform.model import Platform
from switchdrill.text import _


class CarrierRecord(BaseModel):
    """One site's server, as it runs now: `<state>/carriers/<site>.json`, rewritten atomically at every restart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: str
    api: str
    """Base URL of its control plane."""
    owned: Literal["ours", "foreign"]
    """foreign: somebody else's server; only our own proxies on it may be touched."""
    prefix: str = ""
    """Our proxies' names begin with this on a foreign server."""
    proxies: str
    """File with this site's proxies, as the server is populated with them."""
    binary: str = ""
    log: str = ""
    pid: int = 0
    started: int = 0
    """As in `ProcessName`: with `pid` it names one process for ever."""


class Rung(BaseModel):
    """Where the server comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """`environment URL`, `PATH`, `cache`, `go install`, ..."""
    says: str
    """One line for the report: name, version, path or URL, sha256."""
    binary: str = ""
    url: str = ""


class Carrier(Protocol):
    """Found by entry point; `switchdrill_faults.toxiproxy.carrier` is one (a module is an object, too)."""

    def provide(self) -> Rung:
        """The first rung of the ladder that works. Raises CouldNotStart with every rung and why it failed."""
        ...

    def start(self, platform: Platform, state: Path, rung: Rung) -> Sequence[CarrierRecord]:
        """Start a server for every site that carries links, with its proxies; write the records below `state`."""
        ...

    def is_alive(self, record: CarrierRecord) -> bool:
        """Whether the server that the record names still answers, or is frozen on purpose."""
        ...

    def stop(self, state: Path) -> None:
        """End every server that the records below `state` name; of a foreign one only our proxies. May be repeated."""
        ...


def carrier() -> Carrier:
    """The registered carrier; CouldNotStart when none is installed."""
    for point in entry_points(group="switchdrill.carriers"):
        loaded: Carrier = point.load()
        return loaded
    raise CouldNotStart(_("nothing is installed that can carry links"), now=_("install switchdrill again"))
