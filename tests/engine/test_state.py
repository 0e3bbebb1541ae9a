"""A run that was left open is never forgotten, whatever happened to what points to it."""

import os
import subprocess
import sys

import pytest

from switchdrill.errors import CouldNotHeal, CouldNotStart
from switchdrill.healing.by_hand import heal_all
from switchdrill.healing.lost import lost_runs, sweep
from switchdrill.machine.process import ProcessName, freeze, kill, name_of, own_name
from switchdrill.state import OpenRun, forget, open_runs, point_to, state_home

DEAD = ProcessName(pid=999_999, started=1)


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def left_open(folder, *, runner=DEAD, healer=None):
    run = OpenRun(folder=str(folder), platform="live", lock="", runner=runner, healer=healer)
    point_to(run)
    return run


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    name = name_of(child.pid)
    yield name
    kill(name)
    child.wait()


def test_two_runs_with_one_id_in_two_folders_are_two_runs(tmp_path):
    first, second = left_open(tmp_path / "a" / "run"), left_open(tmp_path / "b" / "run")

    assert {first.folder, second.folder} == {run.folder for run in open_runs()}
    forget(tmp_path / "a" / "run")
    assert [second] == open_runs()


def test_a_run_whose_folder_is_gone_is_not_healed(tmp_path):
    run = left_open(tmp_path / "moved")
    healed = heal_all()

    assert healed.still_broken
    assert str(tmp_path / "moved") in "\n".join(healed.lines)
    assert [run] == open_runs()
    with pytest.raises(CouldNotHeal):
        sweep()


@pytest.mark.parametrize("text", ["", "{", '{"folder": "x", "of a later version": 1}'])
def test_a_pointer_that_can_not_be_read_is_kept_and_told(text):
    pointer = state_home() / "open" / "run.json"
    pointer.parent.mkdir(parents=True)
    pointer.write_text(text)
    healed = heal_all()

    assert healed.still_broken
    assert str(pointer) in "\n".join(healed.lines)
    assert pointer.exists()
    with pytest.raises(CouldNotHeal, match="can't be read"):
        sweep()


def test_a_pointer_that_somebody_else_wrote_is_not_followed(tmp_path, monkeypatch):
    """The undos that it leads to say which programs are run."""
    left_open(tmp_path / "run")
    monkeypatch.setattr("switchdrill.state.os.geteuid", lambda: os.getuid() + 1)

    assert [] == open_runs()
    with pytest.raises(CouldNotHeal, match="can't be read"):
        sweep()


def test_a_relative_state_folder_does_not_count(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert tmp_path / ".local" / "state" / "switchdrill" == state_home()


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr("switchdrill.state.Path.home", nowhere)

    with pytest.raises(CouldNotStart, match="XDG_STATE_HOME"):
        open_runs()


def test_a_frozen_runner_is_told_with_what_ends_it(tmp_path, sleeper):
    left_open(tmp_path, runner=sleeper)
    freeze(sleeper)
    healed = heal_all()

    assert healed.still_broken
    assert f"kill -9 {sleeper.pid}" in "\n".join(healed.lines)


def test_a_living_runner_is_left_alone_and_nothing_is_wrong(tmp_path):
    left_open(tmp_path, runner=own_name())
    healed = heal_all()

    assert not healed.still_broken
    assert "still running" in healed.lines[0]


def test_a_frozen_healer_heals_nothing(tmp_path, sleeper):
    run = left_open(tmp_path, healer=sleeper)

    assert [] == lost_runs()
    freeze(sleeper)

    assert [run] == lost_runs()
