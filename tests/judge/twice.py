"""Two made-up drills one after the other in one run: two `broken_by` blocks, each with its own story."""

import hashlib
import json
from pathlib import Path

from switchdrill.record.entries import Began, Chained, Entry, Healed, Injected, Opened, UndoWritten
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import read_journal
from switchdrill.record.plan import read_plan
from switchdrill.record.samples import Outcome, read_samples
from tests.judge.journal import chained_lines
from tests.judge.story import FAULT, LOADED, RUN, UNDO, S, Story
from tests.judge.synthetic import tell

APART_NS = 80 * S
SECOND_UNDO = "03-site-loss"


def tell_twice(first: Story, second: Story, path: Path) -> RunFolder:
    """The first story's folder, and what the second story broke, 80 s later."""
    folder, later = tell(first, path / "first" / RUN), tell(second, path / "second" / RUN)
    plan = read_plan(folder.plan)
    again = [each for each in plan.steps if each.step not in ("load", "steady")]
    plan = plan.model_copy(update={"steps": [*plan.steps, *again], "faults": [*plan.faults, *plan.faults]})
    folder.plan.write_bytes(plan.as_json())
    _join_samples(folder, later)
    _join_lines(folder, later)
    _join_ledgers(folder, later)
    (folder.undo / f"{SECOND_UNDO}.json").write_bytes((folder.undo / f"{UNDO}.json").read_bytes())
    entries = _joined(read_journal(folder.journal).entries, read_journal(later.journal).entries)
    digest = hashlib.sha256(folder.plan.read_bytes()).hexdigest()
    opened = Opened.model_validate({**entries[0].model_dump(), "plan_sha256": digest})
    entries = [opened, *entries[1:]]
    chain = next(index for index, each in reversed(list(enumerate(entries))) if isinstance(each, Chained))
    entries[chain] = _link(folder, entries[chain].t_ns)
    folder.journal.write_bytes(chained_lines(entries))
    return folder


def relinked(folder: RunFolder) -> None:
    """As if the files had always been what they are: the links of the journal are made to fit."""
    recorded = read_journal(folder.journal).entries
    entries = [_link(folder, each.t_ns) if isinstance(each, Chained) else each for each in recorded]
    folder.journal.write_bytes(chained_lines(entries))


def _link(folder: RunFolder, t_ns: int) -> Chained:
    files: dict[str, tuple[int, str]] = {}
    for path in sorted(folder.path.glob("*/*")):
        if path.parent.name in ("samples", "load", "events", "ledgers"):
            raw = path.read_bytes()
            files[path.relative_to(folder.path).as_posix()] = (len(raw), hashlib.sha256(raw).hexdigest())
    return Chained(t_ns=t_ns, files=files)


def _join_samples(folder: RunFolder, later: RunFolder) -> None:
    for path in sorted(folder.samples.glob("*.bin")):
        early, late = read_samples(path), read_samples(later.samples / path.name)
        every_ns = early[1].planned_ns - early[0].planned_ns
        shift, first = APART_NS // every_ns, late[0].planned_ns + APART_NS
        kept = [each for each in early if each.planned_ns < first]
        # From the last of the first story to the second, the site is as good as it was at the end.
        missing = range(kept[-1].slot + 1, late[0].slot + shift)
        filled = [_moved(kept[-1], number - kept[-1].slot, every_ns) for number in missing]
        moved = [_moved(each, shift, every_ns) for each in late]
        path.write_bytes(b"".join(each.packed() for each in [*kept, *filled, *moved]))


def _moved(sample, slots: int, every_ns: int):  # type: ignore[no-untyped-def]
    by_ns = slots * every_ns
    return type(sample)(
        sample.slot + slots, sample.planned_ns + by_ns, sample.sent_ns and sample.sent_ns + by_ns,
        sample.ended_ns + by_ns, sample.outcome, sample.site, sample.v0 + by_ns // S, sample.v1 + by_ns,
    )  # fmt: skip


def _join_lines(folder: RunFolder, later: RunFolder) -> None:
    last = [line for line in folder.viewers.read_text().splitlines() if '"second"' in line][-1]
    seconds = [{**json.loads(last), "t_ns": json.loads(last)["t_ns"] + count * S} for count in range(1, 60)]
    audience = [each for each in seconds if each["t_ns"] < FAULT + APART_NS + LOADED * S]
    with folder.viewers.open("a") as file:
        file.writelines(json.dumps(each) + "\n" for each in audience)
    for path, other in ((folder.viewers, later.viewers), (folder.events / "gslb.jsonl", later.events / "gslb.jsonl")):
        lines = [json.loads(line) for line in other.read_text(encoding="utf-8").splitlines()]
        lines = [line for line in lines if line["t_ns"] >= FAULT + LOADED * S]
        moved = [{name: _later(name, value) for name, value in line.items()} for line in lines]
        path.write_text(path.read_text() + "".join(json.dumps(line) + "\n" for line in moved), encoding="utf-8")


def _join_ledgers(folder: RunFolder, later: RunFolder) -> None:
    """The second hold has a reading of its own; the end is the second one's. Everything acknowledged is there."""
    acknowledged = [
        (each.ended_ns, f"{RUN}-{path.stem}-{each.slot}")
        for path in sorted([*folder.samples.glob("gifts.*.bin"), *folder.samples.glob("writes.*.bin")])
        for each in read_samples(path)
        if each.outcome == Outcome.GOOD
    ]
    for path in sorted(later.ledgers.iterdir()):
        body = json.loads(path.read_text())
        begun_ns = body["begun_ns"] + APART_NS
        records = [{"id": record, "times": 1} for ended_ns, record in acknowledged if ended_ns <= begun_ns]
        text = json.dumps({**body, "begun_ns": begun_ns, "records": records}) + "\n"
        (folder.ledgers / path.name.replace(".hold.", ".hold-2.")).write_text(text, encoding="utf-8")


def _joined(first: list[Entry], second: list[Entry]) -> list[Entry]:
    begins = next(index for index, each in enumerate(second) if isinstance(each, Began) and each.part == "fault")
    ends = next(index for index, each in enumerate(first) if isinstance(each, Chained))
    return first[:ends] + [_moved_entry(each) for each in second[begins:]]


def _moved_entry(entry: Entry) -> Entry:
    body = {name: _later(name, value) for name, value in entry.model_dump().items()}
    if isinstance(entry, UndoWritten | Healed) and entry.undo == UNDO:
        body["undo"] = SECOND_UNDO
        if isinstance(entry, UndoWritten):
            body["file"] = f"undo/{SECOND_UNDO}.json"
    if isinstance(entry, Injected):
        body["undos"] = [SECOND_UNDO]
    return type(entry).model_validate(body)


def _later(name: str, value: object) -> object:
    is_instant = name.endswith("_ns") and name != "late_p99_ns" and isinstance(value, int)
    return value + APART_NS if is_instant and isinstance(value, int) else value
