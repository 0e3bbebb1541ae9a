import os
import subprocess
import sys

import pytest

from switchdrill.errors import CouldNotStart
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


def test_a_link_in_a_locks_place_leads_nowhere(tmp_path):
    locks = state_home() / "locks"
    locks.mkdir(parents=True)
    (tmp_path / "precious").write_text("kept")
    (locks / "live.lock").symlink_to(tmp_path / "precious")

    with pytest.raises(CouldNotStart, match="can't be locked"):
        try_lock("live", "me")
    assert "kept" == (tmp_path / "precious").read_text()


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
    healer = subprocess.Popen(["sleep", "60"], pass_fds=(lock.descriptor,))
    os.close(lock.descriptor)
    while_it_heals, _said = try_lock("live", "me")
    healer.kill()
    healer.wait()
    afterwards, _said = try_lock("live", "me")

    assert while_it_heals is None
    assert afterwards is not None
    afterwards.release()


def test_a_state_folder_that_can_not_be_used_is_told_by_name(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(CouldNotStart) as caught:
        try_lock("live", "me")
    said = str(caught.value)

    words = [str(tmp_path / "file" / "switchdrill" / "locks"), "Not a directory", "XDG_STATE_HOME"]
    assert [] == [word for word in words if word not in said], said


def test_a_lock_that_can_not_say_who_holds_it_is_let_go(tmp_path, monkeypatch):
    def full(_descriptor, _said):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(CouldNotStart) as caught:
        patch.setattr(os, "write", full)
        try_lock("live", "me")
    lock, _said = try_lock("live", "me")

    assert "No space left" in str(caught.value)
    assert lock is not None
    lock.release()


def test_nothing_is_left_when_nothing_goes_on():
    lock, _said = try_lock("live", "run first")
    lock.release()

    assert not state_home().exists()
