"""The staging platform's own disorders, each by the fault that asks for it, and a lost operator: on one platform."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchdrill import yamlfile
from switchdrill.clock import wait_until
from switchdrill.fault import Fault
from switchdrill.platform.model import Platform
from switchdrill_faults import OperatorLoss, PlaylistFrozen, StandbyTooSmall, StreamMetadataMissing
from tests.staging.conftest import ROOT, platform_in
from tests.staging.reached import EVERYTHING, reached

pytestmark = [pytest.mark.needs_docker, pytest.mark.needs_root]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    home = tmp_path_factory.mktemp("disorders")
    file = platform_in(home)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHDRILL_")}
    surroundings = {**kept, "XDG_STATE_HOME": str(home / "state")}

    def told(*words: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "switchdrill", *words],
            env=surroundings, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert 0 == ran.returncode, ran.stdout + ran.stderr
        return ran.stdout

    try:
        yield yamlfile.read(Path(told("up", str(file)).splitlines()[0]), Platform)
    finally:
        told("down", "staging")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (StreamMetadataMissing(field="encoder"), "the room at b has no encoder"),
        (PlaylistFrozen(site="standby"), "200, and the newest segment of b began"),
        (StandbyTooSmall(left="5%"), "the edge of b was held back"),
    ],
)
def test_it_is_made_seen_in_the_world_and_taken_back(up: Platform, fault: Fault, said: str) -> None:
    undos = fault.plan(up)
    assert not fault.counted(undos).ok
    fault.inject(undos)
    saw = [""]

    def is_proven() -> bool:
        counted = fault.counted(undos)
        saw[0] = counted.said
        return counted.ok

    try:
        wait_until(is_proven, within_s=fault.effect(undos).within_s, what="proof", saw=lambda: saw[0])
        assert saw[0].startswith(said)
    finally:
        healed = [fault.heal(undo) for undo in undos]
    assert all("is as it was" in each for each in healed)


def test_a_lost_operators_viewers_reach_nothing_and_all_others_everything(up: Platform) -> None:
    fault = OperatorLoss(operator="telecom")
    undos = fault.plan(up)
    assert EVERYTHING == reached(up, "telecom")
    fault.inject(undos)
    try:
        assert ([], EVERYTHING) == (reached(up, "telecom"), reached(up, "unicom"))
        assert fault.counted(undos).ok
    finally:
        fault.heal(undos[0])
    assert EVERYTHING == reached(up, "telecom")
    checked = subprocess.run(up.commands["check"], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == checked.returncode, checked.stderr
