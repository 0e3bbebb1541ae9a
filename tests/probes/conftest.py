"""A stage to probe, and ways to ask it: in this process for a few questions, as a process for a whole run."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.platform.targets import Target
from switchdrill.probes.cadence import Cadence
from switchdrill.probes.decoder import Decoder
from switchdrill.probes.request import web
from switchdrill.probes.station import Asker
from switchdrill.probes.way import sites_of
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan, read_plan
from switchdrill.record.samples import Sample
from tests.probes import runs
from tests.probes.stage import Stage

WITHIN_S = 20.0
NEVER_AGAIN_NS = 3600 * NS_PER_S

Until = Callable[[list[Sample]], bool]


@pytest.fixture
def stage(net: str) -> Iterator[Stage]:
    with Stage(net, segment_s=0.5) as stage:
        yield stage


@pytest.fixture
def make_run(tmp_path: Path, net: str) -> Callable[..., RunFolder]:
    """Makes the folder of a run that probes the stage: `make_run(probes=[...])`."""

    def make(*, probes: Sequence[Mapping[str, str | int]], **settings: object) -> RunFolder:
        return runs.make_run(tmp_path, net=net, probes=probes, **settings)

    return make


@pytest.fixture
def ask() -> Callable[..., list[Sample]]:
    """Ask one target of a run in this process; the samples in planned order.

    Once, or at the target's own pace until `until` says of the samples so far that it has seen enough.
    """

    def ask(folder: RunFolder, name: str, *, until: Until | None = None) -> list[Sample]:
        plan = read_plan(folder.plan)
        target = next(target for target in plan.targets if target.name == name)
        if until is None:
            target = target.model_copy(update={"every_ns": NEVER_AGAIN_NS})
        return asyncio.run(_ask(plan, target, until or bool))

    return ask


async def _ask(plan: Plan, target: Target, until: Until) -> list[Sample]:
    found: list[Sample] = []
    decoder = Decoder()
    async with web() as client:
        asker = Asker(plan, sites_of(plan.platform), client, decoder)
        cadence = Cadence(target, asker.question(target), found.append)
        asking = asyncio.create_task(cadence.run(now_ns()))
        deadline_ns = now_ns() + int(WITHIN_S * NS_PER_S)
        while not until(found) and now_ns() < deadline_ns:
            await asyncio.wait([asking], timeout=0.01)
            if asking.done():
                asking.result()  # only an error ends it
        asking.cancel()
        await cadence.drain()
    decoder.close()
    return sorted(found, key=lambda sample: sample.slot)
