"""A runner that is stopped in the middle of healing keeps everybody else from it, so it does not get to stay."""

import fcntl
import os
import time

from switchdrill.clock import NS_PER_S, now_ns, wait_until
from switchdrill.machine.process import freeze, name_of
from tests.drill.conftest import FOR_A_WHILE, HOLD


def wait_until_it_heals(run) -> None:
    """Until the runner holds the lock under which undos are played, and it does so to heal: during a fault it takes
    the lock, too, to see that the fault is still in place.
    """
    lock = os.open(run.folder / "undo" / ".lock", os.O_RDWR)
    until_ns = now_ns() + 60 * NS_PER_S
    try:
        while now_ns() < until_ns:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if run.has(kind="began", part="heal"):
                    return
            else:
                fcntl.flock(lock, fcntl.LOCK_UN)
            time.sleep(0.002)
    finally:
        os.close(lock)
    raise AssertionError("it never healed anything")


def test_a_runner_that_stands_still_while_it_heals_is_killed_and_its_healer_heals(start):
    run = start(f"{FOR_A_WHILE}[stall]")
    run.wait_for(**HOLD)
    runner = name_of(run.child.pid)
    assert runner is not None
    wait_until_it_heals(run)
    freeze(runner)
    run.standing.wait_whole(within_s=15)
    code, _said = run.end()
    wait_until(lambda: (run.folder / "report.en.html").exists(), within_s=60, what="the report of a lost run")

    assert code == -9
    assert run.has(kind="runner_lost")
    assert run.has(kind="healed", by="healer", fault="site-loss", ok=True)
    assert run.has(kind="closed", all_healed=True)
    assert run.result()["verdict"] in ("INCOMPLETE", "INVALID")
