"""A container that uses its machine's own network or processes: nothing is ever done in there."""

import os
from collections.abc import Iterator

import pytest

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, EngineError
from switchdrill_faults.docker.box import Box
from switchdrill_faults.packets import choosing

pytestmark = pytest.mark.needs_docker


@pytest.fixture
def hosts_own(engine: Engine, box_image: str) -> Iterator[str]:
    """A container in its machine's network and among its machine's processes."""
    name = f"switchdrill-tests-hosts-own-{os.getpid()}"

    def make(client):
        host = client.api.create_host_config(network_mode="host", pid_mode="host")
        client.api.create_container(box_image, ["sleep", "600"], name=name, host_config=host)

    engine.use("create", make)
    engine.start(name)
    yield name
    engine.kill(name)
    engine.remove(name)


@pytest.mark.parametrize("shares", ["network", "pid"])
def test_no_helper_goes_into_its_machine(engine: Engine, box_image: str, hosts_own: str, shares: str) -> None:
    with pytest.raises(EngineError, match="shares its namespace with others"):
        engine.helper(box_image, ["true"], beside=hosts_own, shares=shares, capabilities=[], labels={})  # type: ignore[arg-type]


def test_no_rule_is_laid_on_it(hosts_own: str) -> None:
    box = Box(where=Endpoint(), name=hosts_own, service="web", addresses=[])
    with pytest.raises(choosing.NoWay) as problem:
        choosing.around([box], act="drop", seen_at="10.0.0.1", dialled=[], table="switchdrill_test")
    assert "a network that is not its own" in (problem.value.because or "")
