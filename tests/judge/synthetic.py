"""Whole run folders, made up: a story of what a platform did, told in every file that a real run would have.

Times are seconds after the fault. The truth is known here, so that a test can hold the judge against it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from switchdrill.platform.model import Platform
from switchdrill.platform.targets import Target, targets
from switchdrill.record.entries import (
    Began,
    Chained,
    Checked,
    Closed,
    Commanded,
    Cut,
    EffectSeen,
    Ended,
    Entry,
    Healed,
    Injected,
    Noted,
    Opened,
    Restored,
    RunnerLost,
    Switched,
    UndoWritten,
)
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import GENESIS
from switchdrill.record.plan import Plan
from switchdrill.record.samples import Outcome, Sample, write_schema
from switchdrill.record.viewers import Outage, Second
from switchdrill.runbook.model import Runbook

S = 1_000_000_000
MS = 1_000_000
FAULT = 5_018 * S + 123_456_789
RUN = "20261121-031205-site-loss"
BOOT = "7b0f63a6-8e65-4c3e-9a25-3f1f0a9f9d11"

OPENED, PROBING, LOADED, STEADY = -18.0, -14.0, -9.0, -0.8
SITES = ("a", "b")
RUNBOOK, DRILL = b"id: two-site-fast\n", b"def test_it(drill): ...\n"
_INPUTS = (("drill.py", DRILL), ("two-site-fast.yaml", RUNBOOK))
UNDO, PLATFORM_UNDO = "02-site-loss", "01-platform"


def at(seconds: float) -> int:
    """An instant that is `seconds` after the fault."""
    return FAULT + round(seconds * S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened. The defaults are a drill in which every promise is kept."""

    shape: str = "stall"
    lost: str = "a"
    """`b`: the standby is lost, which serves nobody; then the drill waits for no switch, and does not go back."""
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


@dataclass(frozen=True, slots=True)
class Times:
    """When what happened, seconds after the fault."""

    switched: float
    hold_ended: float
    healed: float
    rejoined: float
    failback: float
    returned: float
    control_ended: float
    is_switched: bool


