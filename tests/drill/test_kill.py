"""Kill -9 of the runner at any moment leaves nothing broken, and a record that says so."""

import json
import os
import random
import signal

import pytest

from switchdrill.clock import pause, wait_until

MOMENTS = [
    ("while the undo is written", {"kind": "undo_written"}, 0.0),
    ("while the load ramps up", {"kind": "began", "part": "load"}, 0.1),
    ("just before the fault", {"kind": "began", "part": "fault"}, 0.0),
    ("while the site is lost", {"kind": "began", "part": "hold"}, 0.3),
    ("while it heals", {"kind": "began", "part": "heal"}, 0.0),
]


def kill_and_look(run, after_s):
    pause(after_s)
    os.kill(run.child.pid, signal.SIGKILL)
    healed_s = run.standing.wait_whole(within_s=30)
    wait_until(lambda: (run.folder / "report.en.html").exists(), within_s=60, what="the report of a lost run")
    return healed_s


@pytest.mark.parametrize(("moment", "record", "after_s"), MOMENTS, ids=[moment for moment, _record, _after in MOMENTS])
@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_killed_runner_leaves_nothing_broken(start, moment, record, after_s, shape):
    run = start(f"test_a_site_is_lost_for_a_moment[{shape}]")
    run.wait_for(**record)
    healed_s = kill_and_look(run, after_s)

    assert healed_s < 5
    assert run.has(kind="runner_lost")
    assert run.has(kind="closed", by="healer", all_healed=True)
    assert run.result()["verdict"] in ("INCOMPLETE", "INVALID", "FAIL"), "a drill that was cut short never passes"
    assert run.result()["all_healed"]


def test_random_kills_leave_nothing_broken(start):
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    for _number in range(6):
        run = start(f"test_a_site_is_lost_for_a_moment[{dice.choice(['stall', 'fast_fail'])}]")
        run.wait_for(kind="began", part="load")
        healed_s = kill_and_look(run, dice.uniform(0, 6))

        assert healed_s < 5, f"seed {seed}"


def test_when_the_healer_is_killed_too_heal_by_hand_brings_everything_home(start, standing, command):
    run = start("test_a_site_is_lost_for_a_moment[stall]")
    run.wait_for(kind="began", part="hold")
    pointer = next((standing.state / "switchdrill" / "open").glob("*.json")).read_text()
    os.kill(run.child.pid, signal.SIGKILL)
    os.kill(json.loads(pointer)["healer"]["pid"], signal.SIGKILL)
    run.child.wait()

    assert standing.is_whole() != ""
    healed = command("heal", "--all", state=standing.state)

    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert standing.is_whole() == ""
    assert command("heal", "--all", state=standing.state).returncode == 0


def test_when_the_healer_is_killed_too_the_next_run_sweeps_first(start, standing):
    first = start("test_a_site_is_lost_for_a_moment[fast_fail]")
    first.wait_for(kind="began", part="hold")
    pointer = next((standing.state / "switchdrill" / "open").glob("*.json")).read_text()
    os.kill(first.child.pid, signal.SIGKILL)
    os.kill(json.loads(pointer)["healer"]["pid"], signal.SIGKILL)
    first.child.wait()
    second = start("test_a_site_is_lost_for_a_moment[fast_fail]")
    code, said = second.end()

    assert "was left open; everything of it is healed now" in said
    assert first.has(kind="healed", why="sweep", ok=True)
    assert second.result()["verdict"] is not None
    assert code in (0, 1, 2)
