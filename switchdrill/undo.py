"""The way home, as data: written to disk before anything is broken, and played from there."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

Fact = str | int | bool | list[str]
AT_ONCE_S = 1.0
"""How long healing takes where nothing has to be started: a rule, a proxy, an answer."""


class Undo(BaseModel):
    """What takes a fault back, as data on disk before the fault is made. Needs nothing but itself to be played."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    """The fault's, so that the healer finds `heal`."""
    target: str
    """What is broken, in the platform's words: `site a`, `link a.origin--viewers`."""
    also: list[str] = []
    """What of the platform is broken with it, where `target` is a name for several."""
    says: str
    """What healing will do, in one line for people."""
    mechanism: str = ""
    """By what it is broken, for people: `docker pause of 6 containers`, `nftables on this host`."""
    facts: dict[str, Fact]
    heal_limit_s: float = Field(default=AT_ONCE_S, gt=0)
    """Within this it is healed and proven, once healing has begun; what has to start something says more."""

    def having(self, facts: Mapping[str, Fact], **changed: object) -> "Undo":
        """With these facts beside its own, and what else is `changed`."""
        return self.model_copy(update={**changed, "facts": {**self.facts, **facts}})

    def words(self, name: str) -> list[str]:
        """A fact that is a list: an argv, names; empty when there is none."""
        found = self.facts.get(name, [])
        return found if isinstance(found, list) else []
