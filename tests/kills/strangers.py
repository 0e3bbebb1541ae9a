"""Things of others beside ours, of every kind that a fault touches; equal to the byte: nobody touched them."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from switchdrill.machine import process
from switchdrill_faults.packets import nft
from switchdrill_faults.toxiproxy import carrier, spawn
from switchdrill_faults.toxiproxy.client import Server
from tests.kills.ground import image_of, local_engine

RULES = """\
add table inet {name}
add chain inet {name} input {{ type filter hook input priority 7; }}
add rule inet {name} input ip saddr 203.0.113.7 drop
add set inet {name} friends {{ type ipv4_addr; elements = {{ 198.51.100.1, 198.51.100.2 }} }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """A Toxiproxy server with proxies and toxics, a table in the packet filter, a container that runs."""

    name: str
    api: str

    def everything(self) -> dict[str, str]:
        proxies = requests.get(f"{self.api}/proxies", timeout=5).text
        return {"proxies": proxies, "rules": _nft("list", "table", "inet", self.name), "container": self._container()}

    def _container(self) -> str:
        told = local_engine().use("inspect", lambda client: client.api.inspect_container(self.name))
        return json.dumps(told, sort_keys=True)


@contextmanager
def strangers(folder: Path) -> Iterator[Strangers]:
    name, engine = f"theirs-{os.getpid()}", local_engine()
    table = name.replace("-", "_")
    record = folder / "carriers" / "x.json"
    record.parent.mkdir(parents=True)
    with ExitStack() as stack:
        binary = carrier.provide().binary
        started, api = spawn.spawn(record, binary=binary, host="127.0.0.1", port=None, not_these=())
        stack.callback(process.kill, started)
        server = Server(api)
        stack.callback(server.close)
        for number in range(2):
            server.create("127.0.0.1:9", f"theirs{number}", listen="127.0.0.1:0")
        server.proxies()["theirs0"].add_toxic(name="slow", type="latency", attributes={"latency": 7})
        server.proxies()["theirs1"].disable()
        subprocess.run([nft.found("nft"), "-f", "-"], input=RULES.format(name=table), text=True, check=True)
        stack.callback(_nft, "delete", "table", "inet", table)
        image = stack.enter_context(image_of(engine, name))
        api_ = engine.use("api", lambda client: client.api)
        engine.use("create", lambda _client: api_.create_container(image, ["sleep", "600"], name=table))
        stack.callback(engine.remove, table)
        engine.start(table)
        yield Strangers(name=table, api=api)


def _nft(*words: str) -> str:
    return subprocess.run([nft.found("nft"), *words], capture_output=True, text=True, check=True).stdout
