"""Fifty viewers in a real Locust, watching a stage that fails them."""

import os
import resource
import signal
import subprocess
import sys
from collections import Counter

import pytest

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns, pause, wait_until
from switchdrill.errors import BadInput, CouldNotStart
from switchdrill.load.audience import Audience
from switchdrill.machine import companion
from switchdrill.machine.process import freeze
from switchdrill.record.viewers import Outage, Second, read_viewers

LATE_NS = NS_PER_S
"""From a segment's last byte to its note, on a busy machine."""


def wait_for(audience, condition, within_s=30.0):
    """Until a line of the audience's says so."""
    return wait_until(
        lambda: (latest := audience.latest()) is not None and condition(latest) and latest,
        within_s=within_s,
        what="the audience",
        saw=lambda: str(audience.latest()),
    )


def outages(folder):
    return [line for line in read_viewers(folder.viewers) if isinstance(line, Outage)]


def test_everyone_joins_and_has_a_picture(stage, make_run, audience):
    folder = make_run()
    audience.start(folder, "peak")
    wait_for(audience, lambda latest: latest.good == 50)
    audience.stop()

    last = [line for line in read_viewers(folder.viewers) if isinstance(line, Second)][-1]

    assert audience.everyone_joined()
    assert (last.planned, last.alive, last.good, last.by_site) == (50, 50, 50, {"a": 50})
    assert outages(folder) == []
    assert {path.name for path in folder.load.glob("*.csv")} >= {"locust_stats.csv", "locust_stats_history.csv"}


def test_what_a_person_has_set_up_for_his_own_locust_runs_does_not_count(
    stage, make_run, audience, tmp_path, monkeypatch
):
    (tmp_path / ".locust.conf").write_text("master = true\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCUST_USERS", "1")
    audience.start(make_run(viewers=5), "peak")

    wait_for(audience, lambda latest: latest.good == 5)


def test_our_own_lateness_is_told(stage, make_run, audience):
    audience.start(make_run(viewers=5), "peak")
    wait_for(audience, lambda latest: latest.good == 5)
    freeze(audience.process)
    pause(0.6)
    os.kill(audience.process.pid, signal.SIGCONT)

    late = wait_for(audience, lambda latest: latest.late_p99_ns >= 400 * NS_PER_MS)
    assert late.alive == 5


def test_every_viewer_reports_an_outage_once_and_it_holds_the_true_one(stage, make_run, audience):
    folder = make_run()
    audience.start(folder, "peak")
    wait_for(audience, lambda latest: latest.good == 50)
    down = stage.refuse("a")
    dark = wait_for(audience, lambda latest: latest.good == 0)
    up = stage.listen("a")
    wait_for(audience, lambda latest: latest.good == 50)
    audience.stop()

    found = outages(folder)

    assert (dark.alive, dark.good, dark.by_site) == (50, 0, {})
    assert sorted(each.viewer for each in found) == list(range(50))
    assert Counter(each.operator for each in found) == {"telecom": 30, "unicom": 20}
    assert all(each.last_good_ns <= down.hi + LATE_NS for each in found)
    assert all(each.next_good_ns >= up.lo for each in found)
    assert all((each.site_before, each.site_after) == ("a", "a") for each in found)


def test_viewers_follow_their_own_operators_resolver_without_losing_the_picture(stage, make_run, audience):
    folder = make_run()
    audience.start(folder, "peak")
    wait_for(audience, lambda latest: latest.good == 50)
    stage.resolve_to("b", "telecom")
    moved = wait_for(audience, lambda latest: latest.by_site.get("b", 0) == 30)
    stage.resolve_to("b", "unicom")
    wait_for(audience, lambda latest: latest.by_site == {"b": 50})
    audience.stop()

    assert moved.by_site == {"a": 20, "b": 30}
    assert outages(folder) == []


