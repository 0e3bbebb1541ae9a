import os
import subprocess
import sys

import pytest

from switchdrill.clock import now_ns
from switchdrill.errors import CouldNotHeal
from switchdrill.healing import heal
from switchdrill.healing.heal import play, play_all
from switchdrill.healing.undos import UndoStore
from switchdrill.undo import Undo

UNDO = Undo(kind="test", target="site a", says="nothing", facts={"n": 1})


@pytest.fixture
def store(tmp_path):
    return UndoStore(tmp_path)


@pytest.fixture
def healed(monkeypatch):
    """The undos that were played, in order; `test` undos fail when their target is in `broken`."""
    played, broken = [], set()

    def brought_home(opened):
        if opened.undo.target in broken:
            raise CouldNotHeal("it stays broken")
        played.append(opened.undo.target)
        return "done"

    monkeypatch.setattr(heal, "brought_home", brought_home)
    return played, broken


def write(store, target="site a"):
    return store.write("test", UNDO.model_copy(update={"target": target}), deadline_ns=now_ns() + 10**9)[0]


def test_an_undo_is_open_until_it_is_proven_healed(store, healed):
    opened = write(store)

    assert [opened] == store.open()
    assert play(store, opened, by="runner", why="done").ok
    assert [] == store.open()
    assert "done" == store.closed(opened.id).said


def test_the_newest_is_healed_first(store, healed):
    for target in ("one", "two", "three"):
        write(store, target)
    play_all(store, by="runner", why="done")

    assert ["three", "two", "one"] == healed[0]


def test_what_comes_home_at_once_does_not_wait_for_what_must_be_started(store, healed):
    played, _broken = healed
    limits = {"rule": 1.0, "container": 70.0, "proxy": 1.0, "another container": 60.0}
    for target, limit_s in limits.items():
        undo = UNDO.model_copy(update={"target": target, "heal_limit_s": limit_s})
        store.write("test", undo, deadline_ns=now_ns() + 10**9)
    play_all(store, by="runner", why="done")

    assert ["proxy", "rule", "another container", "container"] == played


def test_whatever_runs_at_all_is_ended_last(store, healed):
    played, _broken = healed
    store.write("platform", UNDO.model_copy(update={"target": "platform", "kind": "platform"}), deadline_ns=now_ns())
    store.write("test", UNDO.model_copy(update={"target": "slow", "heal_limit_s": 60.0}), deadline_ns=now_ns())
    play_all(store, by="runner", why="done")

    assert ["slow", "platform"] == played


def test_healing_twice_plays_once(store, healed):
    opened = write(store)
    play(store, opened, by="runner", why="done")
    play(store, opened, by="healer", why="runner_lost")

    assert ["site a"] == healed[0]


def test_one_that_fails_does_not_keep_the_others_broken(store, healed):
    for target in ("one", "two", "three"):
        write(store, target)
    healed[1].add("two")
    played = play_all(store, by="runner", why="done")

    assert ["three", "one"] == healed[0]
    assert [True, False, True] == [each.ok for each in played]
    assert ["two"] == [each.undo.target for each in store.open()]


def test_an_undo_that_can_not_be_read_counts_as_broken(store, tmp_path, healed):
    write(store)
    (tmp_path / "0002-test.json").write_text('{"id": "0002-te')
    played = play_all(store, by="healer", why="sweep")

    assert ["site a"] == healed[0]
    assert [("0001-test", True), ("0002-test", False)] == [(each.id, each.ok) for each in played]


def test_an_empty_mark_closes_nothing(store, tmp_path, healed):
    opened = write(store)
    (tmp_path / f"{opened.id}.closed.json").write_text("")

    assert [opened] == store.open()


def test_a_folder_that_is_gone_is_no_good_news(tmp_path, healed):

    assert [False] == [each.ok for each in play_all(UndoStore(tmp_path / "gone"), by="healer", why="sweep")]


def test_an_undo_that_can_not_be_written_says_so(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OSError, match=str(blocked)):
        write(UndoStore(blocked))


HOLD = """
import sys
from pathlib import Path
from switchdrill.healing.undos import UndoStore
with UndoStore(Path(sys.argv[1])).exclusive():
    print("in", flush=True)
    sys.stdin.read()
"""


def test_two_processes_never_heal_at_once_and_a_killed_one_blocks_nobody(store, tmp_path, healed, monkeypatch):
    opened = write(store)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert "in\n" == holder.stdout.readline()
        monkeypatch.setattr("switchdrill.healing.undos.HEAL_LOCK_S", 0.3)
        blocked = play(store, opened, by="runner", why="done")
        os.kill(holder.pid, 9)

    assert not blocked.ok
    assert "another process" in blocked.said
    assert play(store, opened, by="runner", why="done").ok