def tell(story: Story, path: Path) -> RunFolder:
    """Write the whole folder."""
    folder = RunFolder(path)
    folder.make()
    plan = plan_of(story)
    (folder.inputs / plan.runbook_file).write_bytes(RUNBOOK)
    (folder.inputs / "drill.py").write_bytes(DRILL)
    sums = [f"{hashlib.sha256(each).hexdigest()}  {name}\n" for name, each in _INPUTS]
    (folder.inputs / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    folder.plan.write_bytes(plan.as_json())
    times = _times(story)
    _Teller(story, plan, times, folder).tell()
    return folder


def plan_of(story: Story) -> Plan:
    platform = Platform.model_validate(_platform(story))
    steps = [
        ("load", {"profile": "peak", "viewers": "20"}, 5, 20), ("steady", {}, 8, 39),
        ("break", {"faults": "site-loss"}, 2.4, 2.4), ("until_switched", {"to": "b"}, 20, 30), ("hold", {}, 12, 12),
        ("heal", {"faults": "site-loss"}, 8, 8), ("failback", {"to": "a"}, 15, 25), ("control", {}, 5, 5),
    ]  # fmt: skip
    left_out = story.left_out if story.lost == "a" else (*story.left_out, "until_switched", "failback")
    steps = [step for step in steps if step[0] not in left_out]
    role = "primary" if story.lost == "a" else "standby"
    outcomes = [Outcome.TIMED_OUT] if story.shape == "stall" else [Outcome.REFUSED, Outcome.RESET]
    return Plan.model_validate(
        {
            "schema": "switchdrill.plan/v1",
            "run": RUN,
            "written": "2026-11-21T03:12:05+00:00",
            "drill": "drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost[stall]",
            "title": "机房水灾: the primary site goes dark at peak.",
            "kind": "simulation",
            "covers": [1, 7, 60, 67],
            "again": "switchdrill run 'drills/test_site_loss.py'",
            "runbook_file": "two-site-fast.yaml",
            "runbook_sha256": hashlib.sha256(RUNBOOK).hexdigest(),
            "runbook": _runbook().model_dump(mode="json", by_alias=True),
            "platform_file": "platform.yaml",
            "platform": platform.model_dump(mode="json", by_alias=True),
            "targets": [each.model_dump(mode="json") for each in targets(platform)],
            "carrier": "cache: toxiproxy-server 2.12.0",
            "steps": [
                {"step": name, "detail": detail, "expected_s": expected, "limit_s": limit}
                for name, detail, expected, limit in steps
            ],
            "faults": [
                {
                    "kind": "site-loss",
                    "parameters": {"site": role, "shape": story.shape},
                    "undos": [
                        {"id": "site-loss-1", "target": "site a", "says": "starts the Toxiproxy of site a again"}
                    ],
                    "effect": {"site": story.lost, "outcomes": [int(each) for each in outcomes], "within_s": 2.4},
                    "legend": {"name": "Site loss", "looks_like": "the site connects and is silent"},
                }
            ],
            "tool_version": "0.1.0",
            "tool_commit": "490a3c9",
            "python": "3.11.7",
            "packages": {"pytest": "9.2.0"},
            "machine": {"host": "drill-host", "kernel": "Linux 6.1.0", "cores": "2"},
            "seed": story.seed,
        }
    )


def _platform(story: Story) -> dict[str, object]:
    events = {"name": "gslb", "file": "gslb.events.jsonl", "detected": "site_down", "steer_commanded": "steered"}
    every = f"{story.every_ms}ms"
    timed = {"every": every, "timeout": "1s"}
    slow = {"every": f"{2 * story.every_ms}ms", "timeout": "1s"}
    return {
        "schema": "switchdrill.platform/v1", "id": "embedded", "title": "two sites", "production": False,
        "inject": True,
        "sites": {
            "a": {"role": "primary", "title": "济南 Jinan", "address": "127.9.1.1"},
            "b": {"role": "standby", "title": "青岛 Qingdao", "address": "127.9.2.1"},
        },
        "entries": {
            "live": {"name": "live.test", "port": 18080, "path": "/live/room1/index.m3u8", "room": "room1"},
            "api": {"name": "live.test", "port": 18081},
        },
        "operators": {
            "telecom": {"title": "电信 Telecom", "share": 0.6, "resolver": "127.9.0.11:18053"},
            "unicom": {"title": "联通 Unicom", "share": 0.4, "resolver": "127.9.0.12:18053"},
        },
        "authority": "127.9.0.1:18053",
        "detector": {"every": "2s", "consecutive_failures": 3, "timeout": "1s", "pacing": "fixed", "ttl": "2s"},
        "probes": [
            {"name": "dns", "kind": "dns", "through": "operators", "entry": "live", **timed},
            {"name": "media", "kind": "hls", "through": "operators", "entry": "live", **timed},
            {"name": "watch", "kind": "hls", "through": "sites", "entry": "live", **slow},
            {"name": "ready", "kind": "http", "through": "sites", "entry": "api", "path": "/health/deep", **slow},
            {"name": "gifts", "kind": "ledger", "through": "operators", "entry": "api", "ledger": "gifts", **slow},
        ],
        "ledgers": {"gifts": {"entry": "api", "write": "/gifts", "read": "/gifts?prefix={prefix}"}},
        "events": [events] if story.has_event_log else [],
        "commands": {"failback": ["failback", "{site}"]},
    }  # fmt: skip


def _runbook() -> Runbook:
    return Runbook.model_validate(
        {
            "schema": "switchdrill.runbook/v1", "id": "two-site-fast", "version": "1.0.0",
            "title": "loss of the primary site, fast profile", "service": "live", "kinds": ["simulation"],
            "roles": {"sre": {"title": "SRE", "primary": "p.li", "deputy": "p.zhou"}},
            "objectives": {
                "recovery": {"target": "20s", "limit": "30s"},
                "phases": {
                    "detect": {"from": "fault_onset", "to": "detected", "target": "8s", "limit": "12s"},
                    "steer": {"from": "detected", "to": "steered", "target": "8s", "limit": "12s"},
                    "restore": {"from": "steered", "to": "service_restored", "target": "4s", "limit": "6s"},
                },
                "failback": {"target": "15s", "limit": "25s"},
                "rejoin": "8s", "steady": "8s", "hold": "12s", "control": "5s",
            },
            "load": {"peak": {"viewers": 20, "ramp": "5s", "min_alive": 0.95, "max_late": "100ms"}},
            "good_frame": {"segments": 3, "max_age": "5s", "pace": 0.9},
            "measurement": {"probe_every": "100ms", "probe_timeout": "1s", "min_coverage": 0.95},
            "triggers": [
                {
                    "id": "switch", "source": "gslb", "every": "2s", "consecutive_failures": 3, "timeout": "1s",
                    "pacing": "fixed", "action": "switch", "mode": "automatic",
                }
            ],
            "steering": {"ttl": "2s", "longest_ttl": "6s"},
            "data": {
                "gifts": {
                    "title": "礼物 gifts", "mode": "synchronous", "rpo": "0s", "ledger": "gifts", "lost_max": 0,
                    "duplicates_max": 0, "critical": True,
                }
            },
        }
    )  # fmt: skip


def _times(story: Story) -> Times:
    """As the runner would have gone through it."""
    if story.lost == "b":
        return Times(
            switched=1.32, hold_ended=1.35 + story.held_s, healed=2.15 + story.held_s, rejoined=5.15 + story.held_s,
            failback=900.0, returned=5.25 + story.held_s, control_ended=10.35 + story.held_s, is_switched=True,
        )  # fmt: skip
    is_switched = story.detected_s is not None and story.standby == "good"
    last = max([story.steered_s[each] for each in story.steered_s] if is_switched else [27.4])
    later = [end for _operator, _begin, end in story.bad if end < 20]
    switched = min(30.0, max([last, *later]) + 2.6) if is_switched else 30.0
    hold_ended = switched + story.held_s if is_switched else switched
    healed = hold_ended + 0.8
    rejoined = healed + story.rejoined_s
    failback = rejoined + 0.1
    returned = failback + max(story.failback_s.values()) + 2.6
    return Times(
        switched=switched, hold_ended=hold_ended, healed=healed, rejoined=rejoined, failback=failback,
        returned=returned, control_ended=returned + 5.05, is_switched=is_switched,
    )  # fmt: skip


class _Teller:
    def __init__(self, story: Story, plan: Plan, times: Times, folder: RunFolder) -> None:
        self._story = story
        self._plan = plan
        self._times = times
        self._folder = folder
        self._random = Random(story.seed)
        self._acknowledged: list[tuple[int, str]] = []
        self._entries: list[Entry] = []

    def tell(self) -> None:
        cut_s, why = self._cut()
        until_s = self._times.control_ended if cut_s is None else cut_s
        self._healed_s = self._times.healed if cut_s is None else min(self._times.healed, cut_s + 0.8)
        if not self._story.refused:
            self._write_samples(until_s if self._story.runner_lost_s is None else until_s + 0.3)
            self._write_viewers(until_s)
            self._write_events(until_s)
            self._write_ledgers(cut_s)
        self._write_undos()
        self._tell_journal(cut_s, why)
        self._write_journal()

    def _cut(self) -> tuple[float | None, str]:
        story = self._story
        cuts = [
            (story.prober_dies_s, "prober_died"), (story.load_dies_s, "load_died"), (story.aborted_s, "interrupted"),
            (story.runner_lost_s, "lost"), (None if story.has_effect else 2.41, "no_effect"),
            (None if self._times.is_switched or not story.has_effect else 30.005, "limit"),
            (self._times.failback + 25.01 if story.failback_runs else None, "limit"),
            (-0.5 if story.not_steady else None, "not_steady"),
        ]  # fmt: skip
        return min(((when, why) for when, why in cuts if when is not None), default=(None, ""))

    # What probes see.

    def _serves(self, operator: str, t: float) -> str:
        """Where the operator's resolver sends viewers."""
        story = self._story
        if story.on_b_before and t < self._times.failback:
            return "b"
        if story.lost == "b":
            return "a"
        if story.detected_s is None or t < story.steered_s[operator]:
            return "a"
        return "b" if t < self._times.failback + story.failback_s[operator] else "a"

    def _site_outcome(self, site: str, t: float, kind: str) -> Outcome:
        story = self._story
        if site == story.lost and story.has_effect and story.is_seen and 0.001 <= t < self._healed_s + story.in_step_s:
            return Outcome.TIMED_OUT if story.shape == "stall" else Outcome.REFUSED
        if site == "a":
            is_bad = any(begin <= t < end for begin, end in story.primary_bad)
            return Outcome.RESET if is_bad else Outcome.GOOD
        if kind == "hls":
            named = {"frozen": Outcome.STALE, "wrong_room": Outcome.WRONG_ROOM, "dead": Outcome.REFUSED}
            return named.get(story.standby, Outcome.GOOD) if t > 0 else Outcome.GOOD
        return Outcome.GOOD

    def _sample(self, target: Target, slot: int, planned_s: float) -> Sample:
        story = self._story
        late_s = self._random.uniform(0.0001, 0.002)
        sent_s = planned_s + late_s
        is_blind = any(begin <= planned_s < end for begin, end in story.blind)
        if is_blind or self._random.random() < story.missed_slots:
            return Sample(slot, at(planned_s), 0, at(planned_s + 0.1), Outcome.UNKNOWN, 0)
        site = target.site or (self._serves(target.operator, sent_s) if target.operator is not None else "a")
        takes_s = self._random.uniform(0.002, 0.02)
        if target.kind == "dns":
            return self._row(slot, planned_s, sent_s, takes_s, Outcome.GOOD, site, 2)
        outcome = self._site_outcome(site, sent_s, target.kind)
        if target.kind == "hls" and target.operator is not None:
            hit = any(who == target.operator and begin <= sent_s < end for who, begin, end in story.bad)
            outcome = Outcome.RESET if hit else outcome
        if outcome == Outcome.TIMED_OUT:
            return self._row(slot, planned_s, sent_s, 1.0, outcome, site)
        if target.kind == "ledger":
            if outcome == Outcome.GOOD:
                self._acknowledged.append((at(sent_s + takes_s), f"{RUN}-{target.name}-{slot}"))
            return self._row(slot, planned_s, sent_s, takes_s, outcome, site, slot)
        sequence = at(sent_s) // S
        return self._row(slot, planned_s, sent_s, takes_s, outcome, site, sequence, sequence * S)

    def _row(
        self, slot: int, planned_s: float, sent_s: float, takes_s: float, outcome: Outcome, site: str, *values: int
    ) -> Sample:
        number = SITES.index(site) + 1
        return Sample(slot, at(planned_s), at(sent_s), at(sent_s + takes_s), outcome, number, *values)

    def _write_samples(self, until_s: float) -> None:
        write_schema(self._folder.samples, list(self._plan.targets), list(SITES))
        ends_s = until_s if self._story.prober_dies_s is None else min(until_s, self._story.prober_dies_s)
        for index, target in enumerate(self._plan.targets):
            begin_s = PROBING + index * target.every_ns / S / len(self._plan.targets)
            every_s = target.every_ns / S
            series = []
            slot = 0
            while begin_s + slot * every_s < ends_s:
                series.append(self._sample(target, slot, begin_s + slot * every_s))
                slot += 1
            series.sort(key=lambda sample: sample.ended_ns)  # as the prober writes them: in the order of their ends
            raw = b"".join(sample.packed() for sample in series)
            (self._folder.samples / f"{target.name}.bin").write_bytes(raw)

    # What the load, the platform's log and the ledgers say.

    def _write_viewers(self, until_s: float) -> None:
        story = self._story
        ends_s = until_s if story.load_dies_s is None else min(until_s, story.load_dies_s)
        lines: list[Second | Outage] = []
        t = PROBING + 0.5
        while t < ends_s + 0.5:
            planned = min(story.viewers, max(1, round(story.viewers * (t - PROBING) / (LOADED - PROBING))))
            alive = planned if t < 0 else round(planned * story.alive_share)
            lines.append(
                Second(
                    t_ns=at(t), planned=planned, alive=alive, good=self._good(alive, t),
                    late_p99_ns=(story.late_ms + self._random.randrange(3)) * MS,
                )
            )  # fmt: skip
            t += 1.0
        if story.has_effect:
            lines += self._viewer_outages(ends_s)
        self._folder.viewers.write_text("".join(each.model_dump_json() + "\n" for each in lines), encoding="utf-8")

    def _good(self, alive: int, t: float) -> int:
        is_back = self._story.lost == "b" or (self._times.is_switched and t > min(self._story.steered_s.values()))
        return 0 if self._story.has_effect and 2.5 < t < self._healed_s and not is_back else alive

    def _viewer_outages(self, until_s: float) -> Iterator[Outage]:
        operators = list(self._plan.platform.operators)
        for viewer in range(self._story.viewers if self._story.lost == "a" else self._story.viewers_hit):
            operator = operators[viewer % len(operators)]
            last = self._random.uniform(-0.9, 0.0)
            back = self._story.steered_s[operator] + self._random.uniform(0.1, 1.2)
            if viewer == 0 and self._story.last_viewer_s is not None:
                back = self._story.last_viewer_s
            is_back = self._times.is_switched and back < until_s
            yield Outage(
                t_ns=at(min(back, until_s)), viewer=viewer, operator=operator, last_good_ns=at(last),
                next_good_ns=at(back) if is_back else None, site_before="a", site_after="b" if is_back else None,
            )  # fmt: skip

    def _write_events(self, until_s: float) -> None:
        story = self._story
        if not story.has_event_log or not story.event_log_is_copied:
            return
        lines = [{"t_ns": at(-10.0), "event": "started", "site": ""}]
        if story.detected_s is not None and story.has_effect and story.detected_s < until_s:
            lines.append({"t_ns": at(story.detected_s), "event": "site_down", "site": story.lost})
            if story.lost == "a":
                lines.append({"t_ns": at(story.detected_s + 0.002), "event": "steered", "site": "b"})
        if self._times.failback < until_s:
            lines.append({"t_ns": at(self._times.failback + 0.02), "event": "steered", "site": "a"})
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (self._folder.events / "gslb.jsonl").write_text(text, encoding="utf-8")

    def _write_ledgers(self, cut_s: float | None) -> None:
        whens = {"hold": self._times.hold_ended + 0.01, "end": self._times.control_ended + 0.01}
        newest = sorted(self._acknowledged)
        before = [record for acknowledged_ns, record in newest if acknowledged_ns < at(-self._story.lost_from_s)]
        lost = set(before[len(before) - self._story.lost_gifts :])
        twice = set(before[: self._story.duplicate_gifts])
        for name in self._story.reads:
            when, _dot, site = name.partition(".")
            read_s = whens[when]
            if cut_s is not None and read_s > cut_s:
                continue
            gone = lost if when == "hold" or not self._story.lost_after_hold else set()
            records = [
                {"id": record, "times": 2 if record in twice else 1}
                for acknowledged_ns, record in newest
                if acknowledged_ns <= at(read_s) and record not in gone
            ]
            text = {
                "ledger": "gifts", "site": site, "begun_ns": at(read_s), "ended_ns": at(read_s + 0.02),
                "records": records,
            }  # fmt: skip
            (self._folder.ledgers / f"gifts.{site}.{when}.json").write_text(json.dumps(text) + "\n", encoding="utf-8")

    def _write_undos(self) -> None:
        for name, says in ((PLATFORM_UNDO, "stops the platform"), (UNDO, "starts the Toxiproxy of site a again")):
            undo = {"kind": "x", "target": "x", "says": says, "facts": {}}
            body = {"id": name, "undo": undo, "written_ns": at(-1), "deadline_ns": at(100), "boot_id": BOOT}
            if name == PLATFORM_UNDO or self._is_broken():
                (self._folder.undo / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
                if name == PLATFORM_UNDO or self._story.heals:
                    closed = {"id": name, "by": "runner", "why": "done", "said": "", "before_ns": 0, "after_ns": at(1)}
                    (self._folder.undo / f"{name}.closed.json").write_text(json.dumps(closed), encoding="utf-8")

    def _is_broken(self) -> bool:
        cut_s, _why = self._cut()
        return not self._story.refused and (cut_s is None or cut_s > 0)

    # What the runner wrote.

    def _tell_journal(self, cut_s: float | None, why: str) -> None:
        self._say(
            Opened(
                t_ns=at(OPENED), run=RUN, plan_sha256=hashlib.sha256(self._folder.plan.read_bytes()).hexdigest(),
                boot_id=BOOT, wall="2026-11-21T03:12:05.250000+00:00", host="drill-host", user="liwei", runner_pid=4711,
            )
        )  # fmt: skip
        self._say(Began(t_ns=at(OPENED + 0.01), part="platform"))
        self._say(self._undo_written(PLATFORM_UNDO, OPENED + 0.02, 300))
        if self._story.refused:
            self._say(Checked(t_ns=at(OPENED + 1), name="platform", ok=False, said="port 18080 is taken"))
            self._say(Ended(t_ns=at(OPENED + 1), part="platform", reached=False))
            self._say(Cut(t_ns=at(OPENED + 1.1), why="could_not_start", said="the platform could not be started"))
            self._close("runner", OPENED + 2)
            return
        whole = list(self._whole_drill())
        if cut_s is None:
            self._entries += whole
            self._say(self._chained(self._times.control_ended + 0.2))
            self._close("runner", self._times.control_ended + 3)
        elif why == "lost":
            self._entries += [entry for entry in whole if entry.t_ns < at(cut_s)]
            self._say(self._chained(cut_s))
            self._say(RunnerLost(t_ns=at(cut_s + 0.1), torn_bytes=17))
            if self._is_broken():
                self._heal("healer", "runner_lost", cut_s + 0.8)
            self._close("healer", cut_s + 2)
        else:
            self._cut_short(whole, cut_s, why)

    def _cut_short(self, whole: list[Entry], cut_s: float, why: str) -> None:
        self._entries += [entry for entry in whole if entry.t_ns < at(cut_s) and not self._is_never_reached(entry)]
        began = [entry.part for entry in self._entries if isinstance(entry, Began)]
        ended = [entry.part for entry in self._entries if isinstance(entry, Ended)]
        for part in reversed([each for each in began if each not in ended]):
            self._say(Ended(t_ns=at(cut_s), part=part, reached=False, said=why))
        is_healed = any(isinstance(entry, Healed) for entry in self._entries)
        if self._is_broken() and not is_healed:
            self._say(Began(t_ns=at(cut_s + 0.01), part="heal"))
            self._heal("runner", "done", cut_s + 0.8)
            self._say(Ended(t_ns=at(cut_s + 0.81), part="heal", reached=self._story.heals))
        self._say(Cut.model_validate({"t_ns": at(cut_s + 0.82), "why": why, "said": f"it was {why}"}))
        self._say(self._chained(cut_s + 0.9))
        self._close("runner", cut_s + 2)

    def _is_never_reached(self, entry: Entry) -> bool:
        """What comes after a command that does not end."""
        is_later = isinstance(entry, Began | Ended | Switched) and entry.t_ns > at(self._times.failback)
        return self._story.failback_runs and is_later

    def _whole_drill(self) -> Iterator[Entry]:
        times, story = self._times, self._story
        yield Checked(t_ns=at(PROBING - 1), name="carrier", ok=True, said="cache")
        yield Ended(t_ns=at(PROBING), part="platform", reached=True)
        loaded = LOADED if story.load_took_s is None else PROBING + 0.01 + story.load_took_s
        yield from self._part("load", PROBING + 0.01, loaded)
        if "steady" not in story.left_out:
            yield from self._part("steady", loaded + 0.01, STEADY)
        yield Noted(t_ns=at(STEADY + 0.01), deviation=False, said="waited 0.790 s of the detector's period")
        if story.deviation:
            yield Noted(t_ns=at(STEADY + 0.02), deviation=True, said=story.deviation)
        yield Began(t_ns=at(-0.02), part="fault")
        yield self._undo_written(UNDO, -0.01, 100)
        yield Injected(
            t_ns=at(0.003), fault="site-loss", parameters={"site": "primary", "shape": story.shape}, undos=[UNDO],
            before_ns=at(0), after_ns=at(0.003),
        )  # fmt: skip
        if not story.has_effect:
            yield EffectSeen(t_ns=at(2.4), fault="site-loss", ok=False, target="watch.a", said="still good")
        else:
            yield EffectSeen(t_ns=at(1.3), fault="site-loss", ok=True, target="watch.a", said="watch.a timed_out")
        yield Ended(t_ns=at(1.31), part="fault", reached=True)
        if story.lost == "a":
            yield Began(t_ns=at(1.32), part="switch")
            yield Switched(t_ns=at(times.switched), to="b", reached=times.is_switched, strata={})
            yield Ended(t_ns=at(times.switched), part="switch", reached=times.is_switched)
        yield from self._part("hold", times.switched + 0.01, times.hold_ended)
        yield Began(t_ns=at(times.hold_ended + 0.05), part="heal")
        yield self._healed("runner", "done", times.healed)
        yield Ended(t_ns=at(times.healed + 0.01), part="heal", reached=story.heals)
        yield from self._part("rejoin", times.healed + 0.02, times.rejoined, reached=story.restored)
        yield Restored(t_ns=at(times.rejoined), fault="site-loss", ok=story.restored, said="2 probes of site a")
        if story.lost == "a":
            took = 25.0 if story.failback_runs else 0.03
            yield Commanded(
                t_ns=at(times.failback + took), command="failback", argv=["failback", "a"],
                before_ns=at(times.failback), after_ns=at(times.failback + took),
                code=None if story.failback_runs else 0, said="waiting for the other operators",
            )  # fmt: skip
            yield from self._part("failback", times.failback + 0.04, times.returned)
            yield Switched(t_ns=at(times.returned), to="a", reached=True, strata={})
        yield from self._part("control", times.returned + 0.01, times.control_ended)

    def _undo_written(self, undo: str, t: float, deadline_s: float) -> UndoWritten:
        file = self._folder.undo / f"{undo}.json"
        digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
        return UndoWritten(t_ns=at(t), undo=undo, file=f"undo/{file.name}", sha256=digest, deadline_ns=at(deadline_s))

    def _part(self, name: str, begin_s: float, end_s: float, *, reached: bool = True) -> Iterator[Entry]:
        yield Began(t_ns=at(begin_s), part=name)
        yield Ended(t_ns=at(end_s), part=name, reached=reached)

    def _healed(self, by: str, why: str, end_s: float) -> Healed:
        said = "restarted with 7 proxies" if self._story.heals else "the port is taken"
        return Healed.model_validate(
            {
                "t_ns": at(end_s), "undo": UNDO, "fault": "site-loss", "by": by, "why": why, "ok": self._story.heals,
                "said": said, "before_ns": at(end_s - 0.7), "after_ns": at(end_s),
            }
        )  # fmt: skip

    def _heal(self, by: str, why: str, end_s: float) -> None:
        self._say(self._healed(by, why, end_s))

    def _close(self, by: str, end_s: float) -> None:
        self._say(
            Healed.model_validate(
                {
                    "t_ns": at(end_s), "undo": PLATFORM_UNDO, "fault": "platform", "by": by, "why": "done", "ok": True,
                    "said": "stopped", "before_ns": at(end_s - 0.5), "after_ns": at(end_s),
                }
            )
        )  # fmt: skip
        if self._story.is_closed:
            all_healed = self._story.heals or not self._is_broken()
            self._say(Closed.model_validate({"t_ns": at(end_s + 0.01), "by": by, "all_healed": all_healed}))

    def _chained(self, t: float) -> Chained:
        names = ("samples", "load", "events", "ledgers")
        found: dict[str, tuple[int, str]] = {}
        for path in sorted(path for name in names for path in (self._folder.path / name).iterdir()):
            raw = path.read_bytes()
            found[str(path.relative_to(self._folder.path))] = (len(raw), hashlib.sha256(raw).hexdigest())
        return Chained(t_ns=at(t), files=found)

    def _say(self, entry: Entry) -> None:
        self._entries.append(entry)

    def _write_journal(self) -> None:
        self._folder.journal.write_bytes(chained_lines(self._entries))


def chained_lines(entries: list[Entry]) -> bytes:
    """run.jsonl with these records, properly chained."""
    previous = GENESIS
    lines: list[bytes] = []
    for number, entry in enumerate(entries):
        body = {"seq": number, "prev": previous, **entry.model_dump(mode="json")}
        line = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        previous = hashlib.sha256(line).hexdigest()
        lines.append(line + b"\n")
    return b"".join(lines)
