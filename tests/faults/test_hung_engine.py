"""A Docker engine that accepts every call and answers none, as one does that removes many containers at once."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.containers.endpoint import LOCAL, Endpoint
from switchdrill.containers.engine import Engine
from switchdrill.fault import Fault
from switchdrill.healing.by_hand import heal_run
from switchdrill.healing.heal import play_all
from switchdrill.healing.lost import could_not_heal
from switchdrill.healing.undos import UndoStore
from switchdrill.platform.model import Platform
from switchdrill.record.folder import RunFolder
from switchdrill_faults import LinkBlackhole, ServicePause, SiteLoss
from switchdrill_faults.docker import home
from tests.conftest import SmallPlatform
from tests.faults.boxed import Boxed
from tests.faults.gate import Gate, gate_before

pytestmark = [pytest.mark.needs_docker, pytest.mark.needs_root]
CALL_S = 1.0


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Calls through it are given up after a second; an engine, after two."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setitem(Engine._ask.__kwdefaults__, "within_s", CALL_S)
    monkeypatch.setattr(home, "HEAL_LIMIT_S", 2 * CALL_S)
    monkeypatch.setattr(home, "_IN_VAIN_NS", {})
    with gate_before(Endpoint().resolved().removeprefix(LOCAL), tmp_path / "docker.sock") as gate:
        yield gate


def through(gate: Gate, platform: Platform) -> Platform:
    told = platform.model_dump_json(by_alias=True, exclude_none=True)
    return Platform.model_validate(json.loads(told.replace(Endpoint().resolved(), gate.url)))


def broken(run: RunFolder, *faults: tuple[Fault, Platform]) -> UndoStore:
    """Each is made, its undos on disk."""
    run.make()
    store = UndoStore(run.undo)
    for fault, platform in faults:
        undos = fault.plan(platform)
        for undo in undos:
            store.write(fault.kind, undo, deadline_ns=now_ns() + 600 * NS_PER_S)
        fault.inject(undos)
    return store


def test_what_needs_no_engine_is_healed_at_once_and_the_rest_is_told_in_time_and_healed_later(
    gate: Gate, boxed: Boxed, carried_platform: Any, tmp_path: Path
) -> None:
    small: SmallPlatform = carried_platform()
    run = RunFolder(tmp_path / "run")
    store = broken(
        run,
        (SiteLoss(site="primary", shape="fast_fail"), small.platform),
        (LinkBlackhole(link="a.front--a.back"), boxed.platform()),
        (ServicePause(service="a.back"), through(gate, boxed.platform())),
        (ServicePause(service="b.other"), through(gate, boxed.platform())),
    )
    gate.shut()
    begun_ns, begun_s = now_ns(), time.monotonic()
    played = {each.target: each for each in play_all(store, by="healer", why="runner_lost")}
    took_s = time.monotonic() - begun_s

    assert small.answers() == small.all_good()
    assert {"site a": True, "link a.front--a.back": True, "service a.back": False, "service b.other": False} == {
        target: each.ok for target, each in played.items()
    }
    assert _healed_after_s(played["site a"], begun_ns) < 5, "it did not wait for the engine"
    assert took_s < 20, "the second container did not wait as long as the first"
    told = could_not_heal(run, [each for each in played.values() if not each.ok])
    assert 4 == told.exit_code
    assert "the Docker engine did not answer within 1 s" in str(told)
    assert f"switchdrill heal {run.path}" in str(told)
    assert "kill dockerd and start it again" in str(told)

    gate.open()
    assert not heal_run(run.path).still_broken
    assert ["running", "running"] == [boxed.state_of("back"), boxed.state_of("other")]
    assert [] == store.open()


def _healed_after_s(played: Any, begun_ns: int) -> float:
    return float(played.after_ns - begun_ns) / NS_PER_S
