"""The prober as a process: it keeps its cadence, brackets the truth, and ends as it should."""

import fcntl
import os
import resource
import signal
import struct
import subprocess
import sys
import termios
from itertools import pairwise

import pytest

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns, pause, wait_until
from switchdrill.errors import CouldNotStart
from switchdrill.machine import companion
from switchdrill.machine.linepipe import LinePipe
from switchdrill.machine.process import freeze, is_running
from switchdrill.probes.prober import Prober
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


def recorded(folder):
    file = folder.samples / "watch.a.bin"
    return read_samples(file) if file.exists() else []


def wait_for(folder, wanted, *, at_least, since_ns=0):
    """Until so many samples that `wanted` takes, planned at or after `since_ns`, are on disk."""

    def enough():
        return sum(sample.planned_ns >= since_ns and wanted(sample) for sample in recorded(folder)) >= at_least

    wait_until(enough, within_s=20, what="samples", saw=lambda: str(recorded(folder)[-3:]))


def is_good(sample):
    return sample.is_good


def is_bad(sample):
    return sample.is_known and not sample.is_good


def is_unknown(sample):
    return not sample.is_known


def unread(pipe):
    """Bytes that wait in a pipe."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def test_a_hung_site_is_asked_as_often_as_a_good_one(stage, make_run, prober):
    folder = make_run(probes=[{**WATCH, "timeout": "700ms"}])
    prober.start(folder)
    stage.set("a", "hang")
    wait_until(lambda: stage.sites["a"].waiting >= 10, within_s=20, what="ten questions at once without an answer")
    wait_for(folder, lambda sample: sample.outcome == Outcome.TIMED_OUT, at_least=15)
    prober.stop()

    samples = recorded(folder)
    gaps = {later.planned_ns - sooner.planned_ns for sooner, later in pairwise(samples)}

    assert [sample.slot for sample in samples] == list(range(len(samples)))
    assert gaps == {50 * NS_PER_MS}
    # One question after the other would ask in every fourteenth slot.
    assert sum(sample.sent_ns > 0 for sample in samples) > len(samples) / 2


def test_an_outage_lies_inside_what_the_samples_say(stage, make_run, prober):
    folder = make_run(probes=[{**WATCH, "timeout": "3s"}])
    prober.start(folder)
    wait_for(folder, is_good, at_least=5)
    down = stage.refuse("a")
    wait_for(folder, is_bad, at_least=15)
    up = stage.listen("a")
    wait_for(folder, is_good, at_least=5, since_ns=up.hi)
    prober.stop()

    samples = [sample for sample in recorded(folder) if sample.is_known]
    bad = [number for number, sample in enumerate(samples) if not sample.is_good]
    last_good, first_bad, last_bad = samples[bad[0] - 1], samples[bad[0]], samples[bad[-1]]
    first_good = samples[bad[-1] + 1]

    assert last_good.sent_ns <= down.hi
    assert down.lo <= first_bad.ended_ns
    assert last_bad.sent_ns <= up.hi
    assert up.lo <= first_good.ended_ns
    assert first_bad.ended_ns - last_good.sent_ns < NS_PER_S


def test_a_prober_that_was_frozen_says_that_it_did_not_look_and_blames_nobody(stage, make_run, prober):
    folder = make_run(probes=[{**WATCH, "timeout": "600ms"}])
    prober.start(folder)
    wait_for(folder, is_good, at_least=5)
    freeze(prober.process)
    pause(1.0)  # longer than a question's time-out
    os.kill(prober.process.pid, signal.SIGCONT)
    continued_ns = now_ns()
    wait_for(folder, is_unknown, at_least=15)
    wait_for(folder, is_good, at_least=5, since_ns=continued_ns)
    prober.stop()

    samples = recorded(folder)

    assert [sample.slot for sample in samples] == list(range(len(samples)))
    assert {Outcome(sample.outcome) for sample in samples} == {Outcome.GOOD, Outcome.UNKNOWN}


def test_a_prober_that_stands_still_does_not_live(stage, make_run, prober, monkeypatch):
    monkeypatch.setattr(companion, "SILENT_NS", NS_PER_S)
    prober.start(make_run(probes=[WATCH]))
    freeze(prober.process)

    wait_until(lambda: not prober.is_alive(), within_s=20, what="that it is missed")


def test_after_a_kill_9_the_samples_up_to_the_last_moment_are_there(stage, make_run, prober):
    folder = make_run(probes=[WATCH])
    prober.start(folder)
    wait_for(folder, is_good, at_least=10)
    name = prober.process
    killed_ns = now_ns()
    os.kill(name.pid, signal.SIGKILL)
    prober.stop()

    samples = recorded(folder)

    assert not is_running(name)
    assert not prober.is_alive()
    assert killed_ns - samples[-1].ended_ns < NS_PER_S
    assert {Outcome(sample.outcome) for sample in samples if sample.is_known} == {Outcome.GOOD}


def test_a_runner_that_does_not_listen_does_not_stop_the_prober(stage, make_run):
    folder = make_run(probes=[WATCH])
    with bare(folder) as child:
        fcntl.fcntl(child.stdout, F_SETPIPE_SZ, 4096)
        wait_until(lambda: unread(child.stdout) > 4096 - 200, within_s=20, what="a pipe that is full")
        full_ns = now_ns()
        wait_for(folder, is_good, at_least=10, since_ns=full_ns)
        child.stdin.write(b"stop\n")
        child.stdin.flush()
        code = child.wait(20)

    assert code == 0
    assert {Outcome(sample.outcome) for sample in recorded(folder) if sample.is_known} == {Outcome.GOOD}


def test_lines_that_find_no_room_are_dropped_and_counted(monkeypatch):
    monkeypatch.setattr("switchdrill.machine.linepipe.MAX_BYTES", 1000)
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
    folder = make_run(probes=[{**WATCH, "timeout": "600ms"}])
    with bare(folder) as child:
        wait_until(lambda: stage.sites["a"].waiting >= 3, within_s=20, what="questions without an answer")
        told_ns = now_ns()
        if way == "eof":
            child.stdin.close()
        elif way == "stop":
            child.stdin.write(b"stop\n")
            child.stdin.flush()
        else:
            child.send_signal(signal.SIGTERM)
        code = child.wait(20)
        took_ns = now_ns() - told_ns

    samples = recorded(folder)

    assert code == 0
    assert took_ns < 5 * NS_PER_S
    assert [sample.slot for sample in samples] == list(range(len(samples)))
    assert {Outcome(sample.outcome) for sample in samples if sample.is_known} == {Outcome.TIMED_OUT}


def test_a_full_disk_ends_it_loudly(stage, make_run):
    folder = make_run(probes=[{**WATCH, "every": "20ms"}])
    with bare(folder, with_files_up_to=4000) as child:
        code = child.wait(30)
        said = child.stderr.read().decode()

    assert code == 3
    assert "the prober can't write its samples" in said
    assert "File too large" in said
    assert "watch." in said


def test_a_plan_that_is_none_is_said_and_nothing_starts(make_run):
    folder = make_run(probes=[WATCH])
    folder.plan.write_text("{}")
    with bare(folder) as child:
        code = child.wait(30)
        said = child.stderr.read().decode()

    assert code == 3
    assert "the plan can't be read" in said
    assert [] == recorded(folder)


def test_a_second_prober_does_not_mix_its_samples_into_the_first_ones(stage, make_run, prober):
    folder = make_run(probes=[WATCH])
    prober.start(folder)
    prober.stop()
    before = (folder.samples / "watch.a.bin").read_bytes()

    with pytest.raises(CouldNotStart, match="ended right after its start"):
        Prober().start(folder)

    assert (folder.samples / "watch.a.bin").read_bytes() == before
