"""A platform's links: each one directed path, and where a fault can take hold of it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from switchdrill.naming import Line, Name
from switchdrill.platform.address import Endpoint
from switchdrill.text import _
from switchdrill.yamlfile import Strict


class Hop(Strict):
    """One proxy on a link's way: carried by `site`'s Toxiproxy, from `listen` to `upstream`."""

    site: Name
    listen: Endpoint
    upstream: Endpoint


class Link(Strict):
    """One directed path. A link between sites has two hops in series, so that losing either site cuts it."""

    name: Name
    """`a.origin--viewers`: from, two dashes, to; the site's own name, never its role."""
    from_: Line = Field(alias="from")
    to: Line
    hops: list[Hop] = Field(default=[], max_length=2)
    """Proxies on its way; none: it passes no Toxiproxy, and only the packet path can be broken."""
    port: int | None = Field(default=None, gt=0, lt=65536)
    """Of a link without hops: where `to` listens; both ends are services that are containers."""
    line: Name | None = None
    """The egress line that it takes: all links of one line are lost with it."""
    carries: list[Literal["viewers", "publishing", "health", "replication", "metadata"]] = []
    """What it is for, so that a fault can mean it: `ReplicationStopped`, `MonitoringLost`."""
    is_steady: bool = Field(default=False, alias="steady")
    """Its clients never abandon a transfer half-way, as viewers do: Toxiproxy may be changed under live connections."""

    @model_validator(mode="after")
    def _has_a_way(self) -> Self:
        if bool(self.hops) == (self.port is not None):
            raise ValueError(_("either hops (proxies on its way) or a port (straight to the service) is expected"))
        return self

    def hop_names(self) -> list[str]:
        """The name of each hop's proxy, unique on the platform; as many as there are hops."""
        return [self.name][: len(self.hops)] if len(self.hops) < 2 else [f"{self.name}.out", f"{self.name}.in"]
