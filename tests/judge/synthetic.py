"""Whole run folders, made up: a story of what a platform did, told in every file that a real run would have.

Times are seconds after the fault. The truth is known here, so that a test can hold the judge against it.
"""

import hashlib
import json
from pathlib import Path
from random import Random

from switchdrill.record.folder import RunFolder
from tests.judge.journal import write_journal
from tests.judge.ledgers import write_ledgers
from tests.judge.plan import RUNBOOK, plan_of
from tests.judge.samples import write_samples
from tests.judge.story import BOOT, PLATFORM_UNDO, UNDO, Story, at
from tests.judge.telling import Telling
from tests.judge.times import cut_of, times_of
from tests.judge.viewers import write_viewers

DRILL = b"def test_it(drill): ...\n"
_INPUTS = (("drill.py", DRILL), ("two-site-fast.yaml", RUNBOOK))


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
    times = times_of(story)
    cut_s, why = cut_of(story, times)
    telling = Telling(story=story, plan=plan, times=times, folder=folder, cut_s=cut_s, why=why)
    if not story.refused:
        random = Random(story.seed)
        acknowledged = write_samples(telling, random)
        write_viewers(telling, random)
        _write_events(telling)
        write_ledgers(telling, acknowledged)
    _write_undos(telling)
    write_journal(telling)
    return folder


def _write_events(telling: Telling) -> None:
    story, times, until_s = telling.story, telling.times, telling.until_s
    if not story.has_event_log or not story.event_log_is_copied:
        return
    lines = [{"t_ns": at(-10.0), "event": "started", "site": ""}]
    if story.detected_s is not None and story.has_effect and story.detected_s < until_s:
        lines.append({"t_ns": at(story.detected_s), "event": "site_down", "site": story.lost})
        if story.lost == "a":
            lines.append({"t_ns": at(story.detected_s + 0.002), "event": "steered", "site": "b"})
    if times.failback < until_s:
        lines.append({"t_ns": at(times.failback + 0.02), "event": "steered", "site": "a"})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (telling.folder.events / "gslb.jsonl").write_text(text, encoding="utf-8")


def _write_undos(telling: Telling) -> None:
    for name, says in ((PLATFORM_UNDO, "stops the platform"), (UNDO, "starts the Toxiproxy of site a again")):
        undo = {"kind": "x", "target": "site a", "says": says, "facts": {}}
        body = {"id": name, "undo": undo, "written_ns": at(-1), "deadline_ns": at(100), "boot_id": BOOT}
        if name == PLATFORM_UNDO or telling.is_broken:
            (telling.folder.undo / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
            if name == PLATFORM_UNDO or telling.story.heals:
                closed = {"id": name, "by": "runner", "why": "done", "said": "", "before_ns": 0, "after_ns": at(1)}
                (telling.folder.undo / f"{name}.closed.json").write_text(json.dumps(closed), encoding="utf-8")
