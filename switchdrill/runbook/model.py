"""runbook.yaml, as data."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from switchdrill.duration import Duration, PositiveDuration
from switchdrill.naming import Line, Name, Prose
from switchdrill.text import _
from switchdrill.yamlfile import Misplaced, Strict

Milestone = Literal["fault_onset", "detected", "steered", "service_restored"]
PHASE_ORDER: tuple[Milestone, ...] = ("fault_onset", "detected", "steered", "service_restored")
MAX_VIEWERS = 1_000_000


class Objective(Strict):
    """A duration that is promised, and the one beyond which nothing counts any more."""

    target: Duration
    limit: Duration

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.limit < self.target:
            raise Misplaced(_("the limit is shorter than the target"), "limit")
        return self


class Phase(Objective):
    """A stretch of the recovery between two milestones."""

    from_: Milestone = Field(alias="from")
    to: Milestone


class GoodFrame(Strict):
    """When a viewer's picture counts as good."""

    segments: int = Field(default=3, ge=1, le=100)
    """Successive new segments that decode before the service counts as recovered."""
    max_age: PositiveDuration
    """Live edge: how old the newest picture may be, by the encoder's own clock."""
    pace: float = Field(default=0.9, gt=0, le=1)
    """Pictures advance at this share of real time or faster."""


def _viewers(count: int) -> int:
    if count > MAX_VIEWERS:
        raise ValueError(
            _("at most {most} viewers are expected, not {count}: one process plays them all").format(
                most=MAX_VIEWERS, count=count
            )
        )
    return count


class Load(Strict):
    """The audience under which the drill counts."""

    viewers: Annotated[int, Field(ge=1), AfterValidator(_viewers)]
    ramp: Duration
    min_alive: float = Field(default=0.95, gt=0, le=1)
    """Share of the planned viewers that must be alive all the time, else the run is INVALID."""
    max_late: PositiveDuration = 100_000_000
    """How late the generator's own requests may leave (99th percentile of a steady second), else INVALID."""


class Measurement(Strict):
    """How finely it is looked."""

    probe_every: PositiveDuration
    probe_timeout: PositiveDuration
    min_coverage: float = Field(default=0.95, gt=0, le=1)


class Objectives(Strict):
    """What is promised, in time."""

    recovery: Objective
    """From fault_onset to service_restored, of the worst stratum."""
    phases: dict[Literal["detect", "steer", "restore"], Phase]
    failback: Objective
    """From the failback's command to the service good on the returned site."""
    rejoin: Duration
    """How long the healed site may take until it is in step again."""
    steady: PositiveDuration
    """Every probe good for this long in a row before anything is broken."""
    hold: PositiveDuration
    """Sustained operation on the standby before anything is healed."""
    control: PositiveDuration
    """The control phase at the end: good, with nothing broken."""

    @model_validator(mode="after")
    def _contiguous(self) -> Self:
        chain = [(phase.from_, phase.to) for phase in self.phases.values()]
        if not chain or chain[0][0] != "fault_onset" or chain[-1][1] != "service_restored":
            raise Misplaced(_("the phases must run from fault_onset to service_restored"), "phases")
        for name, (first, second) in zip(list(self.phases)[1:], pairwise(chain), strict=True):
            if first[1] != second[0]:
                said = _("each phase must begin at the milestone at which the one before it ended")
                raise Misplaced(said, "phases", name, "from")
        return self


class Trigger(Strict):
    """A rule, written beforehand, for when the platform or the people switch."""

    id: Name
    source: Line
    """The detector that plays it."""
    every: PositiveDuration
    consecutive_failures: int = Field(ge=1)
    timeout: PositiveDuration
    pacing: Literal["fixed", "sequential"]
    """fixed: a check every T. sequential: the next check T after the last one ended."""
    action: Literal["switch", "alert"]
    mode: Literal["automatic", "manual"]


