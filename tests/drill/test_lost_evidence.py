"""Somebody removed what would heal a run: nothing is called healed that nobody healed."""

import json
import os
import shutil
import signal
import subprocess

from switchdrill.clock import wait_until
from switchdrill.machine.process import owned_by
from tests.drill.conftest import HOLD, ROOT, UNTIL_SOMEBODY_ACTS, environment, quick_run


def kill_both(run, standing):
    pointer = next((standing.state / "switchdrill" / "open").glob("*.json"))
    os.kill(run.child.pid, signal.SIGKILL)
    os.kill(json.loads(pointer.read_text(encoding="utf-8"))["healer"]["pid"], signal.SIGKILL)
    run.child.wait()


def test_undos_that_are_gone_are_not_called_healed(start, standing, command):
    """On a platform that stays up nobody knows what they would have healed: exit 4, until they are back."""
    run = start(f"{UNTIL_SOMEBODY_ACTS}[stall]")
    run.wait_for(**HOLD)
    kill_both(run, standing)
    kept = run.folder / "kept"
    kept.mkdir()
    for undo in run.folder.glob("undo/*.json"):
        shutil.move(undo, kept)
    lost = command("heal", "--all", state=standing.state)

    assert lost.returncode == 4, lost.stdout
    assert "this undo is gone" in lost.stdout
    standing.wait_switched()
    assert standing.frozen() == ["a"]
    for undo in kept.iterdir():
        shutil.move(undo, run.folder / "undo")
    assert command("heal", run.folder, state=standing.state).returncode == 0
    assert standing.is_whole() == ""


def test_a_run_whose_folder_is_gone_ends_what_it_started(quick, tmp_path):
    """Its platform was its own: with that, nothing of it is left to be broken, and nobody is held up by it."""
    runs, state = tmp_path / "runs", tmp_path / "state"
    child = subprocess.Popen(
        quick_run(quick, f"site_loss.py::{UNTIL_SOMEBODY_ACTS}[stall]", runs=runs),
        env=environment(state), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        journal = wait_until(lambda: next(runs.glob("*/run.jsonl"), None), within_s=30, what="the journal")
        folder = journal.parent
        wait_until(lambda: '"part":"hold"' in journal.read_text(encoding="utf-8"), within_s=90, what="the hold")
        shutil.rmtree(folder)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    wait_until(lambda: not owned_by(folder) and not owned_by(folder / "platform"), within_s=30, what="everybody's end")
    wait_until(lambda: not list(state.rglob("*.json")), within_s=30, what="that nobody looks for it any more")


def test_a_run_that_can_not_be_healed_can_be_forgotten(start, standing, command):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[fast_fail]")
    run.wait_for(**HOLD)
    kill_both(run, standing)
    moved = run.folder.with_name("moved-away")
    folder = run.folder
    shutil.move(folder, moved)
    blocked = command("heal", "--all", state=standing.state)

    assert blocked.returncode == 4, blocked.stdout
    assert "--forget" in blocked.stdout
    shutil.move(moved, folder)
    assert command("heal", folder, state=standing.state).returncode == 0
    assert standing.is_whole() == ""
    assert command("heal", folder, "--forget", state=standing.state).returncode == 0
