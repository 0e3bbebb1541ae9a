"""The prober's process: all cadences of a plan, their files, and how it ends."""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import sys
import threading
from pathlib import Path

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns
from switchdrill.errors import BadInput
from switchdrill.machine.linepipe import LinePipe
from switchdrill.platform.targets import Target
from switchdrill.probes.cadence import Cadence
from switchdrill.probes.decoder import Decoder
from switchdrill.probes.media import HlsQuestion, Standard
from switchdrill.probes.progress import READY, dropped_line, sample_line
from switchdrill.probes.question import DnsQuestion, HttpQuestion, LedgerQuestion, Question
from switchdrill.probes.request import Web, web
from switchdrill.probes.series import Series
from switchdrill.probes.way import Sites, sites_of
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan, read_plan
from switchdrill.record.samples import Sample, write_schema
from switchdrill.text import _

FLUSH_EVERY_S = 0.05
HEAD_START_NS = 50 * NS_PER_MS
NICENESS = -5
MANY_FILES = 16384
STDOUT = 1
STDIN = 0


async def watch(folder: RunFolder) -> None:
    """Ask every target of the run's plan until told to stop; what was asked by then gets its time.

    Stops at SIGTERM, SIGINT, the line `stop` on stdin, or its end: the runner is gone. Raises RecordLost when a sample
    can't be written, BadInput when the plan asks for what can't be probed.
    """
    plan = _plan_of(folder)
    sites = sites_of(plan.platform)
    write_schema(folder.samples, plan.targets, sites.names)
    series = {target.name: Series(folder.samples / f"{target.name}.bin") for target in plan.targets}
    pipe = LinePipe(STDOUT)

    def recorder(name: str) -> "Recorder":
        return Recorder(name, series[name], pipe)

    decoder = Decoder()
    try:
        async with web() as client:
            ask = Asker(plan, sites, client, decoder)
            cadences = [
                (target, Cadence(target, ask.question(target), recorder(target.name).record)) for target in plan.targets
            ]
            await _keep_watch(cadences, series, pipe)
    finally:
        decoder.close()
        for each in series.values():
            each.close()


class Recorder:
    """Takes the finished samples of one target: to its file, and to the runner."""

    def __init__(self, name: str, series: Series, pipe: LinePipe) -> None:
        self._name = name
        self._series = series
        self._pipe = pipe

    def record(self, sample: Sample) -> None:
        self._series.add(sample)
        self._pipe.put(sample_line(self._name, sample))


class Asker:
    """Makes each target's question."""

    def __init__(self, plan: Plan, sites: Sites, client: Web, decoder: Decoder) -> None:
        self._plan = plan
        self._sites = sites
        self._web = client
        self._decoder = decoder
        self._standard = Standard(max_age_ns=plan.runbook.good_frame.max_age, by_picture=sites.signs.is_by_picture)
        rooms = [entry.room for entry in plan.platform.entries.values() if entry.room is not None]
        self._room = next(iter(rooms), "canary")

    def question(self, target: Target) -> Question:
        if target.kind == "dns":
            return DnsQuestion(target, self._sites)
        if target.kind == "http":
            return HttpQuestion(target, self._sites, self._web)
        if target.kind == "ledger":
            return LedgerQuestion(target, self._sites, self._web, self._plan.run, target.room or self._room)
        return HlsQuestion(target, self._sites, self._web, self._decoder, self._standard)


async def _keep_watch(cadences: list[tuple[Target, Cadence]], series: dict[str, Series], pipe: LinePipe) -> None:
    stop = _stop_signal()
    gc.collect()
    gc.freeze()  # what is there now stays: the collector need not walk it in the middle of a slot
    start_ns = now_ns() + HEAD_START_NS
    # The targets' slots are spread over the period, so that they do not all leave in the same instant.
    asking = [
        asyncio.create_task(cadence.run(start_ns + index * target.every_ns // len(cadences)))
        for index, (target, cadence) in enumerate(cadences)
    ]
    flushing = asyncio.create_task(_flush_for_ever(series, pipe))
    stopping = asyncio.create_task(stop.wait())
    pipe.put(READY)
    await asyncio.wait([*asking, flushing, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in [*asking, flushing]:
        if task.done():
            task.result()  # only an error ends one of these
    for task in asking:
        task.cancel()
    longest_s = max((target.timeout_ns for target, _cadence in cadences), default=0) / NS_PER_S
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(longest_s + 1):
            await asyncio.gather(*(cadence.drain() for _target, cadence in cadences))
    flushing.cancel()


async def _flush_for_ever(series: dict[str, Series], pipe: LinePipe) -> None:
    told = 0
    while True:
        await asyncio.sleep(FLUSH_EVERY_S)
        for each in series.values():
            each.flush()
        pipe.push()
        if pipe.dropped > told:
            told = pipe.dropped
            pipe.put(dropped_line(told))


def _stop_signal() -> asyncio.Event:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def listen() -> None:
        heard = b""
        while b"stop\n" not in heard:
            part = os.read(STDIN, 4096)
            if not part:
                break
            heard = heard[-5:] + part
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stop.set)

    # A thread, as stdin may be a file or /dev/null, which an event loop can't wait for.
    threading.Thread(target=listen, name="stdin", daemon=True).start()
    return stop


def _plan_of(folder: RunFolder) -> Plan:
    try:
        return read_plan(folder.plan)
    except (OSError, ValueError) as problem:
        raise BadInput(_("the plan can't be read"), where=str(folder.plan), because=str(problem)) from problem


def _raise_file_limit() -> None:
    """A hung platform holds every connection until its time-out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def run(path: Path) -> None:
    """The whole life of the process."""
    # Shorter turns for the decoder's threads, and a little more of the processor, where we may: slots leave in time.
    sys.setswitchinterval(0.001)
    _raise_file_limit()
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    asyncio.run(watch(RunFolder(path)))
