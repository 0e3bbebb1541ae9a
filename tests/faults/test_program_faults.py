"""A service that is a program of ours killed, stopped, frozen, started anew: as a container's, without Docker."""

import os
import signal
import socket
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotHeal, Refused
from switchdrill.fault import Fault
from switchdrill.machine.process import ProcessName, is_frozen, is_running, owned_by, variables_of
from switchdrill.platform import program
from switchdrill.platform.started import ended
from switchdrill_faults import ServiceKill, ServicePause, ServiceRestart, ServiceStop
from tests.faults import seen
from tests.faults.programs import PORT, Programs


@pytest.mark.parametrize(
    ("fault", "client_sees"),
    [
        (ServiceKill(service="primary.web"), "refused"),
        (ServiceStop(service="primary.web"), "refused"),
        (ServicePause(service="primary.web"), "silent"),
    ],
    ids=str,
)
def test_a_program_and_its_children_are_away_and_come_back_twice(
    fault: Fault, client_sees: str, programs: Programs
) -> None:
    undos = fault.plan(programs.start())
    environment = variables_of(_main(programs, "a"))
    assert not fault.counted(undos).ok

    fault.inject(undos)

    assert client_sees == seen.tcp(programs.address("a"))
    assert "good" == seen.tcp(programs.address("b"))
    counted = fault.counted(undos)
    assert counted.ok, counted.said
    said = [fault.heal(undo) for _twice in range(2) for undo in undos]
    assert "is ready" in said[0]
    assert "nothing was done" in said[1]
    assert programs.answers() == {"a": "good", "b": "good"}
    assert variables_of(_main(programs, "a")) == environment
    assert programs.started is not None
    assert ended(programs.started) == [], "whoever watches the platform knows which process it is now"


def test_a_restarted_program_is_another_process_with_the_same_argv(programs: Programs) -> None:
    fault = ServiceRestart(service="a.web")
    undos = fault.plan(programs.start())
    argv = _argv(programs)
    with socket.create_connection((programs.address("a"), PORT), timeout=1) as live:
        assert seen.talk(live) == "good"
        assert not fault.counted(undos).ok

        fault.inject(undos)

        assert seen.talk(live) == "closed"
    counted = fault.counted(undos)
    assert counted.ok, counted.said
    assert argv == _argv(programs)
    assert "nothing was done" in fault.heal(undos[0])


def test_what_clients_asked_of_a_frozen_program_is_never_done(programs: Programs) -> None:
    fault = ServicePause(service="a.web")
    undos = fault.plan(programs.start())
    clients = [socket.create_connection((programs.address("a"), PORT), timeout=1) for _each in range(12)]
    assert {seen.talk(client) for client in clients} == {"good"}
    fault.inject(undos)
    for client in clients:
        client.sendall(b"late gift\n" * 50)

    fault.heal(undos[0])

    assert b"late gift" not in programs.heard("a").read_bytes()
    for client in clients:
        client.close()


def test_a_frozen_program_that_somebody_woke_is_frozen_again(programs: Programs) -> None:
    fault = ServicePause(service="a.web")
    undos = fault.plan(programs.start())
    fault.inject(undos)
    assert not fault.keep(undos)
    os.kill(_main(programs, "a").pid, signal.SIGCONT)
    wait_until(lambda: not is_frozen(_main(programs, "a")), within_s=2, what="it was woken")

    back = fault.keep(undos)

    assert ["service a.web"] == [each.target for each in back]
    assert fault.counted(undos).ok


def test_of_a_dead_program_the_children_go_before_it_is_started_again(programs: Programs) -> None:
    fault = ServiceKill(service="a.web")
    undos = fault.plan(programs.start())
    main = _main(programs, "a")
    orphans = [each for each in owned_by(programs.state, service="a.web") if each != main]
    assert len(orphans) == 3
    os.kill(main.pid, signal.SIGKILL)

    assert "started" in fault.heal(undos[0])

    assert not set(orphans) & set(owned_by(programs.state, service="a.web"))
    assert "good" == seen.tcp(programs.address("a"))


def test_a_program_of_a_platform_that_was_stopped_is_not_started_again(programs: Programs) -> None:
    fault = ServiceKill(service="a.web")
    undos = fault.plan(programs.start())
    fault.inject(undos)
    programs.stop()

    assert "ended with its platform" in fault.heal(undos[0])

    assert owned_by(programs.state) == []


def test_stopping_the_platform_ends_what_healing_started(programs: Programs) -> None:
    fault = ServiceKill(service="a.web")
    undos = fault.plan(programs.start())
    fault.inject(undos)
    fault.heal(undos[0])
    main = _main(programs, "a")

    programs.stop()

    assert not is_running(main)
    assert owned_by(programs.state) == []


def test_a_program_that_can_not_be_started_again_is_told_with_the_end_of_its_log(programs: Programs) -> None:
    fault = ServiceKill(service="a.web")
    undos = fault.plan(programs.start())
    fault.inject(undos)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((programs.address("a"), PORT))
        with pytest.raises(CouldNotHeal) as raised:
            fault.heal(undos[0])

    assert raised.value.exit_code == 4
    assert "Address already in use" in str(raised.value)


def test_no_undo_repeats_what_stands_in_the_environment(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_KEY", "s3cret")
    undos = ServiceKill(service="a.web").plan(programs.start())

    assert "s3cret" not in undos[0].model_dump_json()
    assert 0o600 == Path(str(undos[0].facts["program"])).stat().st_mode & 0o777


def test_a_service_that_others_run_without_a_container_is_refused(programs: Programs) -> None:
    services = [each.model_copy(update={"run": None}) for each in programs.platform.services]
    platform = programs.platform.model_copy(update={"services": services})

    with pytest.raises(Refused, match="can't be broken") as refused:
        ServicePause(service="primary.web").plan(platform)

    assert "no container" in (refused.value.because or "")


def _main(programs: Programs, site: str) -> ProcessName:
    known = program.read(program.path_of(programs.state, f"{site}.web"))
    assert known is not None
    assert known.process is not None
    return known.process


def _argv(programs: Programs) -> bytes:
    return Path(f"/proc/{_main(programs, 'a').pid}/cmdline").read_bytes()
