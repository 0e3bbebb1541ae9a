"""run.json: the judged result. The product; HTML, JUnit and the summary screen are views of it.

Instants and durations are integer nanoseconds; instants are CLOCK_MONOTONIC of the run's host, `anchor` turns them into
dates. Sentences for people are never stored: a `Said` is a code with its figures, worded in the reader's language.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["MET", "MISSED", "INDETERMINATE", "NOT_MEASURED", "NOT_RUN", "UNUSABLE"]
"""Of one finding. NOT_RUN: planned, not reached. UNUSABLE: measured, but a validity rule spoils it."""

Verdict = Literal["PASS", "PASS_WITH_DEVIATIONS", "INCOMPLETE", "FAIL", "INVALID"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Part):
    """The truth is in [lo, hi]; `hi` null: right-censored, had not happened at `lo`, and counts no longer."""

    lo: int
    hi: int | None


class Said(Part):
    """A sentence for people: `code` names it in the catalogue, `facts` are its figures; names end in their unit."""

    code: str
    facts: dict[str, str | int | float | None] = {}


class Evidence(Part):
    """Where a figure comes from: a file of the run's folder and 0-based rows or lines of it."""

    file: str
    rows: tuple[int, int] | None = None
    """First and last row that decided; null: the whole file."""


class Milestone(Part):
    """One instant on the timeline, of one stratum or of the worst."""

    id: str
    """M0, M1, M2, M8, M9, M10, M11, M14, M15, M16: see docs/formats.md."""
    name: str
    stratum: str
    """An operator's name, or `worst`."""
    at: Span | None
    """Null: NOT_MEASURED."""
    source: str
    """`journal`, `event log gslb`, `samples media.telecom`."""
    evidence: list[Evidence] = []
    none_seen: bool = False
    """It did not happen (the failback had no bad picture); `at` is from when on it did not."""


class Phase(Part):
    """A stretch of the recovery; the phases' `reference_ns` sum exactly to the recovery's."""

    name: str
    begins: str
    ends: str
    reference_ns: int | None
    """Between contiguous reference instants (the late end of each milestone); null when it merged into the next."""
    span: Span | None
    """From its own two milestones."""
    target_ns: int
    limit_ns: int
    state: State
    merged_into: str | None = None


class Finding(Part):
    """One promise, judged."""

    id: str
    """`recovery`, `phase.detect`, `data.gifts.lost`, `failback`, `hold`, `rejoin`, `control`, `healed`, ..."""
    fault: int | None = None
    """Of several faults, one after the other: which one it is about, 1 the first. Null: the only one, or the run."""
    critical: bool
    state: State
    measured: Span | None = None
    """A duration, when the promise is one."""
    count: int | None = None
    """Or a number of things."""
    target_ns: int | None = None
    limit_ns: int | None = None
    allowed: int | None = None
    said: Said
    evidence: list[Evidence] = []


class Window(Part):
    """One unbroken bad run of a probe, as two instants; `ended.hi` null: still bad when observation ended."""

    began: Span
    ended: Span


class Stratum(Part):
    """What the viewers behind one operator went through."""

    operator: str
    title: str
    share: float
    outages: list[Span]
    """Duration of every unbroken bad run of its media probe, from the fault to the end of observation."""
    recovery: Span | None
    """From fault onset to good for good."""
    served_by: list[tuple[int, str]]
    """(instant, site): each change of the site that served it."""
    outage_windows: list[Window] = []
    """The same bad runs on the time axis, for the chart; in the order of `outages`."""


class SiteWrites(Part):
    """What one site did with the writes of one data class."""

    site: str
    is_asked: bool
    """Whether a probe asked this very site to write, all the time."""
    acknowledged: int
    """By whichever probe."""
    refused: int | None
    """Null: nobody asked it straight."""
    beside: int
    """Acknowledged while another site acknowledged writes, too: before that one's last, and after its first."""
    only_here: int | None
    """Records in its ledger at the end that another site lacks, though that one has later ones; null: not all sites'
    ledgers were read."""


