"""The staging platform's own disorders, each by the fault that asks for it, and a lost operator: on one platform."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from switchdrill import yamlfile
from switchdrill.clock import wait_until
from switchdrill.fault import Fault
from switchdrill.platform.model import Platform
from switchdrill_faults import (
    DependencyMisplaced,
    FailedChecks,
    OperatorLoss,
    PlaylistFrozen,
    PrimaryKeepsWriting,
    StandbyTooSmall,
    StreamMetadataMissing,
    WrongEncoderParameters,
)
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
        (WrongEncoderParameters(parameter="resolution"), "resolution 160x90"),
        (WrongEncoderParameters(parameter="gop"), "gop no key picture for 2.0 s"),
        (DependencyMisplaced(dependency="database"), "another site's PostgreSQL"),
    ],
)
def test_it_is_made_seen_in_the_world_and_taken_back(up: Platform, fault: Fault, said: str) -> None:
    with broken_by(up, fault) as saw:
        assert said in saw[0]


@contextmanager
def broken_by(up: Platform, *faults: Fault) -> Iterator[list[str]]:
    """As a drill does it: planned, made, proven; healed, and proven again. What each one's proof says."""
    planned = [(fault, fault.plan(up)) for fault in faults]
    assert not any(fault.counted(undos).ok for fault, undos in planned)
    saw: list[str] = []

    def is_proven() -> bool:
        counted = [fault.counted(undos) for fault, undos in planned]
        saw[:] = [each.said for each in counted]
        return all(each.ok for each in counted)

    try:
        for fault, undos in planned:
            fault.inject(undos)
        within_s = max(fault.effect(undos).within_s for fault, undos in planned)
        wait_until(is_proven, within_s=within_s, what="proof", saw=lambda: "; ".join(saw))
        yield saw
    finally:
        healed = [fault.heal(undo) for fault, undos in planned for undo in undos]
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
    checked = commanded(up, "check")
    assert 0 == checked.returncode, checked.stderr


def test_exactly_so_many_checks_fail_and_the_limit_is_exact(up: Platform) -> None:
    """gdnsd declares a site down at the third failure in a row; the agent, which asks the same, sees none."""
    before = len(downs(up))
    with broken_by(up, FailedChecks(site="primary", count=2), FailedChecks(site="standby", count=3)) as saw:
        assert ["2 of 2 checks of a have failed", "3 of 3 checks of b have failed"] == saw
        wait_until(lambda: len(downs(up)) > before, within_s=2, what="b is declared down")
    assert ["b"] == downs(up)[before:]
    wait_until_well(up)


def downs(up: Platform) -> list[str]:
    """The sites that gdnsd has declared down, one after the other."""
    lines = (Path(up.state or "") / "gslb.events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    return [each["site"] for each in events if each["event"] == "site_down"]


def test_a_site_without_its_guard_leads_beside_the_active_one_and_comes_home(up: Platform) -> None:
    with broken_by(up, PrimaryKeepsWriting(site="standby")) as saw:
        assert ["b, which is not active, acknowledged a gift"] == saw
        fenced = commanded(up, "fence", "b")
        assert (1, True) == (fenced.returncode, "did not refuse a write" in fenced.stderr)
    wait_until_well(up)


def wait_until_well(up: Platform) -> None:
    saw = [""]

    def is_well() -> bool:
        ran = commanded(up, "check")
        saw[0] = ran.stderr
        return ran.returncode == 0

    wait_until(is_well, within_s=30, what="as after a fresh start", saw=lambda: saw[0])


def commanded(up: Platform, name: str, site: str = "") -> subprocess.CompletedProcess[str]:
    argv = [word.replace("{site}", site) for word in up.commands[name]]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
