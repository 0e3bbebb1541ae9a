"""What is asked of a platform from outside, and where its numbered records are."""

from typing import Literal, Self

from pydantic import Field, model_validator

from switchdrill.duration import PositiveDuration
from switchdrill.naming import Line, Name
from switchdrill.text import _
from switchdrill.yamlfile import Misplaced, Strict


class Probe(Strict):
    """What is asked from outside, open loop: `every`, whatever the last answer did."""

    name: Name
    kind: Literal["dns", "hls", "http", "ledger"]
    through: Literal["operators", "sites", "authority"]
    """operators: as each operator's viewers do. sites: each site by its address. authority: the GSLB."""
    entry: Name
    port: int | None = Field(default=None, gt=0, lt=65536)
    """Instead of the entry's own: where the sites themselves listen, behind whoever listens at the entry."""
    path: Line | None = None
    """Instead of the entry's own path."""
    ledger: Name | None = None
    every: PositiveDuration
    timeout: PositiveDuration

    @model_validator(mode="after")
    def _own_port_is_the_sites(self) -> Self:
        if self.port is not None and self.through != "sites":
            raise Misplaced(
                _("only a probe that goes through sites has a port of its own; others go to the entry's"), "port"
            )
        return self


class Ledger(Strict):
    """Where numbered records of a data class are written and read again, over HTTP at `entry`."""

    entry: Name
    write: Line
    """POST here `{"id": "...", "amount": 1}`: 200 acknowledged, 4xx refused for sure, anything else unknown."""
    read: Line
    """GET here with `{prefix}` filled in: `{"records": [{"id": "...", "times": 1}, ...]}`."""
    port: int | None = Field(default=None, gt=0, lt=65536)
    """Where a site's own ledger is read again, when that is not the entry's port."""
