"""`make drill`, as a person runs it: a real stream loses its site, viewers move, the report says how long it took."""

import hashlib
import json
from pathlib import Path

import pytest

from switchdrill.machine.process import owned_by
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.platform.ports import is_listened_at
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import read_plan

DRILL = "drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost"


@pytest.fixture(scope="module", params=["stall"])
def drilled(request, command, tmp_path_factory):
    """(what it printed, its folder, its state folder) of one whole drill."""
    home = tmp_path_factory.mktemp(request.param)
    done = command("run", f"{DRILL}[{request.param}]", "--runs", home / "runs", state=home / "state", timeout_s=200)
    folders = list((home / "runs").iterdir())
    assert len(folders) == 1, done.stdout + done.stderr
    return done, RunFolder(folders[0]), home / "state"


def test_it_passes_within_its_promise(drilled):
    done, folder, _state = drilled
    result = json.loads(folder.result.read_text())

    assert done.returncode == 0, done.stdout + done.stderr
    assert result["verdict"] in ("PASS", "PASS_WITH_DEVIATIONS"), result["reasons"]
    assert result["measured"]["hi"] <= result["promised_ns"] == 20_000_000_000
    assert result["measured"]["lo"] > 4_000_000_000, "faster than the detector's rule allows: something is not measured"


def test_its_phases_sum_exactly_to_its_recovery(drilled):
    _done, folder, _state = drilled
    result = json.loads(folder.result.read_text())
    total = sum(phase["reference_ns"] or 0 for phase in result["phases"])

    assert total == result["measured"]["hi"]


def test_no_acknowledged_gift_is_lost(drilled):
    _done, folder, _state = drilled
    (gifts,) = json.loads(folder.result.read_text())["data"]

    assert gifts["acknowledged"] > 100
    assert gifts["lost"] == 0
    assert gifts["duplicated"] == 0


def test_it_takes_ninety_seconds_at_most(drilled):
    _done, folder, _state = drilled
    result = json.loads(folder.result.read_text())

    assert result["ended_ns"] - result["began_ns"] < 90_000_000_000


def test_it_leaves_no_process_port_or_state(drilled):
    _done, folder, state = drilled
    platform: Platform = read_plan(folder.plan).platform
    listening = [
        hop.listen for link in platform.links for hop in link.hops if is_listened_at(*split_endpoint(hop.listen))
    ]

    assert owned_by(folder.path) == []
    assert owned_by(folder.platform) == []
    assert listening == []
    assert list(state.rglob("*")) == []


def test_it_says_on_one_screen_what_came_of_it(drilled):
    done, folder, _state = drilled

    assert "PASS" in done.stdout
    assert str(folder.path) in done.stdout


def test_its_reports_are_there_in_both_languages(drilled):
    _done, folder, _state = drilled
    english = folder.report("en").read_text(encoding="utf-8")
    chinese = folder.report("zh").read_text(encoding="utf-8")

    assert "<script" not in english + chinese
    assert '<html lang="en"' in english
    assert '<html lang="zh' in chinese


def test_judging_again_gives_the_same_bytes(drilled, command, tmp_path):
    _done, folder, _state = drilled
    before = {
        path: path.read_bytes() for path in (folder.result, folder.report("en"), folder.report("zh"), folder.junit)
    }
    judged = command("judge", folder.path, state=tmp_path)
    rendered = command("report", folder.path, state=tmp_path)

    assert judged.returncode == 0, judged.stderr
    assert rendered.returncode == 0, rendered.stderr
    assert before == {path: path.read_bytes() for path in before}


def test_the_plan_was_on_disk_before_anything_was_touched(drilled):
    _done, folder, _state = drilled
    lines = [json.loads(line) for line in folder.journal.read_text().splitlines()]
    kinds = [line["kind"] for line in lines]

    assert kinds[0] == "opened"
    assert lines[0]["plan_sha256"] == hashlib.sha256(folder.plan.read_bytes()).hexdigest()
    undo = next(n for n, line in enumerate(lines) if line["kind"] == "undo_written" and "site-loss" in line["undo"])
    assert undo < kinds.index("injected")
    assert Path(folder.path / lines[undo]["file"]).exists()
