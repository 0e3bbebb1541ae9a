"""Who may acknowledge writes: one decision of the GSLB, with its number."""

from pydantic import Field

from switchdrill.yamlfile import Strict


class Role(Strict):
    """The GSLB is the only one that makes epochs; every epoch says one thing only, so the higher one is right."""

    epoch: int = Field(ge=0)
    active: str
    """The site that may acknowledge writes."""
    down: list[str] = []
    """Sites that are declared down: the active one need not wait for them."""


UNKNOWN = Role(epoch=0, active="")
"""Before the first word from the GSLB."""


class RoleTaken(Strict):
    """A site's answer to a role message: what it goes by from now on."""

    site: str
    role: Role
    guarded: bool = True
    """False: it takes writes whoever is active, in a drill that shows what the guard is for."""


class Part(Strict):
    """One part of a site's health."""

    ok: bool
    says: str


class Health(Strict):
    """What /health/deep says."""

    site: str
    ok: bool
    plays: str
    """active, standby or unknown."""
    epoch: int
    in_step_epoch: int
    """The newest epoch at which this site, as standby, had everything that the active one had acknowledged."""
    caught_up: bool
    """As standby: a moment ago it had everything; also while it is still declared down."""
    parts: dict[str, Part]
    """role, database, media: can it serve. replication: is the other site with it."""

    def can_serve(self) -> bool:
        return all(part.ok for name, part in self.parts.items() if name != "replication")

    def failing(self) -> str:
        return "; ".join(f"{name}: {part.says}" for name, part in self.parts.items() if not part.ok)
