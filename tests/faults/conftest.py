"""Containers for the tests of what breaks them: one small platform for a module, whole again after each test."""

import os
import shutil
from collections.abc import Iterator

import pytest

from switchdrill.clock import wait_until
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from tests.faults import seen
from tests.faults.boxed import Boxed, free_net, make_image


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
