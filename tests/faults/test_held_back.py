"""A service that gets too little processor, or memory: what the kernel counts is the proof, an idle one has none."""

import dataclasses
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill.containers.engine import Engine
from switchdrill.containers.limits import Limits, hold_memory, hold_processor, limits_of
from switchdrill.errors import BadInput, Refused
from switchdrill.fault import Fault
from switchdrill.machine.cgroup import Controller, group_of
from switchdrill.platform.model import Platform
from switchdrill.undo import Undo
from switchdrill_faults import CpuSqueeze, MemoryLimit, ServiceKill, ServiceRestart
from tests.faults import seen
from tests.faults.boxed import PORT, Boxed
from tests.faults.nobody import as_nobody
from tests.faults.programs import Programs

Meant = Callable[[Fault], Fault]
in_boxes = (pytest.mark.needs_docker, pytest.mark.needs_root)


@pytest.fixture(params=[pytest.param("boxed", marks=in_boxes), pytest.param("programs", marks=pytest.mark.needs_root)])
def where(request: pytest.FixtureRequest) -> tuple[str, Meant, Platform]:
    """Address of a service, a fault made for it, and its platform: a container's, a program's."""
    found = request.getfixturevalue(request.param)
    if isinstance(found, Boxed):
        return found.address("other"), lambda fault: dataclasses.replace(fault, service="b.other"), found.platform()
    return found.address("a"), lambda fault: dataclasses.replace(fault, service="a.web"), found.start()


def test_a_busy_service_is_throttled_and_free_again(where: tuple[str, Meant, Platform]) -> None:
    address, meant, platform = where
    fault = meant(CpuSqueeze(service="x", share="5%"))
    undos = fault.plan(platform)
    fault.inject(undos)
    idle = fault.counted(undos)
    assert idle.ok or "asks for less" in idle.said

    wait_until(lambda: _busy(address, fault, undos), within_s=20, what="it is throttled")

    assert "throttled" in fault.counted(undos).said
    said = [fault.heal(undos[0]) for _twice in range(2)]
    assert "held back no more" in said[0]
    assert "nothing was done" in said[1]
    assert not fault.counted(undos).ok
    assert "good" == seen.tcp(address)


def test_a_service_that_needs_more_memory_meets_its_limit(where: tuple[str, Meant, Platform]) -> None:
    address, meant, platform = where
    fault = meant(MemoryLimit(service="x", limit="40MiB"))
    undos = fault.plan(platform)
    assert not fault.counted(undos).ok
    fault.inject(undos)

    with socket.create_connection((address, PORT), timeout=1) as client:
        client.sendall(b"send 80000000\n")
        wait_until(lambda: fault.counted(undos).ok, within_s=20, what="the limit was met")

    said = [fault.heal(undos[0]) for _twice in range(2)]
    assert "held back no more" in said[0]
    assert "nothing was done" in said[1]
    assert "good" == seen.tcp(address)


@pytest.mark.needs_docker
def test_a_container_gets_exactly_its_former_limits_back(boxed: Boxed, engine: Engine) -> None:
    name = boxed.called("other")
    for fault, given in _FORMER:
        _give(engine, name, given)
        before = limits_of(engine, name)
        undos = fault.plan(boxed.platform())
        fault.inject(undos)
        assert before != limits_of(engine, name)

        fault.heal(undos[0])

        assert before == limits_of(engine, name)
    _give(engine, name, Limits())
    assert Limits() == limits_of(engine, name)


@pytest.mark.needs_docker
@pytest.mark.needs_root
def test_an_unlimited_container_is_unlimited_again_for_the_kernel(boxed: Boxed) -> None:
    before = {each: _kernel(boxed, each) for each in ("cpu", "memory")}
    for fault in (CpuSqueeze(service="b.other", share="50%"), MemoryLimit(service="b.other", limit="64MiB")):
        undos = fault.plan(boxed.platform())
        fault.inject(undos)
        assert before != {each: _kernel(boxed, each) for each in ("cpu", "memory")}
        fault.heal(undos[0])

    assert before == {each: _kernel(boxed, each) for each in ("cpu", "memory")}


