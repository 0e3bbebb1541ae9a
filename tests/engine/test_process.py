import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill.machine.process import (
    ProcessName,
    end,
    end_all,
    freeze,
    is_running,
    kill,
    name_of,
    own_name,
    owned_by,
    start_detached,
)

STUBBORN = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def start(tmp_path):
    started = []

    def _start(code="import time; time.sleep(60)"):
        started.append(start_detached([sys.executable, "-c", code], log=tmp_path / "log", owner=tmp_path))
        return started[-1]

    yield _start
    for process in started:
        kill(process)


def test_a_process_is_named_for_ever(start):
    process = start()

    assert is_running(process)
    assert not is_running(ProcessName(pid=process.pid, started=process.started + 1))


def test_a_stranger_with_the_same_id_is_not_touched():
    own = own_name()

    assert end(ProcessName(pid=own.pid, started=own.started - 1))
    assert is_running(own)


def test_a_zombie_is_not_running():
    child = subprocess.Popen([sys.executable, "-c", ""])
    wait_until(lambda: name_of(child.pid) is None, within_s=20, what="the child's end")
    is_still_there = Path(f"/proc/{child.pid}").exists()
    child.wait()

    assert is_still_there, "it was reaped, so it was no zombie"


def test_a_frozen_process_is_ended_all_the_same(start):
    process = start()
    freeze(process)

    assert end(process)
    assert not is_running(process)


def test_one_that_ignores_sigterm_is_killed(start, tmp_path):
    process = start(STUBBORN)
    wait_until(lambda: "up" in (tmp_path / "log").read_text(), within_s=20, what="its start")
    begun = time.monotonic()

    assert [] == end_all([process], grace_s=0.3)
    assert time.monotonic() - begun >= 0.3


def test_what_was_started_for_an_owner_is_found_without_a_record(start, tmp_path):
    process = start()

    assert [process] == owned_by(tmp_path)
    assert [] == owned_by(tmp_path / "other")


STARTER = """
import signal
import sys
from pathlib import Path
from switchdrill.machine.process import start_detached
signal.signal(signal.SIGINT, signal.default_int_handler)  # these tests may run in the background, or under nohup
signal.signal(signal.SIGHUP, signal.SIG_DFL)
folder = Path(sys.argv[1])
print(start_detached(["sleep", "60"], log=folder / "log", owner=folder).pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["ctrl-c", "a closed terminal"])
def test_a_detached_process_outlives_what_the_terminal_does_to_who_started_it(tmp_path, number):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, text=True,
    )  # fmt: skip
    with starter:
        process = name_of(int(starter.stdout.readline()))
        os.killpg(starter.pid, number)
        starter.wait(10)

    assert starter.returncode != 0
    assert is_running(process)
    assert kill(process)
