"""A part of the platform that dies by itself in the middle of a drill is named in the record."""

import json
import subprocess
import sys
from pathlib import Path

from switchdrill.clock import wait_until
from switchdrill.process import kill, owned_by
from tests.drill.conftest import ROOT, command_line, environment

DRILL = f"{Path(__file__).parent / 'quick' / 'site_loss.py'}::test_a_site_is_lost_for_a_moment[fast_fail]"


def test_a_service_that_dies_by_itself_is_named(tmp_path):
    runs = tmp_path / "runs"
    child = subprocess.Popen(
        [sys.executable, "-m", "switchdrill", "run", DRILL, "--runs", runs],
        env=environment(tmp_path / "state"), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        loading = '"part":"load"'
        journal = wait_until(lambda: next(runs.glob("*/run.jsonl"), None), within_s=30, what="the journal")
        wait_until(lambda: loading in journal.read_text(encoding="utf-8"), within_s=60, what="the load")
        home = journal.parent / "platform"
        doors = [each for each in owned_by(home) if "door.py" in command_line(each)]
        assert [True] == [kill(each) for each in doors]
        said, _err = child.communicate(timeout=120)
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    entries = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    noted = [entry["said"] for entry in entries if entry["kind"] == "noted" and entry["deviation"]]

    assert [f"service door of the platform ended by itself, see {home / 'door.log'}"] == noted, said
    assert entries[-1]["kind"] == "closed"
    assert owned_by(home) == []
