"""The prober as a process: it keeps its cadence, brackets the truth, and ends as it should."""

import fcntl
import os
import resource
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns
from switchdrill.errors import CouldNotStart
from switchdrill.probes.linepipe import LinePipe
from switchdrill.probes.prober import Prober
from switchdrill.process import is_running
from switchdrill.record.samples import Outcome, read_samples

WATCH = {"name": "watch", "kind": "hls", "through": "sites", "entry": "live", "every": "50ms", "timeout": "1s"}
F_SETPIPE_SZ = 1031
LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
runpy.run_module("switchdrill.probes", run_name="__main__")
"""


@pytest.fixture
def prober():
    prober = Prober()
    yield prober
    prober.stop()


def bare(folder, with_files_up_to=resource.RLIM_INFINITY):
    """The process without the engine's handle on it."""
    return subprocess.Popen(
        [sys.executable, "-c", LIMITED, str(with_files_up_to), str(folder.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_hung_site_is_asked_as_often_as_a_good_one(stage, make_run, prober):
    folder = make_run(net=stage.net, probes=[{**WATCH, "timeout": "700ms"}])
    prober.start(folder)
    stage.set("a", "hang")
    time.sleep(1.5)
    waiting = stage.sites["a"].waiting
    prober.stop()

    samples = read_samples(folder.samples / "watch.a.bin")
    gaps = {later.planned_ns - sooner.planned_ns for sooner, later in pairwise(samples)}

    assert [sample.slot for sample in samples] == list(range(len(samples)))
    assert gaps == {50 * NS_PER_MS}
    assert waiting >= 10
    assert sum(sample.outcome == Outcome.TIMED_OUT for sample in samples) >= 15
    assert all(sample.sent_ns - sample.planned_ns < 50 * NS_PER_MS for sample in samples if sample.sent_ns)


def test_an_outage_of_known_length_lies_inside_what_the_samples_say(stage, make_run, prober):
    folder = make_run(net=stage.net, probes=[WATCH])
    prober.start(folder)
    time.sleep(0.7)
    down_ns = stage.refuse("a")
    time.sleep(1.0)
    up_ns = stage.listen("a")
    time.sleep(0.7)
    prober.stop()

    samples = [sample for sample in read_samples(folder.samples / "watch.a.bin") if sample.is_known]
    bad = [number for number, sample in enumerate(samples) if not sample.is_good]
    last_good, first_bad, last_bad = samples[bad[0] - 1], samples[bad[0]], samples[bad[-1]]
    first_good = samples[bad[-1] + 1]

    assert last_good.sent_ns <= down_ns <= first_bad.ended_ns
    assert last_bad.sent_ns <= up_ns <= first_good.ended_ns
    assert first_bad.ended_ns - last_good.sent_ns < 500 * NS_PER_MS


def test_a_prober_that_was_frozen_says_that_it_did_not_look_and_blames_nobody(stage, make_run, prober):
    folder = make_run(net=stage.net, probes=[{**WATCH, "timeout": "600ms"}])
    prober.start(folder)
    time.sleep(0.4)
    os.kill(prober.process.pid, signal.SIGSTOP)
    time.sleep(1.0)
    os.kill(prober.process.pid, signal.SIGCONT)
    time.sleep(0.4)
    prober.stop()

    samples = read_samples(folder.samples / "watch.a.bin")

    assert [sample.slot for sample in samples] == list(range(len(samples)))
    assert {Outcome(sample.outcome) for sample in samples} == {Outcome.GOOD, Outcome.UNKNOWN}
    assert sum(not sample.is_known for sample in samples) >= 15


def test_after_a_kill_9_the_samples_up_to_the_last_tenth_of_a_second_are_there(stage, make_run, prober):
    folder = make_run(net=stage.net, probes=[WATCH])
    prober.start(folder)
    time.sleep(1.0)
    name = prober.process
    killed_ns = now_ns()
    os.kill(name.pid, signal.SIGKILL)
    prober.stop()

    samples = read_samples(folder.samples / "watch.a.bin")

    assert not is_running(name)
    assert not prober.is_alive()
    assert killed_ns - samples[-1].ended_ns < 300 * NS_PER_MS
    assert {Outcome(sample.outcome) for sample in samples if sample.is_known} == {Outcome.GOOD}


def test_a_runner_that_does_not_listen_does_not_stop_the_prober(stage, make_run):
    folder = make_run(net=stage.net, probes=[WATCH])
    with bare(folder) as child:
        fcntl.fcntl(child.stdout, F_SETPIPE_SZ, 4096)
        time.sleep(2.0)
        child.stdin.write(b"stop\n")
        child.stdin.flush()
        code = child.wait(5)

    samples = read_samples(folder.samples / "watch.a.bin")

    assert code == 0
    assert len(samples) >= 25
    assert {Outcome(sample.outcome) for sample in samples if sample.is_known} == {Outcome.GOOD}


def test_lines_that_find_no_room_are_dropped_and_counted(monkeypatch):
    monkeypatch.setattr("switchdrill.probes.linepipe.MAX_BYTES", 1000)
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, F_SETPIPE_SZ, 4096)
    pipe = LinePipe(write_end)
    for _number in range(100):
        pipe.put(b"x" * 99 + b"\n")
    heard = os.read(read_end, 8192)
    pipe.push()
    heard += os.read(read_end, 8192)
    os.close(read_end)
    pipe.put(b"nobody is there\n")
    os.close(write_end)

    assert {len(line) for line in heard.splitlines()} == {99}
    assert heard.count(b"\n") + pipe.dropped == 101


@pytest.mark.parametrize("way", ["eof", "sigterm", "stop"])
def test_it_ends_within_its_longest_time_out_when_told_to(stage, make_run, way):
    stage.set("a", "hang")
    folder = make_run(net=stage.net, probes=[{**WATCH, "timeout": "600ms"}])
    with bare(folder) as child:
        child.stdout.readline()
        time.sleep(0.3)
        told_ns = now_ns()
        if way == "eof":
            child.stdin.close()
        elif way == "stop":
            child.stdin.write(b"stop\n")
            child.stdin.flush()
        else:
            child.send_signal(signal.SIGTERM)
        code = child.wait(5)

    samples = read_samples(folder.samples / "watch.a.bin")

    assert (code, now_ns() - told_ns < 2.1 * NS_PER_S) == (0, True)
    assert [sample.slot for sample in samples] == list(range(len(samples)))
    assert {Outcome(sample.outcome) for sample in samples if sample.is_known} == {Outcome.TIMED_OUT}


def test_a_full_disk_ends_it_loudly(stage, make_run):
    folder = make_run(net=stage.net, probes=[{**WATCH, "every": "20ms"}])
    with bare(folder, with_files_up_to=4000) as child:
        code = child.wait(15)
        said = child.stderr.read().decode()

    assert code == 3
    assert "the prober can't write its samples" in said
    assert "File too large" in said
    assert "watch." in said


def test_a_plan_that_is_none_is_said_and_nothing_starts(make_run, prober):
    folder = make_run(net="127.60", probes=[WATCH], served_by="header")

    with pytest.raises(CouldNotStart, match="ended right after its start") as caught:
        prober.start(folder)

    assert "which header names the serving site" in str(caught.value)


def test_a_second_prober_does_not_mix_its_samples_into_the_first_ones(stage, make_run, prober):
    folder = make_run(net=stage.net, probes=[WATCH])
    prober.start(folder)
    prober.stop()
    before = (folder.samples / "watch.a.bin").read_bytes()

    with pytest.raises(CouldNotStart, match="ended right after its start"):
        Prober().start(folder)

    assert (folder.samples / "watch.a.bin").read_bytes() == before
