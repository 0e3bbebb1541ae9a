"""Containers for the tests of what breaks them: one small platform for a module, whole again after each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from switchdrill.carrier import Rung
from switchdrill.clock import wait_until
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from switchdrill.machine import process
from switchdrill_faults.names import relayed
from switchdrill_faults.toxiproxy import spawn
from switchdrill_faults.toxiproxy.client import Server
from tests.conftest import held_net
from tests.faults import seen
from tests.faults.another import Another
from tests.faults.boxed import Boxed, free_net, make_image
from tests.faults.named import Named, named_platform
from tests.faults.ordered import Ordered
from tests.faults.programs import Programs
from tests.faults.stages import Carried, Contained, Stage, Started


@pytest.fixture(scope="session")
def engine() -> Engine:
    return reach(Endpoint())


@pytest.fixture(scope="session")
def box_image(engine: Engine) -> Iterator[str]:
    """Has nft."""
    name = f"switchdrill-tests-{os.getpid()}"
    make_image(engine, name)
    yield f"{name}:latest"
    engine.use("remove image", lambda client: client.images.remove(f"{name}:latest", force=True))


@pytest.fixture(scope="module")
def boxes(engine: Engine, box_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boxed]:
    state = tmp_path_factory.mktemp("boxes")
    boxed = Boxed(
        engine=engine, image=box_image, name=f"sdt{os.getpid()}{state.name[-2:]}", net=free_net(engine), state=state
    )
    try:
        boxed.start()
        yield boxed
    finally:
        boxed.remove()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def boxed(boxes: Boxed) -> Boxed:
    """Everything of it runs and answers; what a test leaves behind is told as that test's failure."""
    for who in ("front", "back", "other", "outsider"):
        if boxes.state_of(who) == "paused":
            boxes.engine.kill(boxes.called(who))
        boxes.engine.start(boxes.called(who))
        wait_until(lambda who=who: seen.tcp(boxes.address(who)) == "good", within_s=5, what=who)  # type: ignore[misc]
    return boxes


@pytest.fixture
def lent(
    small_platform: Callable[..., Any], toxiproxy_rung: Rung, tmp_path: Path, net: str
) -> Iterator[Callable[[], tuple[Any, Server]]]:
    """A platform whose site a passes a Toxiproxy of its own, which has more on it than the platform's links."""
    with ExitStack() as stack:

        def make() -> tuple[Any, Server]:
            record = tmp_path / "theirs" / "carriers" / "x.json"
            record.parent.mkdir(parents=True)
            started, url = spawn.spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.9.1", port=None, not_these=())
            stack.callback(process.kill, started)
            server = Server(url)
            stack.callback(server.close)
            small = small_platform(links=2)
            for link in small.platform.links:
                for name, hop in zip(link.hop_names(), link.hops, strict=True):
                    if hop.site == "a":
                        server.create(hop.upstream, name, listen=hop.listen)
            server.create("127.0.0.1:9", "theirs", listen="127.0.0.1:0")
            slow = {"type": "latency", "attributes": {"latency": 7}}
            for name in ("theirs", "a.service0--viewers"):
                server.proxies()[name].add_toxic(name="theirs", **slow)
            server.proxies()["a.service1--viewers"].disable()
            site = small.platform.sites["a"].model_copy(update={"toxiproxy": url})
            small.platform = small.platform.model_copy(update={"sites": {**small.platform.sites, "a": site}})
            return small, server

        yield make


@pytest.fixture(scope="module")
def one_named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Named]:
    with held_net() as net, named_platform(net, tmp_path_factory.mktemp("named")) as platform:
        yield platform


@pytest.fixture
def named(one_named: Named) -> Iterator[Named]:
    """A platform whose DNS passes our relay; whatever a test has laid there is gone after it."""
    one_named.start()
    yield one_named
    relayed.lift(one_named.control, list(relayed.hits(one_named.control) or {}))


@pytest.fixture
def programs(net: str, tmp_path: Path) -> Iterator[Programs]:
    """Two services that are programs of ours; nothing runs yet, and nothing runs afterwards."""
    made = Programs(net=net, state=tmp_path / "state")
    made.state.mkdir()
    yield made
    made.stop()


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The platform that `request.param` names: `carried`, `named`, `ordered`, `started` or `contained`."""
    if request.param == "ordered":
        yield Ordered(request.getfixturevalue("small_platform"))
        return
    if request.param == "carried":
        yield Carried(request.getfixturevalue("small_platform"), request.getfixturevalue("carried_platform"))
        return
    if request.param == "named":
        yield request.getfixturevalue("named")
        return
    if request.param == "started":
        yield Started(request.getfixturevalue("programs"))
        return
    contained = Contained(request.getfixturevalue("boxed"))
    yield contained
    contained.restore()


@pytest.fixture(scope="session")
def another() -> Iterator[Another]:
    """A process that heals what others have broken."""
    started = Another()
    yield started
    started.end()