def test_viewers_of_a_hung_site_are_alive_and_their_outage_is_censored_when_the_runner_leaves(
    stage, make_run, audience
):
    folder = make_run()
    audience.start(folder, "peak")
    wait_for(audience, lambda latest: latest.good == 50)
    hung_ns = stage.set("a", "hang")
    dark = wait_for(audience, lambda latest: latest.good == 0)
    code = audience.stop()

    found = outages(folder)

    assert (dark.planned, dark.alive) == (50, 50)
    assert code == 0, "it had to be ended by force"
    assert sorted(each.viewer for each in found) == list(range(50))
    assert {(each.next_good_ns, each.site_after) for each in found} == {(None, None)}
    assert all(each.last_good_ns <= hung_ns + LATE_NS for each in found)


def test_a_resolver_that_falls_silent_does_not_stop_a_picture_that_plays(stage, make_run, audience):
    folder = make_run(viewers=10)
    audience.start(folder, "peak")
    wait_for(audience, lambda latest: latest.good == 10)
    for operator in stage.dns_how:
        stage.dns_how[operator] = "silent"
    silent_ns = now_ns()
    wait_for(audience, lambda latest: latest.t_ns > silent_ns + 2.5 * NS_PER_S)
    audience.stop()

    assert audience.latest().good == 10
    assert outages(folder) == []


def test_a_load_that_is_killed_is_seen_to_be_dead(stage, make_run, audience):
    folder = make_run(viewers=5)
    audience.start(folder, "peak")
    was_alive = audience.is_alive()
    os.kill(audience.process.pid, signal.SIGKILL)

    assert was_alive
    wait_until(lambda: not audience.is_alive(), within_s=10, what="its death")
    assert audience.stop() == -signal.SIGKILL
    assert read_viewers(folder.viewers) != []


def test_a_full_disk_ends_it(stage, make_run, audience):
    folder = make_run(viewers=5)
    audience.start(folder, "peak")
    room = folder.viewers.stat().st_size + 50
    resource.prlimit(audience.process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

    wait_until(lambda: not audience.is_alive(), within_s=20, what="its end")
    assert audience.stop() != 0


def test_a_load_that_stands_still_does_not_live(stage, make_run, audience, monkeypatch):
    monkeypatch.setattr(companion, "SILENT_NS", NS_PER_S)
    audience.start(make_run(viewers=5), "peak")
    freeze(audience.process)

    wait_until(lambda: not audience.is_alive(), within_s=20, what="that it is missed")


def test_who_stood_still_himself_does_not_blame_the_load(stage, make_run, audience, monkeypatch):
    monkeypatch.setattr(companion, "SILENT_NS", NS_PER_S)
    audience.start(make_run(viewers=5), "peak")
    freeze(audience.process)
    pause(3.0)

    assert audience.is_alive()
    wait_until(lambda: not audience.is_alive(), within_s=20, what="that it is missed")


def test_a_profile_that_the_runbook_lacks_is_refused_with_those_it_has(make_run, audience):
    with pytest.raises(BadInput, match="no load profile 'flood'") as caught:
        audience.start(make_run(), "flood")

    assert "peak" in str(caught.value)
    assert audience.process is None


def test_a_second_load_does_not_mix_its_lines_into_the_first_ones(stage, make_run, audience):
    folder = make_run(viewers=5)
    audience.start(folder, "peak")
    audience.stop()
    before = folder.viewers.read_bytes()

    with pytest.raises(CouldNotStart, match="ended right after its start") as caught:
        Audience().start(folder, "peak")

    assert "the load can't write what it sees" in str(caught.value)
    assert folder.viewers.read_bytes() == before


def test_the_engines_side_never_imports_locust_or_gevent():
    asked = "import sys, switchdrill.load.audience, switchdrill.probes.prober, switchdrill.probes.station; "
    asked += "print([name for name in ('gevent', 'locust') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=30, check=True)

    assert said.stdout.strip() == "[]"