class Overlap(Part):
    """A stretch in which two or more sites acknowledged writes of the same class."""

    began: Span
    ended: Span
    """`hi` null: no site was seen to refuse."""
    took: Span
    writes: dict[str, int]
    """Site -> how many it acknowledged beside another one."""


class DataLoss(Part):
    """One data class: what was acknowledged, and what of it is there."""

    name: str
    title: str
    acknowledged: int | None
    """Null, like the next two: no probe wrote to it."""
    failed: int | None
    """Surely not written. Without what a site refused that was asked straight: see `sites`."""
    unknown: int | None
    """Sent, no answer that says which: legal either way."""
    lost: int | None
    """Acknowledged, and absent where it was read; null: never read."""
    duplicated: int | None
    unknown_present: int | None
    lost_ids: list[str] = []
    """The first few."""
    observed: Span | None
    """Observed loss in time: from the last acknowledged record of the unbroken prefix that is there to fault onset."""
    read_at: list[str] = []
    """Which sites' ledgers were read, and when."""
    mode: str = ""
    """How it is replicated, as the runbook says."""
    rpo_ns: int | None = None
    """What the runbook allows to be lost, in time."""
    stretch: Span | None = None
    """The longest run of lost records of one site, in time, before the fault or after it; null: nothing is lost."""
    behind: Span | None = None
    """Exposure, as far as it was seen: how far the worst copy was behind when the ledgers were read at the end. The
    loss of the serving site would have cost that much just then; at another time it may be more."""
    returned: int | None = None
    """Of the lost ones: there again in some ledger at the end."""
    diverged: int | None = None
    """Records that stood, at the end, in one site's ledger and not in another's that has later ones."""
    diverged_ids: list[str] = []
    """The first few."""
    sites: list[SiteWrites] = []
    overlaps: list[Overlap] = []


class ViewerSecond(Part):
    t_ns: int
    planned: int
    alive: int
    good: int


class Viewers(Part):
    """The audience."""

    planned: int
    alive_worst_share: float | None
    late_p99_ns: int | None
    """Of the worst second of the steady time before the fault, by which the rule of validity judges."""
    late_p99_drill_ns: int | None = None
    """Of the worst second of the whole drill, from the load's readiness on."""
    downtime_mean_ns: int | None
    downtime_p50_ns: int | None
    downtime_p95_ns: int | None
    downtime_max_ns: int | None
    """Of one viewer, all his outages added up, from the fault to the end of the failback."""
    lower_bounds: list[Literal["mean", "p50", "p95", "max"]] = []
    """Which of these downtimes are only known to be longer: an outage was still on when the load last told of it."""
    touched: int | None
    """Viewers with at least one outage. Null, like downtimes and `stranded`: not measured, see `why_not`."""
    why_not: Said | None = None
    last_back: Span | None = None
    """From the fault's onset until the last viewer whom it touched had a picture again, for good; `hi` null: not all of
    them had one when the recovery was over. Null: it touched nobody, or nothing tells."""
    not_back: int = 0
    """How many had none then: without picture, or no longer there."""
    stranded: int | None
    """Viewers that were without picture when observation ended."""
    series: list[ViewerSecond]


class ProbeShown(Part):
    """How finely one target was watched."""

    target: str
    kind: str
    every_ns: int
    timeout_ns: int
    planned: int
    """Questions that should have been asked while the run was observed."""
    answered: int
    """Of these, with a definite outcome, good or bad."""


class Check(Part):
    """One rule of validity, fixed by the plan before the run."""

    name: str
    ok: bool
    said: Said


class Stretch(Part):
    """A part of the drill on the time axis."""

    part: str
    began_ns: int
    ended_ns: int | None
    reached: bool


class Broken(Part):
    """One thing that a fault breaks: what, by what, and how it comes home."""

    target: str
    mechanism: str
    """Empty: the plan does not say."""
    says: str