@pytest.mark.needs_docker
def test_a_limit_below_what_is_used_is_refused_unless_it_may_kill(boxed: Boxed) -> None:
    boxed_up = boxed.platform()
    with socket.create_connection((boxed.address("other"), PORT), timeout=1) as client:
        client.sendall(b"send 60000000\n")
        assert client.recv(10)  # it holds all of it until we have read it
        with pytest.raises(Refused, match="more memory than that"):
            MemoryLimit(service="b.other", limit="30MiB").plan(boxed_up)
        started = boxed.engine.get(boxed.called("other")).started
        fault = MemoryLimit(service="b.other", limit="30MiB", may_kill=True)
        undos = fault.plan(boxed_up)

        fault.inject(undos)

    assert started != boxed.engine.get(boxed.called("other")).started
    fault.heal(undos[0])
    assert "good" == seen.tcp(boxed.address("other"))


@pytest.mark.needs_docker
def test_without_root_the_engine_itself_counts(boxed: Boxed) -> None:
    undos = CpuSqueeze(service="b.other", share="5%").plan(boxed.platform())

    said = as_nobody(
        """
        from tests.faults import seen
        undos, fault = [Undo.model_validate_json(sys.argv[1])], CpuSqueeze(service="b.other", share="5%")
        fault.inject(undos)
        for _try in range(10):
            seen.drain(sys.argv[2], 20_000_000, within_s=0.5)
            counted = fault.counted(undos)
            if counted.ok:
                break
        print(counted, fault.heal(undos[0]))
        """,
        undos[0].model_dump_json(),
        boxed.address("other"),
    )

    assert "ok=True" in said
    assert "held back no more" in said


@pytest.mark.needs_root
def test_a_held_back_program_that_was_started_anew_is_held_back_again(programs: Programs) -> None:
    fault = CpuSqueeze(service="a.web", share="5%")
    undos = fault.plan(programs.start())
    fault.inject(undos)
    assert not fault.keep(undos)
    restart = ServiceRestart(service="a.web")
    restart.inject(restart.plan(programs.platform))

    assert ["service a.web"] == [each.target for each in fault.keep(undos)]
    assert not fault.keep(undos)
    fault.heal(undos[0])


@pytest.mark.needs_root
def test_no_control_group_is_left_when_the_program_was_killed_meanwhile(programs: Programs) -> None:
    fault = MemoryLimit(service="a.web", limit="64MiB")
    undos = fault.plan(programs.start())
    fault.inject(undos)
    name = str(undos[0].facts["group"])
    assert list(Path("/sys/fs/cgroup").rglob(name))
    kill = ServiceKill(service="a.web")
    kill.inject(kill.plan(programs.platform))

    assert "started" in fault.heal(undos[0])

    assert [] == list(Path("/sys/fs/cgroup").rglob(name))


@pytest.mark.parametrize("share", ["5", "0%", "0.5%", "-5%", "%", "", "5 %"])
def test_a_share_that_can_not_be_is_bad_input(share: str) -> None:
    with pytest.raises(BadInput, match="5%"):
        CpuSqueeze(service="a.web", share=share)


@pytest.mark.parametrize("limit", ["64", "64MB", "1MiB", "5MiB", "", "-1GiB"])
def test_a_size_that_can_not_be_is_bad_input(limit: str) -> None:
    with pytest.raises(BadInput, match="64MiB"):
        MemoryLimit(service="a.web", limit=limit)


_FORMER: list[tuple[Fault, Limits]] = [
    (CpuSqueeze(service="b.other", share="5%"), Limits(quota_us=20_000, period_us=50_000)),
    (MemoryLimit(service="b.other", limit="64MiB"), Limits(memory=128 << 20, memory_and_swap=256 << 20)),
    (MemoryLimit(service="b.other", limit="64MiB"), Limits(memory=128 << 20, memory_and_swap=-1)),
]


def _give(engine: Engine, name: str, given: Limits) -> None:
    hold_memory(engine, name, given)
    hold_processor(engine, name, given)


def _kernel(boxed: Boxed, controller: Controller) -> int:
    group = group_of(boxed.engine.get(boxed.called("other")).pid, controller)
    assert group is not None
    return group.limit()


def _busy(address: str, fault: Fault, undos: Sequence[Undo]) -> bool:
    seen.drain(address, 20_000_000, within_s=0.5)
    return fault.counted(undos).ok
