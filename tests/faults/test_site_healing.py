"""The way home of a lost site: its server is replaced, whoever meddled with it meanwhile."""

import os
import socket
import subprocess
import time
from contextlib import closing

import pytest

from switchdrill.errors import CouldNotHeal
from switchdrill.machine import process
from switchdrill_faults import SiteLoss
from switchdrill_faults.toxiproxy import records, server, spawn
from switchdrill_faults.toxiproxy.client import Server
from tests.faults.losses import FAST_FAIL, STALL, Make, connected


@pytest.mark.parametrize("fault", [STALL, FAST_FAIL], ids=repr)
def test_healing_restarts_the_server_and_every_link_answers(fault: SiteLoss, carried_platform: Make) -> None:
    small = carried_platform(links=3)
    undo = fault.plan(small.platform)[0]
    fault.inject([undo])

    said = SiteLoss.heal(undo)

    new = records.read(records.path_of(small.state, "a"))
    assert small.answers() == small.all_good()
    assert new.pid != small.records[0].pid
    assert new.api == small.records[0].api
    assert process.name_of(small.records[0].pid) is None
    assert "site a" in said
    with closing(Server(new.api)) as client:
        assert {(proxy.enabled, len(proxy.toxics)) for proxy in client.table().values()} == {(True, 0)}


def test_what_clients_asked_of_a_frozen_server_is_never_done(carried_platform: Make) -> None:
    """A gift that was sent into the silence must not be booked ten minutes later, when its sender has long given up."""
    small = carried_platform()
    undo = STALL.plan(small.platform)[0]
    with connected(small.endpoints("a")[0]) as client:
        STALL.inject([undo])
        client.sendall(b"a late gift\n")
    with socket.create_connection(small.endpoints("a")[0], timeout=1) as late:
        late.sendall(b"another late gift\n")

    SiteLoss.heal(undo)
    time.sleep(0.2)

    assert [line for line in small.upstream.heard if b"gift" in line] == []


def test_an_address_that_was_taken_meanwhile_is_named_and_can_be_healed_later(carried_platform: Make, net: str) -> None:
    small = carried_platform()
    undo = FAST_FAIL.plan(small.platform)[0]
    FAST_FAIL.inject([undo])

    with socket.create_server((f"{net}.1.1", 18302)), pytest.raises(CouldNotHeal) as raised:
        SiteLoss.heal(undo)

    told = str(raised.value)
    assert f"{net}.1.1:18302" in told
    assert f"pid {os.getpid()}" in told
    assert [name.pid for name, record in spawn.marked(small.state) if record.name == "a.json"] == []
    SiteLoss.heal(undo)
    assert small.answers() == small.all_good()


def test_a_healer_that_died_half_way_is_followed_by_another(carried_platform: Make) -> None:
    """It had started a new server, and was killed before it wrote that down."""
    small = carried_platform()
    undo = STALL.plan(small.platform)[0]
    path = records.path_of(small.state, "a")
    old = path.read_bytes()
    STALL.inject([undo])
    orphan = server.restart(path)
    path.write_bytes(old)

    SiteLoss.heal(undo)

    assert process.name_of(orphan.pid) is None
    assert small.answers() == small.all_good()


def test_a_process_id_that_somebody_else_got_is_not_touched(carried_platform: Make) -> None:
    small = carried_platform()
    undo = FAST_FAIL.plan(small.platform)[0]
    FAST_FAIL.inject([undo])
    with subprocess.Popen(["/bin/sleep", "30"]) as stranger:
        path = records.path_of(small.state, "a")
        records.write(path, records.read(path).model_copy(update={"pid": stranger.pid}))

        SiteLoss.heal(undo)

        assert stranger.poll() is None
        stranger.kill()
    assert small.answers() == small.all_good()


def test_a_server_that_somebody_woke_is_still_replaced_when_its_proxies_are_wrong(carried_platform: Make) -> None:
    small = carried_platform()
    undo = STALL.plan(small.platform)[0]
    with closing(Server(small.records[0].api)) as client:
        proxies = client.proxies()
        proxies["a.service0--viewers"].add_toxic(type="bandwidth", attributes={"rate": 0})
        proxies["a.service1--viewers"].disable()
        client.create("127.0.0.1:9", "nobody-asked-for")

    said = SiteLoss.heal(undo)

    assert "has toxics" in said
    assert "is disabled" in said
    assert "nobody asked for" in said
    assert small.answers() == small.all_good()


def test_a_broken_record_is_told_and_not_guessed(carried_platform: Make) -> None:
    small = carried_platform()
    undo = STALL.plan(small.platform)[0]
    path = records.path_of(small.state, "a")
    kept = path.read_bytes()
    path.write_text("{")

    with pytest.raises(CouldNotHeal, match="could not be opened again") as raised:
        SiteLoss.heal(undo)

    assert str(path) in str(raised.value)
    path.write_bytes(kept)
