"""A stage to probe, and ways to ask it: in this process for one question, as a process for a whole run."""

import asyncio
import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from switchdrill.clock import now_ns
from switchdrill.probes.cadence import Cadence
from switchdrill.probes.decoder import Decoder
from switchdrill.probes.request import web
from switchdrill.probes.station import Asker
from switchdrill.probes.way import sites_of
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import read_plan
from switchdrill.record.samples import Sample


def _module(name: str) -> ModuleType:
    """A module beside this file; tests are not a package, and tests/load shares these two."""
    known = sys.modules.get(f"switchdrill_tests_{name}")
    if known is not None:
        return known
    spec = importlib.util.spec_from_file_location(f"switchdrill_tests_{name}", Path(__file__).with_name(f"{name}.py"))
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
        folder: RunFolder = _module("runs").make_run(tmp_path, **settings)
        return folder

    return make


@pytest.fixture
def ask() -> Callable[..., list[Sample]]:
    """Ask one target of a run for `seconds`, in this process; the samples in planned order."""

    def ask(folder: RunFolder, name: str, seconds: float = 0.05) -> list[Sample]:
        return asyncio.run(_ask(folder, name, seconds))

    return ask


async def _ask(folder: RunFolder, name: str, seconds: float) -> list[Sample]:
    plan = read_plan(folder.plan)
    found: list[Sample] = []
    decoder = Decoder()
    async with web() as client:
        asker = Asker(plan, sites_of(plan.platform), client, decoder)
        target = next(target for target in plan.targets if target.name == name)
        cadence = Cadence(target, asker.question(target), found.append)
        asking = asyncio.create_task(cadence.run(now_ns()))
        await asyncio.sleep(seconds)
        asking.cancel()
        await cadence.drain()
    decoder.close()
    return sorted(found, key=lambda sample: sample.slot)
