"""What the GSLB's admin port takes and says."""

from role import Role

from switchdrill.yamlfile import Strict


class SteerCommand(Strict):
    """Body of POST /steer."""

    to: str


class SteerAnswer(Strict):
    """What became of it."""

    done: bool
    says: str


class SiteState(Strict):
    """What GET /state says of one site."""

    declared_down: bool
    acknowledged_epoch: int
    failures: int
    successes: int
    last_check: str
    why_not: str
    """Why viewers can't be sent there on command; nothing when they can, and for the active site."""


class State(Strict):
    """What GET /state says."""

    role: Role
    answering: str
    """The site whose address viewers are given."""
    sites: dict[str, SiteState]
