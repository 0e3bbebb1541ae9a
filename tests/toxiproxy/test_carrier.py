"""One server a site: started with exactly its proxies, proven to be ours, ended without a trace."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import switchdrill.carrier
from switchdrill.carrier import Rung
from switchdrill.errors import CouldNotHeal, CouldNotStart
from switchdrill.machine import process
from switchdrill.machine.process import ProcessName
from switchdrill.platform.ports import holder_of, listens
from switchdrill_faults.toxiproxy import carrier, records, server
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.spawn import marked, spawn

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py


def _says_back(endpoint: tuple[str, int]) -> bytes:
    with socket.create_connection(endpoint, timeout=2) as client:
        client.settimeout(2)
        client.sendall(b"hello\n")
        return client.recv(100)


def test_the_entry_point_finds_this_carrier() -> None:
    assert switchdrill.carrier.carrier() is carrier


def test_every_site_gets_a_server_with_exactly_its_proxies(carried_platform: Make) -> None:
    small = carried_platform(links=3)

    assert [record.site for record in small.records] == ["a", "b"]
    a, b = small.records
    with closing(Server(a.api)) as of_a, closing(Server(b.api)) as of_b:
        names_of_a = {"a.service0--viewers", "a.service1--viewers", "a.service2--viewers", "a.service--b.service.out"}
        assert (set(of_a.table()), set(of_b.table())) == (names_of_a, {"a.service--b.service.in"})
    assert {_says_back(endpoint) for endpoint in small.endpoints("a") + small.endpoints("b")} == {b"hello\n"}
    assert [records.read(records.path_of(small.state, record.site)) for record in small.records] == small.records


def test_a_servers_control_plane_is_on_the_sites_address_below_the_ephemeral_ports(
    carried_platform: Make, net: str
) -> None:
    record = carried_platform().records[0]

    host, port = record.api.removeprefix("http://").split(":")
    assert host == f"{net}.1.1"
    assert 20000 <= int(port) < 32768
    assert listens(record.pid, host, int(port))


def test_a_servers_log_is_a_file_and_not_a_pipe_that_fills(carried_platform: Make) -> None:
    small = carried_platform()

    for _number in range(300):
        _says_back(small.endpoints("a")[0])
    with closing(Server(small.records[0].api)) as client:
        assert len(client.table()) == 3
    assert Path(small.records[0].log).stat().st_size < 10_000


def test_a_taken_address_is_named_with_its_link_and_holder_and_nothing_stays(
    small_platform: Make, toxiproxy_rung: Rung, net: str
) -> None:
    small = small_platform()
    program = (
        f"import socket, sys\ns = socket.create_server(('{net}.2.1', 18391))\nprint('on', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()

        with pytest.raises(CouldNotStart) as raised:
            carrier.start(small.platform, small.state, toxiproxy_rung)

        assert holder.stdin is not None
        holder.stdin.close()
    told = str(raised.value)
    assert f"{net}.2.1:18391" in told
    assert "a.service--b.service.in" in told
    assert f"pid {holder.pid}" in told
    assert "create_server" in told
    assert raised.value.exit_code == 3
    assert list(marked(small.state)) == []
    assert records.found_in(small.state) == []


def test_stopping_twice_is_fine_and_leaves_nothing_but_logs(carried_platform: Make) -> None:
    small = carried_platform()
    pids = [record.pid for record in small.records]

    carrier.stop(small.state)
    carrier.stop(small.state)

    assert [pid for pid in pids if process.name_of(pid)] == []
    assert sorted(path.name for path in (small.state / "carriers").iterdir()) == ["a.log", "b.log"]
    assert list(marked(small.state)) == []


def test_a_server_whose_starter_died_before_it_wrote_the_record_is_found_and_ended(carried_platform: Make) -> None:
    small = carried_platform()
    for record in small.records:
        records.path_of(small.state, record.site).unlink()

    carrier.stop(small.state)

    assert [record.pid for record in small.records if process.name_of(record.pid)] == []


def test_stopping_ends_frozen_servers_too(carried_platform: Make) -> None:
    small = carried_platform()
    server.freeze(small.records[0])

    carrier.stop(small.state)

    assert process.name_of(small.records[0].pid) is None


def test_starting_twice_is_refused_and_harms_nothing(carried_platform: Make, toxiproxy_rung: Rung) -> None:
    small = carried_platform()

    with pytest.raises(CouldNotStart, match="carried already"):
        carrier.start(small.platform, small.state, toxiproxy_rung)

    assert _says_back(small.endpoints("a")[0]) == b"hello\n"


def test_what_a_dead_starter_left_is_cleared_before_a_new_start(carried_platform: Make, toxiproxy_rung: Rung) -> None:
    small = carried_platform()
    old = [record.pid for record in small.records]
    records.path_of(small.state, "a").unlink()
    records.path_of(small.state, "b").unlink()

    small.records = list(carrier.start(small.platform, small.state, toxiproxy_rung))

    assert [pid for pid in old if process.name_of(pid)] == []
    assert _says_back(small.endpoints("a")[0]) == b"hello\n"


def test_alive_is_answering_or_frozen_on_purpose(carried_platform: Make) -> None:
    record = carried_platform().records[0]
    assert carrier.is_alive(record) is True

    server.freeze(record)
    assert carrier.is_alive(record) is True

    server.kill(record)
    assert carrier.is_alive(record) is False


def test_a_process_that_got_the_old_servers_id_is_not_taken_for_it(carried_platform: Make) -> None:
    small = carried_platform()
    stranger = small.records[0].model_copy(update={"pid": os.getpid()})
    records.write(records.path_of(small.state, "a"), stranger)

    assert carrier.is_alive(stranger) is False
    with pytest.raises(CouldNotStart, match="gone"):
        server.freeze(stranger)


def test_a_taken_api_port_is_left_to_its_holder(toxiproxy_rung: Rung, tmp_path: Path, net: str) -> None:
    record = tmp_path / "state" / "carriers" / "x.json"
    record.parent.mkdir(parents=True)
    with socket.create_server((f"{net}.1.1", 20017)):
        started, api = spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.1.1", port=20017, not_these=())
        try:
            assert api != f"http://{net}.1.1:20017"
            with closing(Server(api)) as client:
                assert client.running() is True
        finally:
            process.kill(started)


def test_a_server_that_lives_without_an_api_is_no_server(toxiproxy_rung: Rung, tmp_path: Path, net: str) -> None:
    """What Toxiproxy does when its port is taken between our look and its start."""
    first = _toxiproxy(toxiproxy_rung, tmp_path, net)
    second = _toxiproxy(toxiproxy_rung, tmp_path, net)
    try:
        with closing(Server(f"http://{net}.1.1:20018")) as client:
            switchdrill.clock.wait_until(client.running, within_s=5, what="the first server")
        switchdrill.clock.wait_until(
            lambda: "address already in use" in (tmp_path / "log").read_text(),
            within_s=5,
            what="the second's complaint",
        )

        owners = [listens(each.pid, f"{net}.1.1", 20018) for each in (first, second)]

        assert sorted(owners) == [False, True]
        assert [process.is_running(each) for each in (first, second)] == [True, True]
    finally:
        process.kill(first)
        process.kill(second)


def _toxiproxy(rung: Rung, folder: Path, net: str) -> ProcessName:
    argv = [rung.binary, "-host", f"{net}.1.1", "-port", "20018"]
    return process.start_detached(argv, log=folder / "log", owner=folder)


def test_a_broken_binary_is_told_with_its_log(small_platform: Make, tmp_path: Path) -> None:
    broken = tmp_path / "toxiproxy-server"
    broken.write_text("#!/bin/sh\necho no space left\nexit 1\n")
    broken.chmod(0o755)
    small = small_platform()

    with pytest.raises(CouldNotStart, match="did not come up") as raised:
        carrier.start(small.platform, small.state, Rung(name="test", says="", binary=str(broken)))

    assert "it ended" in str(raised.value)
    assert str(small.state / "carriers" / "a.log") in str(raised.value)


def test_a_record_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "carriers").mkdir()
    (tmp_path / "carriers" / "a.json").write_text("{")

    with pytest.raises(CouldNotHeal, match="can't be read") as raised:
        carrier.stop(tmp_path)

    assert str(tmp_path / "carriers" / "a.json") in str(raised.value)


def test_twenty_restarts_in_a_row_meet_no_taken_address(carried_platform: Make) -> None:
    small = carried_platform(links=5)
    path = records.path_of(small.state, "a")

    apis = {server.restart(path).api for _number in range(20)}

    assert apis == {small.records[0].api}
    assert _says_back(small.endpoints("a")[0]) == b"hello\n"
    assert len(list(marked(small.state))) == 2


def test_the_holder_of_an_address_is_seen_on_wildcards_and_ipv6(net: str) -> None:
    with socket.create_server(("0.0.0.0", 0)) as everywhere:
        assert f"pid {os.getpid()}" in holder_of(f"{net}.1.1", everywhere.getsockname()[1])
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as six:
        assert listens(os.getpid(), "::1", six.getsockname()[1]) is True
    assert "nobody" in holder_of(f"{net}.1.1", 1)


def test_on_a_foreign_server_only_our_own_proxies_are_made_and_deleted(
    small_platform: Make, toxiproxy: Callable[[], Server], toxiproxy_rung: Rung
) -> None:
    foreign = toxiproxy()
    foreign.create("127.0.0.1:9", "theirs", listen="127.0.0.1:0").add_toxic(type="latency", attributes={"latency": 7})
    foreign.create("127.0.0.1:9", "switchdrill-00000000-of-another-run", listen="127.0.0.1:0").disable()
    before = json.dumps(foreign._transport.ask("GET", "/proxies"), sort_keys=True)
    small = small_platform(carried="foreign")

    made = carrier.start(small.platform, small.state, Rung(name="environment URL", says="", url=foreign.url))

    assert {record.owned for record in made} == {"foreign"}
    assert {record.prefix for record in made} != {""}
    assert _says_back(small.endpoints("a")[0]) == b"hello\n"
    assert all(carrier.is_alive(record) for record in made)
    carrier.stop(small.state)
    carrier.stop(small.state)
    assert json.dumps(foreign._transport.ask("GET", "/proxies"), sort_keys=True) == before


def test_a_foreign_server_that_cannot_take_our_proxies_is_left_as_it_was(
    small_platform: Make, toxiproxy: Callable[[], Server], net: str
) -> None:
    foreign = toxiproxy()
    small = small_platform(carried="foreign")

    with socket.create_server((f"{net}.2.1", 18391)), pytest.raises(CouldNotStart, match=f"{net}.2.1:18391"):
        carrier.start(small.platform, small.state, Rung(name="environment URL", says="", url=foreign.url))

    assert foreign.table() == {}
    assert records.found_in(small.state) == []


def test_a_foreign_server_that_is_silent_keeps_our_record_until_it_answers(
    small_platform: Make, toxiproxy_rung: Rung, tmp_path: Path, net: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchdrill_faults.toxiproxy.foreign._PATIENCE_S", 0.3)
    record = tmp_path / "foreign" / "carriers" / "x.json"
    record.parent.mkdir(parents=True)
    started, url = spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.9.1", port=None, not_these=())
    try:
        small = small_platform(carried="foreign")
        carrier.start(small.platform, small.state, Rung(name="environment URL", says="", url=url))
        process.freeze(started)

        with pytest.raises(CouldNotHeal, match="can't be removed"):
            carrier.stop(small.state)

        assert len(records.found_in(small.state)) == 2
        os.kill(started.pid, signal.SIGCONT)
        carrier.stop(small.state)
        with closing(Server(url)) as client:
            assert client.table() == {}
    finally:
        process.kill(started)


def test_our_proxies_are_gone_with_a_foreign_server_that_is_gone(
    small_platform: Make, toxiproxy_rung: Rung, tmp_path: Path, net: str
) -> None:
    record = tmp_path / "foreign" / "carriers" / "x.json"
    record.parent.mkdir(parents=True)
    started, url = spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.9.1", port=None, not_these=())
    small = small_platform(carried="foreign")
    made = carrier.start(small.platform, small.state, Rung(name="environment URL", says="", url=url))
    process.kill(started)

    assert [carrier.is_alive(record) for record in made] == [False, False]
    carrier.stop(small.state)
    assert records.found_in(small.state) == []
