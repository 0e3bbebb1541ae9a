"""The unwrapped library against the real server: when either changes, this is where it is seen first."""

import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import toxiproxy as library
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import ProxyExists

from switchdrill_faults.toxiproxy.client import Server


def test_the_unwrapped_library_still_works_and_still_needs_the_adapter(
    toxiproxy: Callable[[], Server], free: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = urlsplit(toxiproxy().url)
    monkeypatch.setattr(APIConsumer, "host", url.hostname)
    monkeypatch.setattr(APIConsumer, "port", url.port)
    server = library.Toxiproxy()
    address = free()
    host, port = address.split(":")

    # What the adapter relies on.
    assert server.running() is True
    assert set(json.loads(server.version())) == {"version"}
    proxy = server.create(upstream="127.0.0.1:9", name="one", listen=address)
    assert (proxy.name, proxy.listen, proxy.upstream, proxy.enabled) == ("one", address, "127.0.0.1:9", True)
    assert set(server.proxies()) == {"one"}
    with pytest.raises(ProxyExists):
        server.create(upstream="127.0.0.1:9", name="one")
    proxy.add_toxic(type="latency", attributes={"latency": 5})
    toxic = proxy.get_toxic("latency_downstream")
    assert (toxic.type, toxic.stream, toxic.toxicity, toxic.attributes) == (
        "latency", "downstream", 1, {"latency": 5, "jitter": 0}
    )  # fmt: skip
    assert proxy.destroy_toxic("latency_downstream") is True

    # What the adapter is for. One of these failing is good news: a defect is gone, and so may be our cover for it.
    proxy.add_toxic(type="latency", name="typo", attributes={"latncy": 5})
    assert proxy.get_toxic("typo").attributes == {"latency": 0, "jitter": 0}
    proxy.disable()
    with socket.create_server((host, int(port))):
        assert proxy.enable() is None
        assert proxy.enabled is True
        assert server.get_proxy("one").enabled is False
        with pytest.raises(KeyError, match="name"):
            server.create(upstream="127.0.0.1:9", name="two", listen=address)
    assert APIConsumer.delete("/version").status_code == 405  # no error: a failed call looks like any other
