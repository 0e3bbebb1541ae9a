"""The records of `run.jsonl`: what happened, in the runner's words, each with its instant(s) on CLOCK_MONOTONIC."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

WhyCut = Literal[
    "interrupted",
    "failed_assertion",
    "load_died",
    "prober_died",
    "carrier_died",
    "disk_full",
    "limit",
    "crashed",
    "not_steady",
    "no_effect",
    "could_not_heal",
    "could_not_start",
    "healed_by_deadline",
    "stood_still",
    "command_failed",
    "stop_condition",
]


class Entry(BaseModel):
    """One record. Readers of an older version ignore keys that they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    t_ns: int


class Opened(Entry):
    """The first record: which plan, which machine, which clocks."""

    kind: Literal["opened"] = "opened"
    run: str
    plan_sha256: str
    inputs_sha256: str = ""
    """Of `inputs/SHA256SUMS`, so that what was read can't be exchanged later."""
    boot_id: str
    wall: str
    """ISO 8601 of `t_ns`: the run's only wall-clock anchor."""
    host: str
    user: str
    runner_pid: int


class Checked(Entry):
    """One preflight check."""

    kind: Literal["checked"] = "checked"
    name: str
    ok: bool
    said: str


class Began(Entry):
    """A part of the drill began: platform, load, steady, fault, switch, hold, heal, rejoin, failback, control."""

    kind: Literal["began"] = "began"
    part: str


class Ended(Entry):
    kind: Literal["ended"] = "ended"
    part: str
    reached: bool
    """False: its limit passed first, or it was cut short."""
    said: str = ""


class UndoWritten(Entry):
    """The way home is on disk; nothing was disturbed yet."""

    kind: Literal["undo_written"] = "undo_written"
    undo: str
    file: str
    sha256: str
    deadline_ns: int


class Injected(Entry):
    """A fault acts: the injector's calls ran from `before_ns` to `after_ns`."""

    kind: Literal["injected"] = "injected"
    fault: str
    parameters: dict[str, str]
    undos: list[str]
    before_ns: int
    after_ns: int


class EffectSeen(Entry):
    """What an independent probe saw of the fault on its target, live; the judge looks again in the samples."""

    kind: Literal["effect_seen"] = "effect_seen"
    fault: str
    ok: bool
    target: str
    said: str


class Turned(Entry):
    """A fault that varies in time was changed, from `before_ns` to `after_ns`."""

    kind: Literal["turned"] = "turned"
    fault: str
    undos: list[str]
    state: str
    due_ns: int
    """When its schedule says."""
    before_ns: int
    after_ns: int


class Reapplied(Entry):
    """A fault's rule had gone under it (its container was started anew), and was put back."""

    kind: Literal["reapplied"] = "reapplied"
    fault: str
    undo: str
    target: str
    gone_ns: tuple[int, int]
    """Between these two instants it was lost: last seen there, first seen gone."""
    again_ns: int
    said: str = ""


class Healed(Entry):
    """An undo was played, from `before_ns` to `after_ns`."""

    kind: Literal["healed"] = "healed"
    undo: str
    fault: str
    by: Literal["runner", "healer"]
    why: str
    """done, aborted, deadline, stood_still, runner_lost, sweep, command."""
    ok: bool
    said: str = ""
    before_ns: int
    after_ns: int


class Restored(Entry):
    """Whether a probe saw the fault's target whole again."""

    kind: Literal["restored"] = "restored"
    fault: str
    ok: bool
    said: str


class Switched(Entry):
    """Live, not judged: every stratum is served by `to` with enough new good segments."""

    kind: Literal["switched"] = "switched"
    to: str
    reached: bool
    strata: dict[str, str]


class Commanded(Entry):
    """A command of the platform's was run: failback, fence, steer, reset."""

    kind: Literal["commanded"] = "commanded"
    command: str
    argv: list[str]
    before_ns: int
    after_ns: int
    code: int | None
    """None: it was still running when its limit passed, and was ended."""
    said: str = ""


class Chained(Entry):
    """Length and SHA-256 of the first `bytes` of each file that somebody else writes, once a second."""

    kind: Literal["chained"] = "chained"
    files: dict[str, tuple[int, str]]


class Noted(Entry):
    """A deviation from the plan, or a remark that a reader must not miss."""

    kind: Literal["noted"] = "noted"
    deviation: bool
    said: str


class Cut(Entry):
    """The drill was cut short: aborted, or a helper died. What was broken is healed next."""

    kind: Literal["cut"] = "cut"
    why: WhyCut
    said: str


class RunnerLost(Entry):
    """Written by the healer: the runner died; the records up to here are its own, the rest are the healer's."""

    kind: Literal["runner_lost"] = "runner_lost"
    torn_bytes: int
    """How much of an unfinished last line was cut off."""


class Closed(Entry):
    """The last record. Nothing was measured after it."""

    kind: Literal["closed"] = "closed"
    by: Literal["runner", "healer"]
    all_healed: bool


AnyEntry = Annotated[
    Opened | Checked | Began | Ended | UndoWritten | Injected | EffectSeen | Turned | Reapplied | Healed | Restored
    | Switched | Commanded | Chained | Noted | Cut | RunnerLost | Closed,
    Field(discriminator="kind"),
]  # fmt: skip
ENTRY: TypeAdapter[
    Opened | Checked | Began | Ended | UndoWritten | Injected | EffectSeen | Turned | Reapplied | Healed | Restored
    | Switched | Commanded | Chained | Noted | Cut | RunnerLost | Closed
] = TypeAdapter(AnyEntry)  # fmt: skip
