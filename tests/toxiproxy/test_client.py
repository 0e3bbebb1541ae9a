"""Each defect of toxiproxy-python, covered by the adapter, against a real server (or one that misbehaves for real)."""

import inspect
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import toxiproxy as library
from toxiproxy import exceptions

from switchdrill.carrier import Rung
from switchdrill.errors import BadInput, Refused, SwitchdrillError
from switchdrill.machine import process
from switchdrill_faults.toxiproxy.client import Proxy, Server
from switchdrill_faults.toxiproxy.proxy import AskedProxy, ToldProxy, same_listen
from switchdrill_faults.toxiproxy.spawn import spawn
from switchdrill_faults.toxiproxy.transport import (
    ApiError,
    InvalidToxic,
    NotAsAsked,
    NotFound,
    NotThere,
    ProxyExists,
    StateUnknown,
)

Start = Callable[[], Server]
Says = Callable[[bytes], str]
Free = Callable[[], str]

UPSTREAM = "127.0.0.1:9"


def _http(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_a_silent_server_is_given_up_in_time(net: str) -> None:
    with socket.create_server((f"{net}.9.4", 0)) as silent:
        server = Server(f"http://{net}.9.4:{silent.getsockname()[1]}", connect_s=0.2, read_s=0.2)
        before = time.monotonic()

        with pytest.raises(StateUnknown, match="does not answer"):
            server.proxies()

        assert time.monotonic() - before < 2


def test_an_answer_that_never_ends_is_given_up_in_time(net: str) -> None:
    def trickle(listener: socket.socket) -> None:
        connection, _address = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                for _number in range(100):
                    connection.sendall(b"1\r\n \r\n")
                    time.sleep(0.05)
            except OSError:
                pass

    with socket.create_server((f"{net}.9.4", 0)) as listener:
        thread = threading.Thread(target=trickle, args=(listener,), daemon=True)
        thread.start()
        server = Server(f"http://{net}.9.4:{listener.getsockname()[1]}", connect_s=0.2, read_s=0.3)
        before = time.monotonic()

        with pytest.raises(StateUnknown, match="does not end"):
            server.proxies()

        assert time.monotonic() - before < 3
        server.close()
        thread.join(timeout=10)


def test_a_500_raises_and_says_why(toxiproxy: Start, free: Free) -> None:
    server = toxiproxy()
    address = free()
    with socket.create_server((address.split(":")[0], int(address.split(":")[1]))), pytest.raises(ApiError) as raised:
        server.create(UPSTREAM, "busy", listen=address)

    assert raised.value.status == 500
    assert "address already in use" in str(raised.value)
    assert server.table() == {}


def test_enabling_on_a_stolen_port_raises_and_does_not_lie(toxiproxy: Start, free: Free) -> None:
    server = toxiproxy()
    address = free()
    proxy = server.create(UPSTREAM, "robbed", listen=address)
    proxy.disable()

    with socket.create_server((address.split(":")[0], int(address.split(":")[1]))):
        with pytest.raises(ApiError, match="500"):
            proxy.enable()

        assert proxy.enabled is False
        assert server.table()["robbed"].enabled is False

    proxy.enable()
    assert (proxy.enabled, server.table()["robbed"].enabled) == (True, True)


def test_a_server_that_says_enabled_and_is_not_is_caught(says: Says) -> None:
    told = {"name": "x", "listen": "127.0.0.1:1", "upstream": UPSTREAM, "enabled": False}
    server = Server(says(_http("200 OK", json.dumps(told).encode(), "Connection: close")))
    proxy = server.get_proxy("x")
    assert proxy is not None

    with pytest.raises(NotAsAsked, match="did not change"):
        proxy.enable()


def test_a_toxic_that_the_server_made_otherwise_is_caught(toxiproxy: Start, says: Says) -> None:
    real = toxiproxy().create(UPSTREAM, "p", listen="127.0.0.1:0")
    made = real.add_toxic(type="latency", toxicity=0.3, attributes={"latency": 5})
    assert (made.name, made.attributes) == ("latency_downstream", {"latency": 5, "jitter": 0})
    assert {name: toxic.attributes for name, toxic in real.toxics().items()} == {made.name: made.attributes}
    assert real.destroy_toxic(made.name) is True
    assert real.toxics() == {}

    proxy = ToldProxy(name="p", listen=real.listen, upstream=UPSTREAM, enabled=True)
    told = {"name": "latency_downstream", "type": "latency", "stream": "downstream", "toxicity": 1, "attributes": {}}
    liar = Proxy(proxy, Server(says(_http("200 OK", json.dumps(told).encode())))._transport)
    with pytest.raises(NotAsAsked, match="another toxic"):
        liar.add_toxic(type="latency", attributes={"latency": 5})


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"type": "latency", "attributes": {"latncy": 5}}, "no attribute 'latncy'"),
        ({"type": "bandwidth", "attributes": {"rate": -1}}, "negative"),
        ({"type": "bandwidth"}, "rate is missing"),
        ({"type": "slicer"}, "average_size"),
        ({"type": "slicer", "attributes": {"average_size": 10, "size_variation": 10}}, "average_size"),
        ({"type": "latency", "attributes": {"latency": 10, "jitter": 11}}, "jitter"),
        ({"type": "latency", "attributes": {"latency": 10**13}}, "hour"),
        ({"type": "latency", "attributes": {"latency": 2.5}}, "integer"),
        ({"type": "latency", "toxicity": 7.0}, "less than or equal to 1"),
        ({"type": "latency", "toxicity": float("nan")}, "finite"),
        ({"type": "latency", "stream": "sideways"}, "upstream"),
        ({"type": "packet_loss"}, "packet_loss"),
        ({"type": "noop", "name": "a/b"}, "deleted"),
    ],
)
def test_a_toxic_that_would_kill_the_server_or_do_nothing_is_never_sent(
    toxiproxy: Start, wanted: dict[str, object], why: str
) -> None:
    proxy = toxiproxy().create(UPSTREAM, "p", listen="127.0.0.1:0")

    with pytest.raises(BadInput) as raised:
        proxy.add_toxic(**wanted)

    assert why in str(raised.value)
    assert proxy.toxics() == {}


