"""The probers' stage, for an audience to watch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from switchdrill.load.audience import Audience
from switchdrill.record.folder import RunFolder
from tests.probes import runs
from tests.probes.stage import Stage

MEDIA = {"name": "media", "kind": "hls", "through": "operators", "entry": "live", "every": "100ms", "timeout": "1s"}


@pytest.fixture
def stage(net: str) -> Iterator[Stage]:
    with Stage(net, segment_s=0.5) as stage:
        yield stage


@pytest.fixture
def make_run(tmp_path: Path, net: str) -> Callable[..., RunFolder]:
    def make(**settings: object) -> RunFolder:
        return runs.make_run(tmp_path, net=net, probes=[MEDIA], **settings)

    return make


@pytest.fixture
def audience() -> Iterator[Audience]:
    audience = Audience()
    yield audience
    audience.stop()
