"""Every way in which a drill can end early is the same way home, and says why."""

import os
import signal

import pytest

from switchdrill.clock import pause
from switchdrill.machine.process import ProcessName, kill
from switchdrill.running.watch import carrier_records
from switchdrill_faults.toxiproxy.server import restart
from tests.drill.conftest import HOLD, UNTIL_SOMEBODY_ACTS

ENDED_EARLY = ("INCOMPLETE", "INVALID")
"""INVALID: on a busy machine the load may have been late before that."""


def test_who_ends_it_gets_everything_healed(start, standing):
    """By SIGTERM. SIGINT: the impatient one, below; SIGHUP: a window that is closed, in test_surroundings."""
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
    os.kill(run.child.pid, signal.SIGTERM)
    code, said = run.end()

    assert code == 2, said
    assert standing.is_whole() == ""
    assert run.has(kind="cut", why="interrupted")
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert run.result()["verdict"] in ENDED_EARLY


def test_impatience_does_not_end_the_healing(start, standing):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
    while run.child.poll() is None:
        os.kill(run.child.pid, signal.SIGINT)
        pause(0.05)
    code, said = run.end()

    assert code == 2, said
    assert "this ends by itself in a moment" in said
    assert run.result()["verdict"] in ENDED_EARLY, "it is judged, and has its report, all the same"
    assert (run.folder / "report.zh.html").exists()
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert standing.is_whole() == ""


def test_a_failed_assertion_heals_and_fails(start, standing):
    run = start("test_an_author_is_wrong")
    code, said = run.end()

    assert code == 2, said
    assert run.has(kind="cut", why="failed_assertion")
    assert "the author expected something else" in said
    assert standing.is_whole() == ""


def test_a_stop_condition_that_is_met_ends_the_drill(start, standing):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
    with standing.pair.stopped("real viewers suffer"):
        code, said = run.end()

    assert code == 2, said
    assert "stop condition somebody-says-stop is met" in said
    assert "real viewers suffer" in said
    assert run.has(kind="cut", why="stop_condition")
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert run.result()["verdict"] in ENDED_EARLY
    assert "somebody-says-stop" in (run.folder / "report.zh.html").read_text(encoding="utf-8")
    assert standing.is_whole() == ""


def test_a_stop_condition_that_is_met_before_the_drill_begins_lets_nothing_be_broken(start, standing):
    with standing.pair.stopped("real viewers suffer already"):
        run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
        code, said = run.end()

    assert code == 3, said
    assert "stop condition somebody-says-stop is met before the drill begins" in said
    assert not run.has(kind="injected")
    assert run.has(kind="checked", name="stop condition somebody-says-stop", ok=False)


@pytest.mark.parametrize(
    ("command", "why", "message"),
    [
        ("switchdrill.probes", "prober_died", "the prober died"),
        ("locust", "load_died", "the load died"),
    ],
)
def test_a_helper_that_dies_ends_the_drill(start, standing, command, why, message):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
    victims = run.helpers(running=command)
    assert victims
    for victim in victims:
        kill(victim)
    code, said = run.end()

    assert code == 2, said
    assert message in said
    assert run.has(kind="cut", why=why)
    assert run.result()["verdict"] in ENDED_EARLY
    assert standing.is_whole() == ""


def test_a_toxiproxy_that_dies_by_itself_ends_the_drill(start, standing):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
    other = next(record for record in carrier_records(standing.home) if record.site == "b")
    kill(ProcessName(pid=other.pid, started=other.started))
    code, said = run.end()
    restart_by_hand(standing, "b")

    assert code == 2, said
    assert "the Toxiproxy server of site b died" in said
    assert run.has(kind="cut", why="carrier_died")
    assert run.has(kind="closed", all_healed=True)


def restart_by_hand(standing, site):
    """What a person would do who finds a dead server: it was none of the drill's doing, so no undo brings it back."""
    restart(standing.home / "carriers" / f"{site}.json")


def test_the_healer_that_dies_ends_the_drill(start, standing):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[fast_fail]")
    run.wait_for(**HOLD)
    os.kill(standing.healer(), signal.SIGKILL)
    code, said = run.end()

    assert code == 2, said
    assert "the healer died" in said
    assert standing.is_whole() == ""


def test_two_drills_at_once_are_one_too_many(start):
    first = start(f"{UNTIL_SOMEBODY_ACTS}[fast_fail]")
    first.wait_for(kind="began", part="load")
    second = start()
    code, said = second.end()
    first_was_there = first.child.poll() is None
    os.kill(first.child.pid, signal.SIGINT)

    assert code == 3
    assert "another drill is running on platform embedded" in said
    assert first.folder.name in said
    assert first_was_there
    assert first.end()[0] == 2