class Steering(Strict):
    """How long a viewer may hold an old answer."""

    ttl: Duration
    longest_ttl: Duration
    """Of the operator that stretches it most."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.longest_ttl < self.ttl:
            raise Misplaced(_("the longest TTL is shorter than the TTL"), "longest_ttl")
        return self


class RideOut(Strict):
    """What viewers notice of a fault that is ridden out: nothing, no more than a bound, or that they are switched."""

    fault: Name
    """Its kind, as `switchdrill faults` lists it."""
    with_: dict[Name, Line] = Field(default={}, alias="with")
    """Of these parameters only; the first entry that fits a fault is its promise."""
    viewers: Literal["unnoticed", "degraded", "switched"]
    good: float | None = Field(default=None, gt=0, le=1)
    """Of `degraded`: at least this share of each operator's looks finds a good picture."""
    longest: PositiveDuration | None = None
    """Of `degraded`: no operator is without a good picture for longer."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        has_bound = self.good is not None and self.longest is not None
        if self.viewers == "degraded" and not has_bound:
            raise Misplaced(_("how far is it degraded? `good` and `longest` are expected"), "viewers")
        if self.viewers != "degraded" and (self.good, self.longest) != (None, None):
            raise Misplaced(_("`good` and `longest` are bounds of `viewers: degraded` only"), "viewers")
        return self

    def fits(self, kind: str, parameters: Mapping[str, str]) -> bool:
        return kind == self.fault and all(parameters.get(name) == value for name, value in self.with_.items())


class DataClass(Strict):
    """What may be lost of one kind of data."""

    title: Line = ""
    mode: Literal["synchronous", "realtime", "asynchronous"]
    rpo: Duration
    ledger: Name | None = None
    """The platform's ledger that measures it; without one it is NOT_MEASURED."""
    lost_max: int = Field(default=0, ge=0)
    """Acknowledged records that may be missing afterwards."""
    duplicates_max: int = Field(default=0, ge=0)
    critical: bool = True


class Role(Strict):
    """Who does or decides something, and who stands in."""

    title: Line = ""
    primary: Line
    deputy: Line


class Step(Strict):
    """One action of the plan; `expected` is for planning, `limit` is the promise."""

    id: Name
    phase: Literal["detect", "steer", "restore", "failback"]
    name: Line
    owner: Name
    kind: Literal["automatic", "manual"]
    expected: Duration
    limit: Duration
    after: list[Name] = []
    verify: Prose
    rollback: Prose | None = None
    irreversible: bool = False


def in_order(after: Mapping[str, Sequence[str]]) -> list[str]:
    """Names of steps such that each comes after those that it names. Misplaced for a circle."""
    try:
        return list(TopologicalSorter(after).static_order())
    except CycleError as problem:
        said = _("these steps wait for each other: {names}").format(names=", ".join(problem.args[1]))
        raise Misplaced(said, "steps") from None


class Runbook(Strict):
    """A whole runbook file."""

    explained_in = "KEYS.md (docs/keys.md)"
    schema_: Literal["switchdrill.runbook/v1"] = Field(alias="schema")
    id: Name
    version: Line
    title: Line
    service: Line
    kinds: list[Literal["tabletop", "simulation", "real_switch"]] = Field(min_length=1)
    roles: dict[Name, Role] = Field(min_length=1)
    objectives: Objectives
    load: dict[Name, Load] = Field(min_length=1)
    good_frame: GoodFrame
    measurement: Measurement
    triggers: list[Trigger] = Field(min_length=1)
    steering: Steering
    data: dict[Name, DataClass] = {}
    ride_out: list[RideOut] = []
    steps: list[Step] = []

    def promised_of(self, kind: str, parameters: Mapping[str, str]) -> RideOut | None:
        """What viewers notice of such a fault; None: nothing is promised of it."""
        return next((each for each in self.ride_out if each.fits(kind, parameters)), None)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [step.id for step in self.steps]
        for number, step in enumerate(self.steps):
            if step.owner not in self.roles:
                raise Misplaced(
                    _("step {step}: there is no role {role!r}; there are {known}").format(
                        step=step.id, role=step.owner, known=", ".join(self.roles)
                    ),
                    *("steps", number, "owner"),
                )
            for other in step.after:
                if other not in ids:
                    raise Misplaced(
                        _("step {step}: it comes after {other!r}, which is not a step").format(
                            step=step.id, other=other
                        ),
                        *("steps", number, "after"),
                    )
            if step.id in ids[:number]:
                raise Misplaced(_("two steps have the same id"), "steps", number, "id")
        in_order({step.id: step.after for step in self.steps})
        return self
