"""A made-up drill inside another fault: the line between the sites is slow first, and then the primary is lost.

The story's own times stay: zero is the loss of the site.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from switchdrill.record.entries import (
    Began,
    Chained,
    Closed,
    Cut,
    EffectSeen,
    Ended,
    Entry,
    Healed,
    Injected,
    Opened,
    Restored,
    UndoWritten,
)
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import read_journal
from switchdrill.record.plan import Plan, PlannedFault, PlannedStep, read_plan
from tests.judge.journal import chained_lines
from tests.judge.story import BOOT, S, Story, at
from tests.judge.synthetic import tell
from tests.judge.times import cut_of, times_of
from tests.judge.twice import relinked

LINE_S = -4.2
"""When the line became slow."""
LINE, LINE_UNDO = "link-bandwidth", "03-link-bandwidth"
HELD_S = (-3.9, -0.9)
"""The hold before the site is lost."""
STEADY_NS = 4 * S
STEADY_ENDED_S = -4.3


def tell_nested(story: Story, path: Path, *, back_inside: bool = False) -> RunFolder:
    """`back_inside`: viewers go back before the line is healed."""
    folder = tell(story, path)
    folder.plan.write_bytes(_planned(read_plan(folder.plan), back_inside).as_json())
    _write_undo(folder)
    digest = hashlib.sha256(folder.plan.read_bytes()).hexdigest()
    kept = [_earlier(each, digest) for each in read_journal(folder.journal).entries]
    entries = [*kept, *_of_the_line(story, folder, kept, back_inside)]
    folder.journal.write_bytes(chained_lines(sorted(entries, key=lambda each: each.t_ns)))
    relinked(folder)
    return folder


def with_promises(folder: RunFolder, **promised: object) -> None:
    """Other promises about gifts, as if they had always been the plan's."""
    plan = read_plan(folder.plan)
    gifts = plan.runbook.data["gifts"].model_copy(update=promised)
    runbook = plan.runbook.model_copy(update={"data": {"gifts": gifts}})
    folder.plan.write_bytes(plan.model_copy(update={"runbook": runbook}).as_json())
    digest = hashlib.sha256(folder.plan.read_bytes()).hexdigest()
    entries = [
        each.model_copy(update={"plan_sha256": digest}) if isinstance(each, Opened) else each
        for each in read_journal(folder.journal).entries
    ]
    folder.journal.write_bytes(chained_lines(entries))


def _planned(plan: Plan, back_inside: bool) -> Plan:
    steps: list[PlannedStep] = []
    for each in plan.steps:
        if each.step == "break":
            steps += [_step("break", 2.4, faults=LINE), _step("hold", 3)]
        steps.append(each)
        if each.step == ("failback" if back_inside else "heal"):
            steps.append(_step("heal", 8, faults=LINE))
    line = PlannedFault.model_validate(
        {
            "kind": LINE,
            "parameters": {"link": "a.ledger--b.ledger", "rate": "8kbit"},
            "undos": [{"id": f"{LINE}-1", "target": "link a--b", "says": "lets the line run", "mechanism": "toxic"}],
            "effect": {"site": "", "within_s": 2.4, "outcomes": []},
            "legend": {"name": "Narrow link", "looks_like": "slow"},
        }
    )
    objectives = plan.runbook.objectives.model_copy(update={"steady": STEADY_NS})
    runbook = plan.runbook.model_copy(update={"objectives": objectives})
    return plan.model_copy(update={"steps": steps, "faults": [line, *plan.faults], "runbook": runbook})


def _step(step: str, limit_s: float, **detail: str) -> PlannedStep:
    return PlannedStep(step=step, detail=detail, expected_s=limit_s, limit_s=limit_s)


def _write_undo(folder: RunFolder) -> None:
    undo = {"kind": "x", "target": "x", "says": "lets the line run", "facts": {}}
    body = {"id": LINE_UNDO, "undo": undo, "written_ns": at(-4.3), "deadline_ns": at(100), "boot_id": BOOT}
    (folder.undo / f"{LINE_UNDO}.json").write_text(json.dumps(body), encoding="utf-8")
    closed = {"id": LINE_UNDO, "by": "runner", "why": "done", "said": "", "before_ns": 0, "after_ns": at(1)}
    (folder.undo / f"{LINE_UNDO}.closed.json").write_text(json.dumps(closed), encoding="utf-8")


def _earlier(entry: Entry, digest: str) -> Entry:
    """The steady time ended before the line was slow."""
    if isinstance(entry, Opened):
        return entry.model_copy(update={"plan_sha256": digest})
    if isinstance(entry, Ended) and entry.part == "steady":
        return entry.model_copy(update={"t_ns": at(STEADY_ENDED_S)})
    return entry


def _of_the_line(story: Story, folder: RunFolder, kept: list[Entry], back_inside: bool) -> Iterator[Entry]:
    """What the runner wrote of it; what comes after a cut is left out, and the line is healed then."""
    times = times_of(story)
    cut_s, _why = cut_of(story, times)
    ended_ns = next((each.t_ns for each in kept if isinstance(each, Cut | Chained | Closed)), at(times.control_ended))
    is_cut = cut_s is not None
    undo = folder.undo / f"{LINE_UNDO}.json"
    digest = hashlib.sha256(undo.read_bytes()).hexdigest()
    parameters = {"link": "a.ledger--b.ledger", "rate": "8kbit"}
    yield Began(t_ns=at(LINE_S - 0.02), part="fault")
    yield UndoWritten(
        t_ns=at(LINE_S - 0.01), undo=LINE_UNDO, file=f"undo/{undo.name}", sha256=digest, deadline_ns=at(100)
    )
    yield Injected(
        t_ns=at(LINE_S + 0.003), fault=LINE, parameters=parameters, undos=[LINE_UNDO],
        before_ns=at(LINE_S), after_ns=at(LINE_S + 0.003),
    )  # fmt: skip
    yield EffectSeen(t_ns=at(LINE_S + 0.2), fault=LINE, ok=True, target="", said="12 packets were late")
    yield Ended(t_ns=at(LINE_S + 0.21), part="fault", reached=True)
    yield Began(t_ns=at(HELD_S[0]), part="hold")
    yield Ended(t_ns=at(min(HELD_S[1], HELD_S[1] if cut_s is None else cut_s)), part="hold",
                reached=cut_s is None or cut_s >= HELD_S[1])  # fmt: skip
    home_ns = ended_ns - 6_000_000 if is_cut else at(times.returned if back_inside else times.rejoined) + 2_000_000
    yield Began(t_ns=home_ns, part="heal")
    yield Healed(
        t_ns=home_ns + 2_000_000, undo=LINE_UNDO, fault=LINE, by="runner", why="done", ok=True, said="runs again",
        before_ns=home_ns + 1_000_000, after_ns=home_ns + 2_000_000,
    )  # fmt: skip
    yield Ended(t_ns=home_ns + 3_000_000, part="heal", reached=True)
    if not is_cut:
        yield Began(t_ns=home_ns + 4_000_000, part="rejoin")
        yield Restored(t_ns=home_ns + 5_000_000, fault=LINE, ok=True, said="10 probes of the platform: good")
        yield Ended(t_ns=home_ns + 5_000_000, part="rejoin", reached=True)
