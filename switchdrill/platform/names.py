"""Where a platform's DNS can be taken hold of: what stands in front of an operator's resolver, or of the authority."""

from typing import Self

from pydantic import Field, model_validator

from switchdrill.naming import Line, Name
from switchdrill.platform.address import Endpoint
from switchdrill.text import _
from switchdrill.yamlfile import Strict

AUTHORITY = "authority"
"""How faults and the platform's file call the GSLB's own DNS, beside the operators' names."""


class Relay(Strict):
    """Our own relay listens where the resolver is asked, and asks the resolver itself."""

    control: Endpoint
    """Where the relay is told what to disturb; several fronts may share one relay."""
    upstream: Endpoint
    """The resolver itself."""


class OverTcp(Strict):
    """The Toxiproxy that questions over TCP pass on their way to dnsdist: dnsdist itself delays UDP only."""

    toxiproxy: Line
    proxy: Line
    """What the proxy is called there."""


class Dnsdist(Strict):
    """The platform's own dnsdist listens where the resolver is asked."""

    service: Name
    """The container that dnsdist runs in."""
    config: Line = "/etc/dnsdist/dnsdist.conf"
    """In that container; it has `controlSocket` and `setKey`."""
    port: int | None = Field(default=None, gt=0, lt=65536)
    """Where it listens; None: the port at which the resolver is asked."""
    tcp: OverTcp | None = None


class Front(Strict):
    """One resolver, and what stands in front of it. Exactly one of them."""

    resolver: Name
    """An operator's name, or `authority`."""
    relay: Relay | None = None
    dnsdist: Dnsdist | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.relay is None) == (self.dnsdist is None):
            raise ValueError(_("exactly one of relay or dnsdist is expected"))
        return self
