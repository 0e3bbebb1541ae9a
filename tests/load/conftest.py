"""The probers' stage, for an audience to watch."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from switchdrill.load.audience import Audience
from switchdrill.record.folder import RunFolder

MEDIA = {"name": "media", "kind": "hls", "through": "operators", "entry": "live", "every": "100ms", "timeout": "1s"}
PROBES = Path(__file__).parent.parent / "probes"


def _module(name: str) -> ModuleType:
    """A module of tests/probes, by its path: tests are not a package."""
    known = sys.modules.get(f"switchdrill_tests_{name}")
    if known is not None:
        return known
    spec = importlib.util.spec_from_file_location(f"switchdrill_tests_{name}", PROBES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stage() -> Iterator[object]:
    stage = _module("stage").Stage(segment_s=0.5)
    stage.start()
    yield stage
    stage.stop()


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunFolder]:
    def make(**settings: object) -> RunFolder:
        folder: RunFolder = _module("runs").make_run(tmp_path, **{"probes": [MEDIA], **settings})
        return folder

    return make


@pytest.fixture
def audience() -> Iterator[Audience]:
    audience = Audience()
    yield audience
    audience.stop()
