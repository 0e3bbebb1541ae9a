"""A runner that is stopped (Ctrl-Z, a debugger) does not keep the platform broken."""

import os
import signal

from switchdrill.machine.process import freeze, name_of
from tests.drill.conftest import HOLD, UNTIL_SOMEBODY_ACTS


def test_a_stopped_runner_is_not_waited_for(start):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
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
