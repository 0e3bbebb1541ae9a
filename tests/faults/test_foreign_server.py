"""The loss of a site that somebody else's Toxiproxy server carries: what is not ours stays as it is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from switchdrill.carrier import Rung
from switchdrill.errors import CouldNotHeal, Refused
from switchdrill.machine import process
from switchdrill_faults import SiteLoss
from switchdrill_faults.toxiproxy import carrier, spawn
from switchdrill_faults.toxiproxy.client import Server
from tests.faults.losses import FAST_FAIL, STALL, Make


@pytest.fixture
def foreign(
    small_platform: Make, toxiproxy_rung: Rung, tmp_path: Path, net: str
) -> Iterator[tuple[Any, Server, process.ProcessName]]:
    """A platform that is carried by somebody else's server, which has proxies of its own."""
    record = tmp_path / "theirs" / "carriers" / "x.json"
    record.parent.mkdir(parents=True)
    started, url = spawn.spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.9.1", port=None, not_these=())
    theirs = Server(url)
    theirs.create("127.0.0.1:9", "theirs", listen="127.0.0.1:0").add_toxic(type="latency", attributes={"latency": 7})
    theirs.create("127.0.0.1:9", "theirs-disabled", listen="127.0.0.1:0").disable()
    small = small_platform(carried="foreign", links=3)
    small.records = list(carrier.start(small.platform, small.state, Rung(name="environment URL", says="", url=url)))
    yield small, theirs, started
    process.kill(started)
    theirs.close()


def test_on_a_foreign_server_others_proxies_are_the_same_to_the_byte(foreign: tuple[Any, Server, object]) -> None:
    small, theirs, _started = foreign
    undo = FAST_FAIL.plan(small.platform)[0]
    before = _theirs(theirs)

    FAST_FAIL.inject([undo])
    answers = small.answers()
    assert {answers[endpoint] for endpoint in small.endpoints("a")} == {"refused"}
    assert _theirs(theirs) == before
    for _twice in range(2):
        SiteLoss.heal(undo)
        assert _theirs(theirs) == before
    assert small.answers() == small.all_good()
    carrier.stop(small.state)

    assert _theirs(theirs) == before
    assert set(theirs.table()) == {"theirs", "theirs-disabled"}


def _theirs(server: Server) -> str:
    everything = server._transport.ask("GET", "/proxies")
    assert isinstance(everything, dict)
    return json.dumps({name: each for name, each in everything.items() if name.startswith("theirs")}, sort_keys=True)


def test_on_a_foreign_server_a_stall_is_refused(foreign: tuple[Any, Server, object]) -> None:
    small, _theirs_server, _started = foreign
    as_ours = small.platform.model_copy(update={"carried": "ours"})

    with pytest.raises(Refused, match="not ours"):
        STALL.plan(small.platform)
    with pytest.raises(Refused, match="not ours"):  # whatever the plan believed
        STALL.inject(STALL.plan(as_ours))
    assert small.answers() == small.all_good()


def test_on_a_foreign_server_that_was_started_again_our_proxies_are_made_again(
    foreign: tuple[Any, Server, process.ProcessName], toxiproxy_rung: Rung, tmp_path: Path, net: str
) -> None:
    small, theirs, started = foreign
    undo = FAST_FAIL.plan(small.platform)[0]
    FAST_FAIL.inject([undo])
    process.kill(started)
    with pytest.raises(CouldNotHeal, match="does not answer"):
        SiteLoss.heal(undo)
    record = tmp_path / "theirs-again" / "carriers" / "x.json"
    record.parent.mkdir(parents=True)
    port = int(theirs.url.rsplit(":", 1)[1])
    again, url = spawn.spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.9.1", port=port, not_these=())
    try:
        assert url == theirs.url

        SiteLoss.heal(undo)

        answers = small.answers()
        assert {answers[endpoint] for endpoint in small.endpoints("a")[:3]} == {"good"}
    finally:
        process.kill(again)
