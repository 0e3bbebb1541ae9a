"""A service's container killed, stopped, frozen, started anew: what its client sees, and how it comes back."""

import socket
from collections.abc import Callable

import pytest

from switchdrill.containers.labels import HELPER
from switchdrill.errors import BadInput, CouldNotHeal, Refused
from switchdrill.fault import Fault
from switchdrill_faults import ServiceKill, ServicePause, ServiceRestart, ServiceStop, SiteLoss
from tests.faults import seen
from tests.faults.boxed import PORT, Boxed
from tests.faults.nobody import as_nobody

pytestmark = pytest.mark.needs_docker

Make = Callable[..., ServiceKill | ServicePause | ServiceRestart | ServiceStop]


@pytest.mark.parametrize(
    ("make", "state", "client_sees"),
    [
        (ServiceKill, "exited", ("refused", "unreached", "error 113")),
        (ServiceStop, "exited", ("refused", "unreached", "error 113")),
        (ServicePause, "paused", ("silent",)),
    ],
)
def test_a_service_is_away_and_comes_back_twice(
    make: Make, state: str, client_sees: tuple[str, ...], boxed: Boxed
) -> None:
    fault = make(service="standby.other")
    undos = fault.plan(boxed.platform())
    assert not fault.counted(undos).ok

    fault.inject(undos)

    assert boxed.state_of("other") == state
    assert seen.tcp(boxed.address("other")) in client_sees
    counted = fault.counted(undos)
    assert counted.ok, counted.said
    assert f"is {state}" in counted.said
    assert undos[0].mechanism == f"docker {undos[0].kind.removeprefix('service-')} of {boxed.called('other')}"
    said = [fault.heal(undo) for _twice in range(2) for undo in undos]
    assert "is ready" in said[0]
    assert "nothing was done" in said[1]
    assert seen.tcp(boxed.address("other")) == "good"


def test_a_restart_is_proven_by_the_date_of_its_start(boxed: Boxed) -> None:
    fault = ServiceRestart(service="b.other")
    undos = fault.plan(boxed.platform())
    with socket.create_connection((boxed.address("other"), PORT), timeout=1) as live:
        assert seen.talk(live) == "good"
        assert not fault.counted(undos).ok

        fault.inject(undos)

        assert seen.talk(live) == "closed"
    counted = fault.counted(undos)
    assert counted.ok, counted.said
    assert "nothing was done" in fault.heal(undos[0])


def test_a_service_that_did_not_come_up_after_its_restart_is_started(boxed: Boxed) -> None:
    fault = ServiceRestart(service="b.other")
    undos = fault.plan(boxed.platform())
    boxed.engine.kill(boxed.called("other"))

    assert "started" in fault.heal(undos[0])

    assert seen.tcp(boxed.address("other")) == "good"


@pytest.mark.parametrize("who", ["root", "nobody"])
def test_what_clients_asked_of_a_frozen_service_is_never_done(who: str, boxed: Boxed) -> None:
    """Four processes, each with a client's line waiting: killed through the engine alone, they would wake."""
    fault = ServicePause(service="b.other")
    undos = fault.plan(boxed.platform())
    clients = [socket.create_connection((boxed.address("other"), PORT), timeout=1) for _each in range(12)]
    assert {seen.talk(client) for client in clients} == {"good"}
    fault.inject(undos)
    for number, client in enumerate(clients):
        client.sendall(f"late gift {number} of {who}\n".encode() * 50)

    if who == "root":
        fault.heal(undos[0])
    else:
        as_nobody("print(ServicePause.heal(Undo.model_validate_json(sys.argv[1])))", undos[0].model_dump_json())

    assert b"late gift" not in boxed.heard("other")
    assert boxed.engine.every(HELPER) == []
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    "fault",
    [
        *(each(service="a.front") for each in (ServiceKill, ServiceStop, ServicePause, ServiceRestart)),
        *(SiteLoss(site="a", shape=shape) for shape in ("stall", "power_off")),
    ],
    ids=str,
)
def test_a_container_that_docker_removes_when_it_ends_is_never_ended(fault: Fault, boxed: Boxed) -> None:
    with pytest.raises(Refused, match="gone for good") as refused:
        fault.plan(boxed.platform(vanishing="front"))

    assert "--rm" in (refused.value.because or "")


def test_a_container_that_somebody_renamed_comes_home_all_the_same(boxed: Boxed) -> None:
    fault = ServiceKill(service="b.other")
    undos = fault.plan(boxed.platform())
    fault.inject(undos)
    renamed = f"{boxed.called('other')}-renamed"
    boxed.engine.use("rename", lambda client: client.api.rename(boxed.called("other"), renamed))
    try:
        fault.heal(undos[0])

        assert "running" == boxed.engine.get(renamed).state
    finally:
        boxed.engine.use("rename", lambda client: client.api.rename(renamed, boxed.called("other")))


def test_a_container_that_somebody_removed_is_told_with_what_to_do(boxed: Boxed) -> None:
    fault = ServiceKill(service="b.other")
    undos = fault.plan(boxed.platform())
    fault.inject(undos)
    boxed.engine.remove(boxed.called("other"))
    try:
        with pytest.raises(CouldNotHeal, match="removed by somebody") as raised:
            fault.heal(undos[0])

        assert "docker compose up -d" in (raised.value.now or "")
        assert raised.value.exit_code == 4
    finally:
        boxed.run("other", "wan")


@pytest.mark.parametrize(
    ("name", "why"),
    [("b.nothing", "there are a.back, a.front, b.other"), ("standby.nothing", "there is no service b.nothing")],
)
def test_a_service_that_is_not_there_is_refused_with_those_that_are(name: str, why: str, boxed: Boxed) -> None:
    with pytest.raises(Refused) as raised:
        ServiceKill(service=name).plan(boxed.platform())

    assert why in str(raised.value)


def test_a_service_that_is_neither_container_nor_program_is_refused(boxed: Boxed) -> None:
    platform = boxed.platform(services=[{"name": "a.api", "site": "a"}], links=[])

    with pytest.raises(Refused) as refused:
        ServicePause(service="primary.api").plan(platform)

    assert "no container" in str(refused.value)


@pytest.mark.parametrize("make", [ServiceKill, ServicePause, ServiceRestart, ServiceStop])
def test_a_service_without_a_name_is_bad_input(make: Make) -> None:
    with pytest.raises(BadInput, match=make.__name__):
        make(service="")