def test_two_servers_in_one_process_do_not_meet(toxiproxy: Start) -> None:
    one, other = toxiproxy(), toxiproxy()
    one.create(UPSTREAM, "of-one", listen="127.0.0.1:0")
    other.create(UPSTREAM, "of-other", listen="127.0.0.1:0")

    assert (set(one.proxies()), set(other.proxies())) == ({"of-one"}, {"of-other"})


def test_populating_is_one_request_and_stops_at_the_first_that_fails(toxiproxy: Start, free: Free) -> None:
    server = toxiproxy()
    hundred = [AskedProxy(name=f"p{number}", listen="127.0.0.1:0", upstream=UPSTREAM) for number in range(100)]

    made = server.populate(hundred)

    assert [proxy.name for proxy in made] == [proxy.name for proxy in hundred]
    taken = made[0].listen
    more = [AskedProxy(name=f"q{number}", listen=listen, upstream=UPSTREAM)
            for number, listen in enumerate(["127.0.0.1:0", taken, "127.0.0.1:0"])]  # fmt: skip
    with pytest.raises(ApiError, match="500"):
        server.populate(more)
    assert set(server.table()) - {proxy.name for proxy in hundred} == {"q0"}


@pytest.mark.parametrize("name", ["a/b", "", "a b", "köln", "a?b", "../x"])
def test_a_name_that_could_never_be_deleted_is_refused(toxiproxy: Start, name: str) -> None:
    server = toxiproxy()

    for call in (lambda: server.create(UPSTREAM, name), lambda: server.get_proxy(name)):
        with pytest.raises(BadInput, match="can't be the name"):
            call()
    assert server.table() == {}


def test_a_stranger_with_an_odd_name_can_still_be_seen_and_removed(toxiproxy: Start) -> None:
    server = toxiproxy()
    server._transport.ask("POST", "/proxies", send={"name": "a b%2?", "listen": "127.0.0.1:0", "upstream": UPSTREAM})

    assert server.destroy(server.proxies()["a b%2?"]) is True
    assert server.table() == {}


