"""A platform's sites."""

from typing import Literal

from switchdrill.naming import Line
from switchdrill.platform.address import Address
from switchdrill.platform.service import DockerEngine
from switchdrill.yamlfile import Strict


class Site(Strict):
    """One place that can be lost as a whole."""

    role: Literal["primary", "standby", "witness"]
    title: Line = ""
    address: Address
    """Where viewers reach it; also how a resolution is read as a site."""
    serves_as: list[Line] = []
    """What the platform's `served_header` says in answers that it gave, any of these; none: its own name."""
    toxiproxy: Line | None = None
    """`http://ADDRESS:8474`: the site's links pass this server, which is the platform's own and only lent to us.
    Without it a server of ours carries them."""
    docker: DockerEngine | None = None
    """The engine of its containers, where that is another than the platform's."""
