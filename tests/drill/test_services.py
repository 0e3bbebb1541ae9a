"""A part of the platform that dies by itself in the middle of a drill: it is named, and nothing is left broken."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from switchdrill.clock import wait_until
from switchdrill.machine.process import kill, owned_by
from tests.drill.conftest import (
    FOR_A_MOMENT,
    ROOT,
    UNTIL_SOMEBODY_ACTS,
    as_from_a_terminal,
    command_line,
    environment,
    quick_run,
)
from tests.drill.quickened import Quickened


@contextmanager
def drilling(quick: Quickened, tmp_path: Path, name: str, part: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A drill on a platform of its own, in its part `part`: (the runner, the run's folder)."""
    runs = tmp_path / "runs"
    child = subprocess.Popen(
        quick_run(quick, f"site_loss.py::{name}", runs=runs),
        env=environment(tmp_path / "state"), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True, preexec_fn=as_from_a_terminal,
    )  # fmt: skip
    try:
        journal = wait_until(lambda: next(runs.glob("*/run.jsonl"), None), within_s=30, what="the journal")
        wait_until(lambda: f'"part":"{part}"' in journal.read_text(encoding="utf-8"), within_s=90, what=part)
        yield child, journal.parent
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    assert owned_by(journal.parent / "platform") == []


def kill_service(folder: Path, program: str) -> None:
    found = [each for each in owned_by(folder / "platform") if program in command_line(each)]
    assert [True] == [kill(each) for each in found]


def entries(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "run.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_service_that_dies_by_itself_is_named(quick, tmp_path):
    with drilling(quick, tmp_path, f"{FOR_A_MOMENT}[fast_fail]", "load") as (child, folder):
        kill_service(folder, "door.py")
        said, _err = child.communicate(timeout=120)
    noted = [each["said"] for each in entries(folder) if each["kind"] == "noted" and each["deviation"]]

    log = folder / "platform" / "door.log"
    last = log.read_text(encoding="utf-8").splitlines()[-1]
    assert [f"service door of the platform ended by itself, see {log}; its last line: {last}"] == noted, said
    assert entries(folder)[-1]["kind"] == "closed"


def test_what_can_not_be_fenced_is_whole_all_the_same_when_its_platform_has_ended(quick, tmp_path):
    """Nobody answers the fence any more; but the run ends its own platform, and with that the fault."""
    with drilling(quick, tmp_path, f"{UNTIL_SOMEBODY_ACTS}[stall]", "hold") as (child, folder):
        kill_service(folder, "gslb.py")
        os.kill(child.pid, signal.SIGTERM)
        said, _err = child.communicate(timeout=120)
    healed = [each for each in entries(folder) if each["kind"] == "healed"]

    assert child.returncode == 2, said
    assert [("site-loss", False), ("site-loss", True), ("platform", True)] == sorted(
        ((each["fault"], each["ok"]) for each in healed), key=lambda each: (each[0] == "platform", each[1])
    )
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["all_healed"]
