"""Kill -9 of the runner in the moments that matter leaves nothing broken, and a record that says so.

Random instants, over all mechanisms: tests/kills.
"""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from switchdrill.clock import pause, wait_until
from tests.drill.conftest import HOLD, UNTIL_SOMEBODY_ACTS

MOMENTS = [
    pytest.param("fast_fail", {"kind": "undo_written"}, 0.0, id="while the undo is written"),
    pytest.param("stall", HOLD, 0.3, id="while the site is lost"),
]
SOON_S = 15.0
"""A healer needs a second; a busy machine, some more."""


def kill_and_look(run, after_s, number=signal.SIGKILL):
    pause(after_s)
    os.kill(run.child.pid, number)
    healed_s = run.standing.wait_whole(within_s=60)
    wait_until(lambda: (run.folder / "report.en.html").exists(), within_s=60, what="the report of a lost run")
    return healed_s


@pytest.mark.parametrize(("shape", "record", "after_s"), MOMENTS)
def test_a_killed_runner_leaves_nothing_broken(start, shape, record, after_s):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[{shape}]")
    run.wait_for(**record)
    # Ctrl-\ ends it as suddenly as kill -9.
    healed_s = kill_and_look(run, after_s, signal.SIGQUIT if record == HOLD else signal.SIGKILL)

    assert healed_s < SOON_S
    assert run.has(kind="runner_lost")
    assert run.has(kind="closed", by="healer", all_healed=True)
    assert run.result()["verdict"] in ("INCOMPLETE", "INVALID", "FAIL"), "a drill that was cut short never passes"
    assert run.result()["all_healed"]


def test_a_runner_that_is_killed_while_it_judges_is_judged_all_the_same(start):
    run = start("test_a_site_is_lost_for_a_moment[stall]")
    run.wait_for(kind="closed")
    kill_and_look(run, 0)

    assert run.result()["all_healed"]
    assert not run.has(kind="runner_lost"), "it had written all there is to write"


def kill_both(run):
    """The runner and its healer, so that nobody is left who would heal."""
    healer = run.standing.healer()
    os.kill(healer, signal.SIGSTOP)  # it may not see the runner go
    os.kill(run.child.pid, signal.SIGKILL)
    os.kill(healer, signal.SIGKILL)
    run.child.wait()


def test_when_the_healer_is_killed_too_two_who_heal_by_hand_bring_everything_home(start, standing, command):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
    kill_both(run)
    standing.wait_switched()

    assert standing.frozen() == ["a"]
    with ThreadPoolExecutor() as two:
        healing = [two.submit(command, "heal", "--all", state=standing.state) for _each in range(2)]
    healed = [each.result() for each in healing]

    assert [0, 0] == [each.returncode for each in healed], healed
    assert standing.is_whole() == ""
    assert "nothing is open" in command("heal", "--all", state=standing.state).stdout


def test_when_the_healer_is_killed_too_the_next_run_sweeps_first(start):
    first = start(f"{UNTIL_SOMEBODY_ACTS}[fast_fail]")
    first.wait_for(**HOLD)
    kill_both(first)
    second = start()
    code, said = second.end()

    assert "was left open; everything of it is healed now" in said
    assert first.has(kind="healed", why="sweep", ok=True)
    assert second.has(kind="closed", by="runner", all_healed=True)
    assert code == 2, said
    assert "1 error in" in said
    assert "passed" not in said.splitlines()[-1]
