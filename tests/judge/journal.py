"""The journal of a made-up run: what its runner wrote, properly chained."""

import hashlib
import json
from collections.abc import Iterator

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
    Reapplied,
    Restored,
    RunnerLost,
    Switched,
    UndoWritten,
)
from switchdrill.record.journal import GENESIS
from tests.judge.story import BOOT, LOADED, OPENED, PLATFORM_UNDO, PROBING, RUN, STEADY, UNDO, at
from tests.judge.telling import Telling


def write_journal(telling: Telling) -> None:
    """After everything else: it says what the other files hold."""
    telling.folder.journal.write_bytes(chained_lines(_Runner(telling).tell()))


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


class _Runner:
    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._story = telling.story
        self._times = telling.times
        self._folder = telling.folder
        self._entries: list[Entry] = []

    def tell(self) -> list[Entry]:
        self._begin()
        if self._story.refused:
            self._refuse()
        else:
            self._go(list(self._whole_drill()))
        return self._entries

    def _begin(self) -> None:
        self._say(
            Opened(
                t_ns=at(OPENED), run=RUN, plan_sha256=hashlib.sha256(self._folder.plan.read_bytes()).hexdigest(),
                boot_id=BOOT, wall="2026-11-21T03:12:05.250000+00:00", host="drill-host", user="liwei", runner_pid=4711,
            )
        )  # fmt: skip
        self._say(Began(t_ns=at(OPENED + 0.01), part="platform"))
        self._say(self._undo_written(PLATFORM_UNDO, OPENED + 0.02, 300))

    def _refuse(self) -> None:
        self._say(Checked(t_ns=at(OPENED + 1), name="platform", ok=False, said="port 18080 is taken"))
        self._say(Ended(t_ns=at(OPENED + 1), part="platform", reached=False))
        self._say(Cut(t_ns=at(OPENED + 1.1), why="could_not_start", said="the platform could not be started"))
        self._close("runner", OPENED + 2)

    def _go(self, whole: list[Entry]) -> None:
        cut_s = self._telling.cut_s
        if cut_s is None:
            self._entries += whole
            self._say(self._chained(self._times.control_ended + 0.2))
            self._close("runner", self._times.control_ended + 3)
        elif self._telling.why == "lost":
            self._entries += [entry for entry in whole if entry.t_ns < at(cut_s)]
            self._say(self._chained(cut_s))
            self._say(RunnerLost(t_ns=at(cut_s + 0.1), torn_bytes=17))
            if self._telling.is_broken:
                self._heal("healer", "runner_lost", cut_s + 0.8)
            self._close("healer", cut_s + 2)
        else:
            self._cut_short(whole, cut_s)

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
        if story.recorded is None:
            pass
        elif not (story.has_effect and story.recorded):
            yield EffectSeen(t_ns=at(2.4), fault="site-loss", ok=False, target="watch.a", said="still good")
        else:
            said = "412 packets dropped" if story.is_counted else "watch.a timed_out; 6 containers paused"
            yield EffectSeen(t_ns=at(1.3), fault="site-loss", ok=True, target="watch.a", said=said)
        yield Ended(t_ns=at(1.31), part="fault", reached=True)
        if story.lost == "a" and story.rides is None:
            yield Began(t_ns=at(1.32), part="switch")
            yield Switched(t_ns=at(times.switched), to="b", reached=times.is_switched, strata={})
            yield Ended(t_ns=at(times.switched), part="switch", reached=times.is_switched)
        held = "hold" if story.rides is None else "ride_out"
        yield from self._part(held, times.switched + 0.01, times.hold_ended)
        for last_s, gone_s, again_s in story.put_back:
            yield Reapplied(
                t_ns=at(again_s), fault="site-loss", undo=UNDO, target="site a", gone_ns=(at(last_s), at(gone_s)),
                again_ns=at(again_s), said="container a-border was started anew",
            )  # fmt: skip
        yield Began(t_ns=at(times.hold_ended + 0.05), part="heal")
        yield self._healed("runner", "done", times.healed)
        yield Ended(t_ns=at(times.healed + 0.01), part="heal", reached=story.heals)
        yield from self._part("rejoin", times.healed + 0.02, times.rejoined, reached=story.restored)
        yield Restored(t_ns=at(times.rejoined), fault="site-loss", ok=story.restored, said="2 probes of site a")
        if story.lost == "a" and story.rides is None:
            took = 25.0 if story.failback_runs else 0.03
            yield Began(t_ns=at(times.failback), part="failback")
            yield Commanded(
                t_ns=at(times.failback + took), command="failback", argv=["failback", "a"],
                before_ns=at(times.failback), after_ns=at(times.failback + took),
                code=None if story.failback_runs else 0, said="waiting for the other operators",
            )  # fmt: skip
            yield Switched(t_ns=at(times.returned), to="a", reached=True, strata={})
            yield Ended(t_ns=at(times.returned), part="failback", reached=True)
        yield from self._part("control", times.returned + 0.01, times.control_ended)

    def _part(self, name: str, begin_s: float, end_s: float, *, reached: bool = True) -> Iterator[Entry]:
        yield Began(t_ns=at(begin_s), part=name)
        yield Ended(t_ns=at(end_s), part=name, reached=reached)

    def _cut_short(self, whole: list[Entry], cut_s: float) -> None:
        why = self._telling.why
        self._entries += [entry for entry in whole if entry.t_ns < at(cut_s) and not self._is_never_reached(entry)]
        began = [entry.part for entry in self._entries if isinstance(entry, Began)]
        ended = [entry.part for entry in self._entries if isinstance(entry, Ended)]
        for part in reversed([each for each in began if each not in ended]):
            self._say(Ended(t_ns=at(cut_s), part=part, reached=False, said=why))
        is_healed = any(isinstance(entry, Healed) for entry in self._entries)
        if self._telling.is_broken and not is_healed:
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

    def _undo_written(self, undo: str, t: float, deadline_s: float) -> UndoWritten:
        file = self._folder.undo / f"{undo}.json"
        digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
        return UndoWritten(t_ns=at(t), undo=undo, file=f"undo/{file.name}", sha256=digest, deadline_ns=at(deadline_s))

    def _heal(self, by: str, why: str, end_s: float) -> None:
        self._say(self._healed(by, why, end_s))

    def _healed(self, by: str, why: str, end_s: float) -> Healed:
        said = "restarted with 7 proxies" if self._story.heals else "the port is taken"
        return Healed.model_validate(
            {
                "t_ns": at(end_s), "undo": UNDO, "fault": "site-loss", "by": by, "why": why, "ok": self._story.heals,
                "said": said, "before_ns": at(end_s - 0.7), "after_ns": at(end_s),
            }
        )  # fmt: skip

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
            all_healed = self._story.heals or not self._telling.is_broken
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
