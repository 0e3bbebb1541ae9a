"""What happened in a made-up run. Times are seconds after the fault."""

from dataclasses import dataclass, field

S = 1_000_000_000
MS = 1_000_000
FAULT = 5_018 * S + 123_456_789
RUN = "20261121-031205-site-loss"
BOOT = "7b0f63a6-8e65-4c3e-9a25-3f1f0a9f9d11"
UNDO, PLATFORM_UNDO = "02-site-loss", "01-platform"

OPENED, PROBING, LOADED, STEADY = -18.0, -14.0, -9.0, -0.8
SITES = ("a", "b")


def at(seconds: float) -> int:
    """An instant that is `seconds` after the fault."""
    return FAULT + round(seconds * S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened. The defaults are a drill in which every promise is kept."""

    shape: str = "stall"
    lost: str = "a"
    """`b`: the standby is lost, which serves nobody; then the drill waits for no switch, and does not go back."""
    rides: dict[str, object] | None = None
    """What the runbook promises of the fault, when the drill rides it out, waits for no switch and does not go back."""
    own_outage_s: float = 0.0
    """As the fault's legend says."""
    has_effect: bool = True
    is_seen: bool = True
    """Whether the effect is in the samples; the runner says so in any case."""
    held_s: float = 12.05
    detected_s: float | None = 5.2
    """None: the platform never notices, and nobody is steered."""
    steered_s: dict[str, float] = field(default_factory=lambda: {"telecom": 6.4, "unicom": 9.1})
    standby: str = "good"
    """good, frozen, wrong_room, dead."""
    bad: tuple[tuple[str, float, float], ...] = ()
    """(operator, from, to): more outages of its pictures."""
    primary_bad: tuple[tuple[float, float], ...] = ()
    """Stretches in which site a is not good, besides the fault."""
    lost_gifts: int = 0
    duplicate_gifts: int = 0
    lost_after_hold: bool = False
    """The lost ones are back at the end: only the reading at the end of the hold shows them missing."""
    lost_at_b: bool = False
    """The lost ones are in site a's ledger at the end, and not in site b's."""
    is_counted: bool = False
    """What is broken is no site: no probe can see it, and what the mechanism counts is the proof."""
    mechanism: str = "docker pause of 6 containers"
    recorded: bool | None = True
    """Whether the runner wrote down that the effect was proven; None: it wrote nothing."""
    put_back: tuple[tuple[float, float, float], ...] = ()
    """The fault's rule went under it: (last seen there, first seen gone, there again)."""
    asks_sites: bool = True
    """Whether a probe asks each site straight to take gifts."""
    a_takes_gifts: tuple[tuple[float, float], ...] = ()
    """Stretches in which site a takes gifts, though site b is the active one."""
    b_takes_gifts: tuple[tuple[float, float], ...] = ()
    reads: tuple[str, ...] = ("hold.b", "end.a", "end.b")
    has_event_log: bool = True
    event_log_is_copied: bool = True
    rejoined_s: float = 3.0
    """After healing."""
    in_step_s: float = 0.05
    """After healing: when the healed site is really good again."""
    restored: bool = True
    failback_s: dict[str, float] = field(default_factory=lambda: {"telecom": 2.1, "unicom": 5.2})
    """After the failback's command."""
    heals: bool = True
    prober_dies_s: float | None = None
    load_dies_s: float | None = None
    aborted_s: float | None = None
    runner_lost_s: float | None = None
    refused: bool = False
    not_steady: bool = False
    left_out: tuple[str, ...] = ()
    """Steps that the drill's author did not plan."""
    is_closed: bool = True
    missed_slots: float = 0.0
    """Share of the slots that the prober misses."""
    alive_share: float = 1.0
    late_ms: int = 12
    deviation: str = ""
    blind: tuple[tuple[float, float], ...] = ()
    """Stretches in which the prober stands still."""
    on_b_before: bool = False
    """An earlier drill left all viewers on site b."""
    every_ms: int = 100
    one_entry: bool = False
    """Nobody resolves: viewers connect to one address, and a header says who serves them."""
    viewers: int = 20
    last_viewer_s: float | None = None
    """When the last one was back; none: within 1.2 s of his operator's resolver."""
    viewers_hit: int = 0
    """Viewers with an outage, though what was lost served nobody."""
    load_took_s: float | None = None
    """None: within its limit."""
    failback_runs: bool = False
    """The command to go back is still running when its limit passes."""
    lost_from_s: float = 0.0
    """Which gifts are lost: the last ones that were acknowledged so many seconds before the fault."""
    seed: int = 7
