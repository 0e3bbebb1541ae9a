"""What is done to packets, as data: it stands in an undo, and becomes rules only where they are laid."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from switchdrill.platform.address import Address, Endpoint

Act = Literal["drop", "reject", "police", "lose", "duplicate", "shape"]
"""drop: silence. reject: a reset for TCP, port unreachable for others. police: what is above the rate is dropped. lose,
duplicate: a share of the packets. shape: what netem does."""
Direction = Literal["both", "toward", "back"]
"""Towards where a link listens, or back from there, whoever connects."""
BILLION = 1_000_000_000


class Border(BaseModel):
    """Between a group of addresses and everything else; within the group nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["border"] = "border"
    act: Act
    inside: list[Address]
    """All addresses of the group."""
    outer: list[Address]
    """Those of them that others can reach. This host's own way to the rest stays open: the platform's commands come
    that way to a site that is cut off, as an operator comes by the management network."""
    dialled: list[Endpoint] = []
    """Where Toxiproxies of others dial in: a new connection is refused there even when the act is to drop. One that
    waits for an answer serves nobody else, and obeys nobody, for minutes."""
    spared: list[Endpoint] = []
    """What stays open to all: the control plane of a server of ours."""


class Flow(BaseModel):
    """To some endpoints, and back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["flow"] = "flow"
    act: Act
    to: list[Endpoint]
    sources: list[Address] = []
    """From these only; none: from anybody."""
    direction: Direction = "both"
    bytes_per_s: int = 0
    """For `police`, each direction on its own."""
    share_ppb: int = Field(default=0, ge=0, lt=BILLION)
    """For `lose` and `duplicate`: parts of a billion, so that a rule has no fraction."""
    burst: int = Field(default=1, ge=1)
    """For `lose`: how many are lost in a row on average; 1: each by its own lot."""
    shape: list[str] = []
    """For `shape`: what `tc` is told after `netem`."""
    is_datagrams_only: bool = False
    """For `shape`: TCP passes as ever."""


Rule = Annotated[Border | Flow, Field(discriminator="kind")]
RULE: TypeAdapter[Border | Flow] = TypeAdapter(Rule)
