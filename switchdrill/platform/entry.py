"""Where the outside comes in, and through whom."""

from typing import Self

from pydantic import Field, model_validator

from switchdrill.naming import Line
from switchdrill.platform.address import Address, Endpoint
from switchdrill.text import _
from switchdrill.yamlfile import Strict


class Entry(Strict):
    """Where the outside comes in: a name that the operators resolve, and a port that every site serves alike."""

    name: Line
    port: int = Field(gt=0, lt=65536)
    path: Line = "/"
    room: Line | None = None
    """For a playlist: the room whose mark must be in the picture; without it the room is NOT_MEASURED."""


class Operator(Strict):
    """Whose network a viewer sits in: how he finds the platform from there, and its share of the viewers."""

    resolver: Endpoint | None = None
    """Asked for an entry's name."""
    address: Address | None = None
    """Nobody is asked: every entry is here, and what is behind it sends viewers to a site."""
    source: Address | None = None
    """An address of the machine that probes and loads: what is asked as this operator's viewers do is sent from it, so
    that they can be told from others. None: whichever the machine takes."""
    share: float = Field(gt=0, le=1)
    title: Line = ""

    @model_validator(mode="after")
    def _exactly_one_way(self) -> Self:
        if (self.resolver is None) == (self.address is None):
            raise ValueError(
                _("either a resolver (who is asked for the name) or an address (of everything) is expected")
            )
        return self

    @model_validator(mode="after")
    def _can_be_reached_from_its_source(self) -> Self:
        to = self.address or (self.resolver or "").rpartition(":")[0]
        if self.source is not None and (":" in self.source) != (":" in to):
            raise ValueError(_("{to} can't be reached from {source}").format(to=to, source=self.source))
        return self
