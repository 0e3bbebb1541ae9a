"""The loss of a site: what clients see, how fast, and what the way home promises."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from switchdrill.carrier import Rung
from switchdrill.errors import BadInput, CouldNotHeal, CouldNotStart, Refused
from switchdrill.machine import process
from switchdrill.record.samples import Outcome
from switchdrill_faults import SiteLoss
from switchdrill_faults.toxiproxy import carrier, records, server, spawn
from switchdrill_faults.toxiproxy.client import Server

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py

STALL = SiteLoss(site="primary", shape="stall")
FAST_FAIL = SiteLoss(site="primary", shape="fast_fail")


def _connected(endpoint: tuple[str, int]) -> socket.socket:
    """A client in the middle of its business: it has sent a line and got it back."""
    client = socket.create_connection(endpoint, timeout=2)
    client.sendall(b"before\n")
    assert client.recv(100) == b"before\n"
    return client


def test_a_stalled_site_connects_and_is_silent_on_every_link(carried_platform: Make) -> None:
    small = carried_platform(links=3)
    with _connected(small.endpoints("a")[0]) as client:
        STALL.inject(STALL.plan(small.platform))

        client.sendall(b"during\n")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(100)

    answers = small.answers()
    assert {answers[endpoint] for endpoint in small.endpoints("a")} == {"silent"}
    assert {answers[endpoint] for endpoint in small.endpoints("b")} == {"good"}


def test_a_site_that_fails_fast_refuses_within_milliseconds(carried_platform: Make) -> None:
    small = carried_platform(links=3)
    with _connected(small.endpoints("a")[0]) as client:
        FAST_FAIL.inject(FAST_FAIL.plan(small.platform))

        client.settimeout(1)
        try:
            assert client.recv(100) == b""
        except ConnectionResetError:
            pass

    took_ms = []
    for endpoint in small.endpoints("a"):
        before = time.perf_counter()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(endpoint, timeout=2)
        took_ms.append((time.perf_counter() - before) * 1000)
    assert max(took_ms) < 50
    assert small.answers()[small.endpoints("b")[0]] == "good"


def test_all_links_of_a_site_fail_in_one_instant(carried_platform: Make) -> None:
    small = carried_platform(links=20)
    undos = FAST_FAIL.plan(small.platform)
    ended_ns: list[int] = []
    with selectors.DefaultSelector() as waiting:
        clients = [_connected(endpoint) for endpoint in small.endpoints("a")[:20]]
        for client in clients:
            waiting.register(client, selectors.EVENT_READ)

        before_ns = time.monotonic_ns()
        FAST_FAIL.inject(undos)
        while len(ended_ns) < len(clients):
            ready = waiting.select(timeout=2)
            assert ready, f"only {len(ended_ns)} of {len(clients)} connections ended"
            now = time.monotonic_ns()
            for key, _events in ready:
                waiting.unregister(key.fileobj)
                ended_ns.append(now)
        for client in clients:
            client.close()

    spread_ms = (max(ended_ns) - min(ended_ns)) / 1e6
    whole_ms = (max(ended_ns) - before_ns) / 1e6
    sys.stdout.write(f"20 links: first to last {spread_ms:.2f} ms, signal to last {whole_ms:.2f} ms\n")
    assert len(ended_ns) == 20
    assert whole_ms < 100


def test_all_links_of_a_site_fall_silent_in_one_instant(carried_platform: Make) -> None:
    """Twenty clients ping without a pause; after the freeze nobody is answered any more."""
    small = carried_platform(links=20)
    undos = STALL.plan(small.platform)
    last_answer_ns: dict[int, int] = {}
    with selectors.DefaultSelector() as waiting:
        clients = [_connected(endpoint) for endpoint in small.endpoints("a")[:20]]
        for client in clients:
            waiting.register(client, selectors.EVENT_READ)
            client.sendall(b"x\n")
        _ping(waiting, last_answer_ns, for_s=0.3)
        before_ns = time.monotonic_ns()
        STALL.inject(undos)
        after_ns = time.monotonic_ns()
        _ping(waiting, last_answer_ns, for_s=0.02)  # what was in a socket's buffer already
        frozen = dict(last_answer_ns)
        _ping(waiting, last_answer_ns, for_s=0.3)
        for client in clients:
            client.close()

    sys.stdout.write(f"frozen within {(after_ns - before_ns) / 1e6:.2f} ms\n")
    assert len(frozen) == 20
    assert last_answer_ns == frozen
    assert (after_ns - before_ns) / 1e6 < 50


def _ping(waiting: selectors.BaseSelector, last_answer_ns: dict[int, int], *, for_s: float) -> None:
    until = time.monotonic() + for_s
    while time.monotonic() < until:
        for key, _events in waiting.select(timeout=0.01):
            client = key.fileobj
            assert isinstance(client, socket.socket)
            client.recv(100)
            last_answer_ns[key.fd] = time.monotonic_ns()
            client.sendall(b"x\n")


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


def test_healing_a_whole_site_restarts_nothing_and_fences_nothing(carried_platform: Make, tmp_path: Path) -> None:
    fenced = tmp_path / "fenced"
    small = carried_platform(fence=["/usr/bin/touch", str(fenced)])
    undo = STALL.plan(small.platform)[0]

    said = SiteLoss.heal(undo)

    assert "nothing was done" in said
    assert process.name_of(small.records[0].pid) is not None
    assert not fenced.exists()


def test_what_clients_asked_of_a_frozen_server_is_never_done(carried_platform: Make) -> None:
    """A gift that was sent into the silence must not be booked ten minutes later, when its sender has long given up."""
    small = carried_platform()
    undo = STALL.plan(small.platform)[0]
    with _connected(small.endpoints("a")[0]) as client:
        STALL.inject([undo])
        client.sendall(b"a late gift\n")
    with socket.create_connection(small.endpoints("a")[0], timeout=1) as late:
        late.sendall(b"another late gift\n")

    SiteLoss.heal(undo)
    time.sleep(0.2)

    assert [line for line in small.upstream.heard if b"gift" in line] == []


def test_a_site_is_fenced_before_its_way_is_opened(carried_platform: Make, net: str, tmp_path: Path) -> None:
    """The fence command itself looks whether the site can be reached while it runs."""
    seen = tmp_path / "seen.json"
    look = (
        "import json, socket, sys\n"
        "def look():\n"
        "    try:\n"
        f"        socket.create_connection(('{net}.1.1', 18301), timeout=1).close(); return 'open'\n"
        "    except OSError as problem:\n"
        "        return type(problem).__name__\n"
        f"open({str(seen)!r}, 'w').write(json.dumps([sys.argv[1], look()]))\n"
    )
    small = carried_platform(fence=[sys.executable, "-c", look, "{site}"])
    undo = FAST_FAIL.plan(small.platform)[0]
    FAST_FAIL.inject([undo])

    said = SiteLoss.heal(undo)

    assert json.loads(seen.read_text()) == ["a", "ConnectionRefusedError"]
    assert "fenced" in said
    assert small.answers() == small.all_good()


@pytest.mark.parametrize("fault", [STALL, FAST_FAIL], ids=repr)
@pytest.mark.parametrize(
    ("fence", "why"),
    [
        (["/bin/sh", "-c", "echo the standby does not answer >&2; exit 7"], "the standby does not answer"),
        (["/bin/sh", "-c", "/bin/sleep 60"], "not done within 0.3 s"),
        (["/nowhere/fence"], "No such file"),
    ],
)
def test_when_fencing_fails_the_way_stays_closed(
    fault: SiteLoss, fence: list[str], why: str, carried_platform: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchdrill_faults.fence._LIMIT_S", 0.3)
    small = carried_platform(fence=fence)
    undo = fault.plan(small.platform)[0]
    fault.inject([undo])
    broken = small.answers()

    for _twice in range(2):
        with pytest.raises(CouldNotHeal) as raised:
            SiteLoss.heal(undo)

    assert why in str(raised.value)
    assert raised.value.exit_code == 4
    assert "switchdrill heal" in (raised.value.now or "")
    assert small.answers() == broken
    mended = undo.model_copy(update={"facts": {**undo.facts, "fence": ["/bin/true"]}})
    SiteLoss.heal(mended)
    assert small.answers() == small.all_good()


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


def test_two_healers_at_once_fence_once_and_restart_once(carried_platform: Make, tmp_path: Path) -> None:
    count = tmp_path / "fenced"
    small = carried_platform(fence=["/bin/sh", "-c", f"echo fenced >> {count}; sleep 0.3"])
    undo = STALL.plan(small.platform)[0]
    STALL.inject([undo])
    program = (
        "import sys; from switchdrill.fault import catalogue; from switchdrill.undo import Undo\n"
        "undo = Undo.model_validate_json(sys.argv[1])\n"
        "print(catalogue()[undo.kind].heal(undo))"
    )

    healers = [
        subprocess.Popen([sys.executable, "-c", program, undo.model_dump_json()], stdout=subprocess.PIPE, text=True)
        for _twice in range(2)
    ]
    said = [healer.communicate(timeout=60)[0] for healer in healers]

    assert [healer.returncode for healer in healers] == [0, 0]
    assert count.read_text() == "fenced\n", said
    assert len(list(spawn.marked(small.state))) == 2
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


def test_breaking_a_site_whose_server_is_gone_says_so(carried_platform: Make) -> None:
    small = carried_platform()
    os.kill(small.records[0].pid, signal.SIGKILL)
    switched = STALL.plan(small.platform), FAST_FAIL.plan(small.platform)

    for fault, undos in zip((STALL, FAST_FAIL), switched, strict=True):
        with pytest.raises(CouldNotStart, match="gone"):
            fault.inject(undos)


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


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (SiteLoss(site="nowhere", shape="stall"), "there are a (primary), b (standby), c (witness)"),
        (SiteLoss(site="witness", shape="stall"), "no link of site c"),
        (SiteLoss(site="primary", shape="blackhole"), "packet path"),
        (SiteLoss(site="primary", shape="power_off"), "packet path"),
        (SiteLoss(site="primary", shape="explode"), "stall, fast_fail"),
    ],
)
def test_a_loss_that_this_platform_cannot_have_is_refused_with_the_reason(
    fault: SiteLoss, why: str, small_platform: Make
) -> None:
    with pytest.raises(Refused) as raised:
        fault.plan(small_platform().platform)

    assert why in str(raised.value)
    assert raised.value.exit_code == 3


def test_a_loss_that_no_probe_could_see_is_refused(small_platform: Make) -> None:
    platform = small_platform().platform
    blind = platform.model_copy(
        update={"probes": [probe.model_copy(update={"kind": "http"}) for probe in platform.probes]}
    )

    with pytest.raises(Refused, match="no hls probe goes straight to site a"):
        STALL.plan(blind)


def test_a_platform_without_a_folder_is_refused(small_platform: Make) -> None:
    with pytest.raises(Refused, match="no folder"):
        STALL.plan(small_platform().platform.model_copy(update={"state": None}))


@pytest.mark.parametrize("wrong", [{"site": ""}, {"site": 1}, {"shape": None}, {"shape": ""}])
def test_parameters_that_can_not_be_right_are_bad_input(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="SiteLoss"):
        SiteLoss(**{"site": "primary", "shape": "stall", **wrong})


def test_each_shape_is_seen_as_what_it_is(small_platform: Make) -> None:
    platform = small_platform().platform

    seen = [fault.effect(fault.plan(platform)) for fault in (STALL, FAST_FAIL)]

    assert [effect.outcomes for effect in seen] == [[Outcome.TIMED_OUT], [Outcome.REFUSED, Outcome.RESET]]
    assert {effect.site for effect in seen} == {"a"}
    assert {effect.within_s for effect in seen} == {
        2.4
    }  # time-out 1 s, twice the pace of 200 ms, 1 s for a busy machine


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


def _theirs(server: Server) -> str:
    everything = server._transport.ask("GET", "/proxies")
    assert isinstance(everything, dict)
    return json.dumps({name: each for name, each in everything.items() if name.startswith("theirs")}, sort_keys=True)


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
