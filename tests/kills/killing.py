"""One drill, its runner killed at an instant; then the world is read until it is whole, and nothing is left."""

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from switchdrill.clock import NS_PER_S, now_ns, pause, wait_until
from switchdrill.errors import DeadlinePassed
from switchdrill.healing.undos import UndoStore
from tests.kills.ground import Ground
from tests.kills.mechanisms import MECHANISMS

WHOLE_WITHIN_S = 90.0
OVER_WITHIN_S = 120.0
LOOK_EVERY_S = 0.01
FOR_A_MOMENT = "test_it_is_broken_for_a_moment[{}]"
NS_PER_MS = 1_000_000


Since = Literal["start", "undo"]
"""An instant is counted from the runner's start, or from when the undo of a fault was on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What came of one kill. Milliseconds are since the kill, or since `heal` was called when the healer died, too."""

    mechanism: str
    after_s: float
    since: Since
    with_healer: bool
    phase: str
    """What the runner was just doing, as its record says."""
    was_broken: bool
    """A fault's undo was open."""
    whole_ms: float
    """The world was read as whole."""
    begun_ms: float
    """The last of the fault's undos that were open was taken up. Zero: none was."""
    proven_ms: float
    """The last of them was closed."""
    problem: str = ""
    """Empty when all is well; else what is not."""


def lives_s(ground: Ground, mechanism: str) -> dict[Since, float]:
    """How long a drill takes that nobody kills: from its start to its end, and from its first fault's undo until that
    is closed.
    """
    begun = now_ns()
    log = ground.folder / "undisturbed.log"
    code = ground.start(FOR_A_MOMENT.format(mechanism), log).wait(timeout=120)
    ended = now_ns()
    assert code in (0, 1, 2), log.read_text()
    assert not ground.is_not_whole(), ground.is_not_whole()
    written, closed = sorted(ground.runs.glob("*/undo/0002-*.json"), key=lambda path: "closed" in path.name)
    broken_ns = json.loads(closed.read_text())["after_ns"] - json.loads(written.read_text())["written_ns"]
    return {"start": (ended - begun) / NS_PER_S, "undo": broken_ns / NS_PER_S}


def kill_one(
    ground: Ground, mechanism: str, *, after_s: float, since: Since = "start", with_healer: bool = False
) -> Killed:
    """Never raises for what a kill left behind: `problem` says it."""
    before = set(ground.runs.glob("*"))
    log = ground.folder / "killed.log"
    child = ground.start(FOR_A_MOMENT.format(mechanism), log)
    if since == "undo":
        wait_until(
            lambda: child.poll() is not None or len(_undos(ground, before)) > 1,
            within_s=60, every_s=0.005, what="the undo of a fault", saw=log.read_text,
        )  # fmt: skip
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=after_s)
    opened = _kill(ground, child, before, with_healer=with_healer)
    killed_ns = now_ns()
    problems: list[str] = []
    if with_healer:
        healed = ground.switchdrill("heal", "--all")
        if healed.returncode != 0:
            problems.append(f"heal --all: {healed.returncode} {healed.stdout[-600:]}{healed.stderr[-600:]}")
    whole_ns = _when_whole(ground, mechanism, problems)
    folder = next(iter(set(ground.runs.glob("*")) - before), None)
    _wait_until_over(ground, folder, problems)
    closed = [] if folder is None else [UndoStore(folder / "undo").closed(each) for each in opened]
    problems += [f"undo {name} is open" for name, each in zip(opened, closed, strict=False) if each is None]
    begun = max((each.before_ns for each in closed if each is not None), default=killed_ns)
    proven = max((each.after_ns for each in closed if each is not None), default=killed_ns)
    return Killed(
        mechanism=mechanism,
        after_s=after_s,
        since=since,
        with_healer=with_healer,
        phase=_phase(folder, killed_ns),
        was_broken=bool(opened),
        whole_ms=(whole_ns - killed_ns) / NS_PER_MS,
        begun_ms=(begun - killed_ns) / NS_PER_MS,
        proven_ms=(proven - killed_ns) / NS_PER_MS,
        problem="; ".join([*problems, *_badly_recorded(folder)]),
    )


def _kill(ground: Ground, child: "subprocess.Popen[bytes]", before: set[Path], *, with_healer: bool) -> list[str]:
    """SIGKILL, first to the runner; the ids of the faults' undos that were open just before."""
    healers = ground.healers() if with_healer else []
    for healer in healers:
        os.kill(healer, signal.SIGSTOP)  # it may not see the runner go
    child.send_signal(signal.SIGSTOP)  # nothing, when it has ended: then this kill came too late
    folders = set(ground.runs.glob("*")) - before
    opened = [each.id for folder in folders for each in UndoStore(folder / "undo").open()]
    child.kill()
    child.wait()
    for healer in healers:
        with suppress(ProcessLookupError):
            os.kill(healer, signal.SIGKILL)
    return [each for each in opened if not each.endswith("-platform")]


def _undos(ground: Ground, before: set[Path]) -> list[Path]:
    return [each for folder in set(ground.runs.glob("*")) - before for each in folder.glob("undo/*.json")]


def _when_whole(ground: Ground, mechanism: str, problems: list[str]) -> int:
    look = MECHANISMS[mechanism].is_not_whole
    deadline = now_ns() + int(WHOLE_WITHIN_S * NS_PER_S)
    while True:
        wrong = look(ground)
        if not wrong:
            return now_ns()
        if now_ns() >= deadline:
            problems.append(f"not healed: {wrong}")
            return now_ns()
        pause(LOOK_EVERY_S)


def _wait_until_over(ground: Ground, folder: Path | None, problems: list[str]) -> None:
    """Nobody looks for it any more, nothing of it runs, and the whole world is as it was."""
    try:
        wait_until(lambda: not ground.left_behind(), within_s=OVER_WITHIN_S, what="the run's end")
    except DeadlinePassed:
        problems.append(f"left behind: {ground.left_behind()}")
    wrong = ground.is_not_whole()
    if wrong:
        problems.append(f"not whole: {wrong}")
    if folder is not None and UndoStore(folder / "undo").open():
        problems.append("undos are open")


def _badly_recorded(folder: Path | None) -> list[str]:
    """A run that has written an undo is closed, judged and reported; one that never came so far broke nothing."""
    if folder is None or not any((folder / "undo").glob("*.json")):
        return []
    last = _records(folder)[-1]
    missing = [name for name in ("run.json", "report.en.html", "report.zh.html") if not (folder / name).exists()]
    is_closed = last.get("kind") == "closed" and last.get("all_healed") is True
    return [*([] if is_closed else [f"its record ends with {last}"]), *(f"{name} is missing" for name in missing)]


def _phase(folder: Path | None, killed_ns: int) -> str:
    """The newest part that had begun by then."""
    if folder is None or not (folder / "run.jsonl").exists():
        return "set-up"
    told = [each for each in _records(folder) if int(str(each["t_ns"])) <= killed_ns]
    if any(each["kind"] == "closed" for each in told):
        return "judging"
    return next((str(each["part"]) for each in reversed(told) if each["kind"] == "began"), "set-up")


def _records(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "run.jsonl").read_text(encoding="utf-8").splitlines()]
