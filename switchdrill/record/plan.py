"""plan.json: what was promised and what was meant, written and hashed before anything is touched."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from switchdrill.platform.model import Platform
from switchdrill.platform.targets import Target
from switchdrill.runbook.model import Runbook


class PlannedStep(BaseModel):
    """One call of the drill's author, in order: load, steady, break, until_switched or ride_out, hold, heal, failback,
    control.
    """

    model_config = ConfigDict(frozen=True)

    step: str
    detail: dict[str, str] = {}
    expected_s: float = 0.0
    limit_s: float = 0.0


class PlannedUndo(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    target: str
    also: list[str] = []
    """What is broken with it, where the target is a name for several."""
    says: str
    """What healing will do, in one line."""
    mechanism: str = ""
    """By what it is broken."""


class PlannedEffect(BaseModel):
    """What an independent probe must see, or the fault hit nothing."""

    model_config = ConfigDict(frozen=True)

    site: str
    """Whose probes tell when all is whole again; empty: no single site's."""
    outcomes: list[int]
    """Any of these `Outcome`s, on every hls probe that goes straight to `site`. None: what the mechanism counts is the
    proof."""
    within_s: float


class Legend(BaseModel):
    """How every chart shades and names a fault."""

    model_config = ConfigDict(frozen=True)

    name: str
    looks_like: str
    """What a client sees."""
    pattern: Literal["dots", "stripes", "solid"] = "stripes"
    own_outage_s: float = 0.0
    """For how long after it is made, turned or healed connections may still suffer from that alone: it is no effect of
    the fault, and kept out of its impact. 0: nothing is cut for it."""


class PlannedTurn(BaseModel):
    model_config = ConfigDict(frozen=True)

    after_s: float
    state: str


class PlannedSchedule(BaseModel):
    """When a fault that varies in time turns to what, counted from its injection."""

    model_config = ConfigDict(frozen=True)

    turns: list[PlannedTurn]
    period_s: float = 0.0
    """0: played once."""


class PlannedFault(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: str
    parameters: dict[str, str]
    undos: list[PlannedUndo]
    effect: PlannedEffect
    legend: Legend
    after_s: float = 0.0
    """Since the first fault of its block."""
    schedule: PlannedSchedule | None = None
    """None: it is the same for as long as it lasts."""


class Plan(BaseModel):
    """Everything the judge holds the run against."""

    model_config = ConfigDict(frozen=True)

    schema_: Literal["switchdrill.plan/v1"] = Field(default="switchdrill.plan/v1", alias="schema")
    run: str
    written: str
    """ISO 8601 with zone."""
    drill: str
    """pytest's node id."""
    title: str
    """First line of the drill's docstring; its module's when it has none."""
    kind: Literal["tabletop", "simulation", "real_switch"]
    covers: list[int]
    again: str
    """The command that repeats this drill."""
    runbook_file: str
    runbook_sha256: str
    runbook: Runbook
    platform_file: str
    platform: Platform
    targets: list[Target]
    carrier: str
    """Which rung of the ladder gave the Toxiproxy server, and which one it is."""
    steps: list[PlannedStep]
    faults: list[PlannedFault]
    tool_version: str
    tool_commit: str
    """`unknown` outside a checkout; ends in `+` when files were changed."""
    python: str
    packages: dict[str, str]
    machine: dict[str, str]
    seed: int
    """Of every random choice of the run: the fault's offset, viewers' join jitter."""

    def as_json(self) -> bytes:
        return self.model_dump_json(indent=1, by_alias=True).encode() + b"\n"


def read_plan(path: Path) -> Plan:
    return Plan.model_validate_json(path.read_bytes())


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
