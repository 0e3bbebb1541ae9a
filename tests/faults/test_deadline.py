"""A fault has a deadline: then the healer takes it back, and the runner that lives need do nothing for it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from switchdrill.clock import NS_PER_S, now_ns, wait_until
from switchdrill.healing.healer import FAREWELL
from switchdrill.healing.undos import UndoStore
from switchdrill.record.folder import RunFolder
from switchdrill_faults import SiteLoss
from tests.conftest import SmallPlatform


@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_fault_whose_deadline_passes_is_healed_while_the_runner_lives(
    shape: str, carried_platform: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state-of-user"))
    small: SmallPlatform = carried_platform(links=1)
    run = RunFolder(tmp_path / "run")
    run.make()
    healer = subprocess.Popen(
        [sys.executable, "-m", "switchdrill.healing", str(run.path)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        loss, store = SiteLoss(site="primary", shape=shape), UndoStore(run.undo)  # type: ignore[arg-type]
        undos = loss.plan(small.platform)
        deadline_ns = now_ns() + NS_PER_S
        opened = [store.write(loss.kind, undo, deadline_ns=deadline_ns)[0] for undo in undos]
        loss.inject(undos)
        closed = wait_until(lambda: store.closed(opened[0].id), within_s=30, what="the deadline's healing")
        assert healer.stdin is not None
        healer.stdin.write(FAREWELL)
        healer.stdin.close()

        assert ("healer", "deadline") == (closed.by, closed.why)
        assert closed.before_ns >= deadline_ns
        assert small.answers() == small.all_good()
        assert 0 == healer.wait(timeout=30)
    finally:
        healer.kill()
        healer.wait()
