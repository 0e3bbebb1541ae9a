import os
import subprocess
import sys

import pytest

from switchdrill.platform.lock import try_lock
from switchdrill.state import state_home


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


HOLD = """
import sys
from switchdrill.platform.lock import try_lock
lock, held_by = try_lock("live", "run other")
print("held" if lock else held_by, flush=True)
sys.stdin.read()
"""


def test_the_second_drill_on_a_platform_is_told_who_holds_it():
    lock, _said = try_lock("live", "run first")
    second, held_by = try_lock("live", "run second")

    assert None is second
    assert "run first" in held_by
    assert str(os.getpid()) in held_by
    lock.release()


def test_a_dead_holder_holds_nothing():
    child = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with child:
        assert "held\n" == child.stdout.readline()
        assert None is try_lock("live", "me")[0]
        child.kill()
    lock, _said = try_lock("live", "me")

    assert lock is not None
    lock.release()


def test_the_healer_keeps_the_lock_when_the_runner_is_gone():
    lock, _said = try_lock("live", "run first")
    child = subprocess.Popen(["sleep", "60"], pass_fds=(lock.descriptor,))
    os.close(lock.descriptor)

    assert None is try_lock("live", "me")[0]
    child.kill()
    child.wait()
    again, _said = try_lock("live", "me")

    assert again is not None
    again.release()


def test_nothing_is_left_when_nothing_goes_on():
    lock, _said = try_lock("live", "run first")
    lock.release()

    assert not state_home().exists()
