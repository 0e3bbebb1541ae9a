"""A runner that is stopped (Ctrl-Z, a debugger) does not keep the platform broken."""

import os
import signal

import pytest

from switchdrill.machine.process import freeze, name_of


@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_stopped_runner_is_not_waited_for(start, shape):
    run = start(f"test_a_site_is_lost_for_a_moment[{shape}]")
    run.wait_for(kind="began", part="hold")
    runner = name_of(run.child.pid)
    assert runner is not None
    freeze(runner)
    healed_s = run.standing.wait_whole(within_s=30)
    os.kill(run.child.pid, signal.SIGCONT)
    code, said = run.end()

    assert healed_s < 10
    assert code == 2
    assert run.has(kind="healed", by="healer", why="stood_still", ok=True)
    assert not run.has(kind="healed", by="runner", fault="site-loss"), "the healer did it, and the record says so"
    assert run.has(kind="cut", why="stood_still")
    assert "Ctrl-Z" in said
    assert run.result()["verdict"] in ("INCOMPLETE", "INVALID")


def test_a_short_stop_does_no_harm(start):
    run = start("test_a_site_is_lost_for_a_moment[fast_fail]")
    run.wait_for(kind="began", part="hold")
    runner = name_of(run.child.pid)
    assert runner is not None
    freeze(runner)
    os.kill(run.child.pid, signal.SIGCONT)
    run.end()

    assert run.has(kind="healed", fault="site-loss", by="runner", why="done", ok=True)
    assert not run.has(kind="cut")