class PutBack(Part):
    """A fault's rule had gone under it, and was put back: for that long the fault had no effect there."""

    target: str
    gone: Span
    """An instant: it was last seen there at `lo`, and first seen gone at `hi`."""
    again_ns: int
    absent: Span
    """A duration."""
    said: Said


class FaultShown(Part):
    number: int | None = None
    """Of several faults, one after the other: which one, 1 the first; those that acted together share it."""
    kind: str
    parameters: dict[str, str]
    name: str
    looks_like: str
    pattern: str
    onset: Span | None
    healed: Span | None
    answered: bool = True
    """Whether the drill's switch answers it; false: it was broken before what the switch answers, around it."""
    effect_proven: bool
    said: Said
    counted: str = ""
    """What was seen and counted of it during the run, in the runner's words."""
    broken: list[Broken] = []
    """As the plan says, before anything was touched."""
    put_back: list[PutBack] = []


class HealShown(Part):
    undo: str
    says: str
    ok: bool
    by: str
    why: str
    took_ns: int
    said: str


class StepShown(Part):
    """A call of the drill's author: planned, and what became of it."""

    step: str
    detail: dict[str, str]
    limit_ns: int
    state: Literal["done", "late", "failed", "not_reached", "added"]
    """`late`: done, and beyond its limit."""
    took_ns: int | None
    said: Said | None = None
    """What went otherwise than planned."""


class Result(Part):
    """One run, judged."""

    schema_: Literal["switchdrill.run/v1"] = Field(default="switchdrill.run/v1", alias="schema")
    judge: str = "1"
    """Version of the rules of judging: the same evidence under the same version gives the same bytes."""
    run: str
    drill: str
    title: str
    kind: str
    covers: list[int]
    platform: str
    production: bool
    runbook: str
    """`id version`."""
    verdict: Verdict | None
    """Null: refused, nothing was run."""
    reasons: list[Said]
    """Why this verdict, the weightiest first."""
    headline: Said
    back: list[Said] = []
    """When pictures were back, for the operators and for the last viewer; said before the headline. Empty: nothing was
    measured, or it is not usable."""
    fault: int | None = None
    """Of several faults: the one with the worst recovery, which `measured`, `phases`, `milestones` and the strata are
    about; findings carry the same number. Null: there is only one."""
    measured: Span | None
    """Recovery time of the worst stratum."""
    promised_ns: int
    limit_ns: int
    anchor_mono_ns: int
    anchor_wall: str
    boot_id: str
    host: str
    operator: str
    """Who ran it: the user's name on that host."""
    began_ns: int
    ended_ns: int
    milestones: list[Milestone]
    phases: list[Phase]
    findings: list[Finding]
    strata: list[Stratum]
    data: list[DataLoss]
    viewers: Viewers | None
    validity: list[Check]
    probes: list[ProbeShown] = []
    faults: list[FaultShown]
    healing: list[HealShown]
    all_healed: bool
    can_be_healed: bool = True
    """Whether an undo is left for `switchdrill heal`; false and not all healed: all were played, and did not help."""
    parts: list[Stretch]
    steps: list[StepShown]
    deviations: list[str]
    carrier: str
    plan_sha256: str
    plan_sha256_recorded: str
    """As the journal's first record says; differs when plan.json was changed afterwards."""
    runbook_sha256: str
    journal_entries: int
    journal_first_bad_line: int | None
    tool_version: str
    tool_commit: str
    python: str
    machine: dict[str, str]
    again: str
    not_shown: list[Said]
    """What this evidence does not show."""

    def is_without_switch(self) -> bool:
        """Whether the drill waited for none: what it broke was to touch nobody, or was ridden out."""
        return self.finding("untouched") is not None or self.finding("ride_out") is not None

    def finding(self, id: str) -> Finding | None:
        """The one of that id; of several faults, that of the decisive one."""
        return next((each for each in self.findings if each.id == id and each.fault in (None, self.fault)), None)
