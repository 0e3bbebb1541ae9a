"""A small platform whose DNS passes our relay: two operators' resolvers and the authority, servers of the test's."""

import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from ruamel.yaml import YAML

from switchdrill.clock import wait_until
from switchdrill.platform.model import Platform
from switchdrill_faults.names import relayed
from switchdrill_faults.names.asked import Seen, ask

PORT = 18053
WAYS = [(resolver, over) for resolver in ("one", "two", "authority") for over in ("udp", "tcp")]


class Zone:
    """What the servers behind the relay say: `live.test` and `chat.test` are somewhere, other names nowhere."""

    def __init__(self) -> None:
        self.addresses = {"live.test.": "192.0.2.10", "chat.test.": "192.0.2.20"}
        self.heard = 0

    def answer(self, wire: bytes) -> bytes:
        self.heard += 1
        query = dns.message.from_wire(wire)
        question = query.question[0]
        response = dns.message.make_response(query)
        address = self.addresses.get(question.name.to_text())
        if address is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            response.answer.append(dns.rrset.from_text(question.name, 1, "IN", "A", address))
        return response.to_wire()


class Named:
    """Stage of the contract test: platform, relay and servers; the relay is a process of its own."""

    def __init__(self, net: str, state: Path) -> None:
        self.net, self.state, self.zone = net, state, Zone()
        self.control = f"{net}.0.3:18055"
        self.file = state / "platform.yaml"
        self.process: subprocess.Popen[bytes] | None = None
        with self.file.open("w", encoding="utf-8") as file:
            YAML().dump(self.told(), file)

    def told(self) -> dict[str, object]:
        def front(name: str, number: int) -> dict[str, object]:
            relay = {"control": self.control, "upstream": f"{self.net}.0.2{number}:{PORT}"}
            return {"resolver": name, "relay": relay}

        return {
            "schema": "switchdrill.platform/v1",
            "id": "named",
            "production": False,
            "inject": True,
            "sites": {
                "a": {"role": "primary", "address": f"{self.net}.1.1"},
                "b": {"role": "standby", "address": f"{self.net}.2.1"},
            },
            "entries": {
                "live": {"name": "live.test", "port": 80},
                "chat": {"name": "chat.test", "port": 80},
            },
            "operators": {
                "one": {"resolver": f"{self.net}.0.11:{PORT}", "share": 0.5},
                "two": {"resolver": f"{self.net}.0.12:{PORT}", "share": 0.5},
            },
            "authority": f"{self.net}.0.1:{PORT}",
            "names": [front("one", 1), front("two", 2), front("authority", 3)],
            "probes": [
                {"name": "dns", "kind": "dns", "through": "operators", "entry": "live", "every": "1s", "timeout": "1s"}
            ],
            "state": str(self.state),
        }

    def start(self) -> None:
        """Fine when it runs."""
        if self.process is not None and self.process.poll() is None:
            return
        argv = [sys.executable, "-m", "switchdrill_faults.names.relay", "--platform", str(self.file)]
        with (self.state / "relay.log").open("ab") as log:
            self.process = subprocess.Popen(argv, stderr=log, stdin=subprocess.DEVNULL)
        wait_until(
            lambda: relayed.hits(self.control) is not None,
            within_s=20, every_s=0.01, what="the relay", saw=(self.state / "relay.log").read_text,
        )  # fmt: skip

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(5)

    def ask(
        self, resolver: str, transport: str = "udp", name: str = "live.test", kind: str = "A", within_s: float = 2.0
    ) -> Seen:
        return ask(str(self.on_paper().asked_at(resolver)), name, kind, transport, within_s=within_s)

    # As a stage

    def on_paper(self, fence: list[str] | None = None) -> Platform:
        return Platform.model_validate({**self.told(), "commands": {"fence": fence} if fence else {}})

    def running(self, fence: list[str] | None = None) -> Platform:
        self.start()
        return self.on_paper(fence)

    def everything(self) -> dict[str, str]:
        found = {str(path): "there" for path in sorted(self.state.rglob("*")) if path.is_file()}
        with ThreadPoolExecutor(len(WAYS)) as clients:
            answers = clients.map(lambda way: self.ask(*way), WAYS)
            for way, seen in zip(WAYS, answers, strict=True):
                found[" ".join(way)] = f"{seen.rcode} {seen.addresses} {seen.ttl_s} {seen.is_truncated}"
        return {**found, "rules": str(sorted(relayed.hits(self.control) or {}))}

    def is_good(self) -> bool:
        """A relay that was killed is started by whoever it belongs to, never by healing."""
        self.start()
        is_answered = all(self.ask(*way).addresses == ["192.0.2.10"] for way in WAYS)
        return is_answered and not relayed.hits(self.control)

    def kill_what_breaks(self, site: str) -> None:  # the stages' own
        self.kill()

    def end(self) -> None:
        self.kill()

    def what_runs(self) -> list[str]:
        return [] if self.process is None or self.process.poll() is not None else ["relay"]


@contextmanager
def serving(zone: Zone, host: str) -> Iterator[None]:
    """One server behind the relay, over UDP and TCP."""

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, listener = self.request
            listener.sendto(zone.answer(wire), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while head := self.rfile.read(2):
                wire = zone.answer(self.rfile.read(int.from_bytes(head, "big")))
                self.wfile.write(len(wire).to_bytes(2, "big") + wire)

    class Streams(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False
        address_family = socket.AF_INET

    with ExitStack() as stack:
        for server in (socketserver.UDPServer((host, PORT), Datagram), Streams((host, PORT), Stream)):
            stack.enter_context(server)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield


@contextmanager
def named_platform(net: str, state: Path) -> Iterator[Named]:
    named = Named(net, state)
    with ExitStack() as stack:
        for number in (1, 2, 3):
            stack.enter_context(serving(named.zone, f"{net}.0.2{number}"))
        stack.callback(named.kill)
        yield named