def test_proxies_of_the_environment_do_not_come_between(toxiproxy: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert toxiproxy().version() != ""


def test_every_status_that_is_no_success_raises(toxiproxy: Start, says: Says) -> None:
    server = toxiproxy()
    with pytest.raises(ApiError) as not_allowed:
        server._transport.ask("PATCH", "/version")
    server._transport._session.headers["User-Agent"] = "Mozilla/5.0"
    with pytest.raises(ApiError) as forbidden:
        server.version()
    with pytest.raises(StateUnknown) as busy:
        Server(says(_http("503 Service Unavailable", b"<html>Timeout</html>"))).version()
    with pytest.raises(ApiError) as elsewhere:
        Server(says(_http("302 Found", b"", "Location: http://127.0.0.1:9/"))).version()
    with pytest.raises(ApiError, match="not a Toxiproxy") as stranger:
        Server(says(_http("200 OK", b"<html>hello</html>"))).version()

    found = [raised.value.status for raised in (not_allowed, forbidden, busy, elsewhere, stranger)]
    assert found == [405, 403, 503, 302, 200]


def test_errors_are_the_librarys_and_ours_at_once(toxiproxy: Start) -> None:
    server = toxiproxy()
    proxy = server.create(UPSTREAM, "one", listen="127.0.0.1:0")

    with pytest.raises(exceptions.ProxyExists) as exists:
        server.create(UPSTREAM, "one", listen="127.0.0.1:0")
    with pytest.raises(exceptions.InvalidToxic) as invalid:
        server._transport.ask("POST", "/proxies", send={"name": "no-upstream"})
    proxy.destroy()
    with pytest.raises(exceptions.NotFound) as missing:
        proxy.destroy()

    errors = [exists.value, invalid.value, missing.value]
    assert [type(error) for error in errors] == [ProxyExists, InvalidToxic, NotFound]
    assert all(isinstance(error, SwitchdrillError) and error.where for error in errors)
    assert server.get_proxy("one") is None


def test_the_objects_are_the_librarys(toxiproxy: Start) -> None:
    server = toxiproxy()

    assert isinstance(server, library.Toxiproxy)
    assert isinstance(server.create(UPSTREAM, "one"), library.Proxy)


@pytest.mark.parametrize(("ours", "theirs"), [(Server, library.Toxiproxy), (Proxy, library.Proxy)])
def test_nothing_that_reaches_the_librarys_own_transport_is_left(ours: type, theirs: type) -> None:
    reaching = {
        name
        for name, member in vars(theirs).items()
        if inspect.isfunction(member) and not name.startswith("_") and name != "get_toxic"  # only calls toxics()
    }

    assert reaching - set(vars(ours)) == set()


def test_a_whole_server_is_never_reset_or_emptied(toxiproxy: Start) -> None:
    server = toxiproxy()
    server.create(UPSTREAM, "somebody-elses", listen="127.0.0.1:0").disable()

    for call in (server.reset, server.destroy_all, lambda: server.update_api_consumer("127.0.0.1", 1)):
        with pytest.raises(Refused):
            call()
    assert server.table()["somebody-elses"].enabled is False


def test_down_does_not_enable_what_it_could_not_disable(toxiproxy: Start) -> None:
    server = toxiproxy()
    proxy = server.create(UPSTREAM, "one", listen="127.0.0.1:0")
    with proxy.down() as closed:
        assert (closed.enabled, server.table()["one"].enabled) == (False, False)
    assert server.table()["one"].enabled is True
    proxy.destroy()

    with pytest.raises(NotFound) as raised, proxy.down():
        pytest.fail("the block must not run")

    assert raised.value.__context__ is None or not isinstance(raised.value.__context__, NotFound)


def test_a_server_that_is_gone_is_told_from_one_that_is_silent(toxiproxy: Start, free: Free) -> None:
    with pytest.raises(NotThere):
        Server(f"http://{free()}").version()


def test_a_frozen_server_is_not_running(toxiproxy_rung: Rung, tmp_path: Path, net: str) -> None:
    record = tmp_path / "state" / "carriers" / "x.json"
    record.parent.mkdir(parents=True)
    started, url = spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.9.1", port=None, not_these=())
    try:
        server = Server(url, connect_s=0.3, read_s=0.3)
        assert server.running() is True
        process.freeze(started)

        assert server.running() is False
    finally:
        process.kill(started)


@pytest.mark.parametrize(
    ("asked", "told", "same"),
    [
        ("127.0.0.1:80", "127.0.0.1:80", True),
        ("127.0.0.1:0", "127.0.0.1:41234", True),
        ("0.0.0.0:80", "[::]:80", True),
        (":80", "[::]:80", True),
        ("[::1]:80", "[0:0:0:0:0:0:0:1]:80", True),
        ("127.0.0.1:80", "127.0.0.1:81", False),
        ("127.0.0.1:80", "127.0.0.2:80", False),
        ("127.0.0.1:80", "[::]:80", False),
    ],
)
def test_listen_addresses_are_compared_as_addresses(asked: str, told: str, same: bool) -> None:
    assert same_listen(asked, told) is same
