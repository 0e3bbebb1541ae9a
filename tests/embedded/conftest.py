"""A whole embedded platform for tests: its real processes, and a stand-in for the servers that carry links."""

import asyncio
import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dns.message
import dns.query
import pytest

from switchdrill import yamlfile
from switchdrill.clock import now_ns, wait_until
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform

HERE = Path(__file__).resolve().parents[2] / "drills" / "platforms" / "embedded"
OPEN, CUT, STALLED = "open", "cut", "stalled"


class Carriers:
    """Plain TCP forwarders, one per hop, that can be cut or stalled by site: what Toxiproxy is in a drill."""

    def __init__(self, platform: Platform) -> None:
        self._loop = asyncio.new_event_loop()
        self._hops = [
            Hop(site=hop.site, link=link.name, listen=split_endpoint(hop.listen), upstream=split_endpoint(hop.upstream))
            for link in platform.links
            for hop in link.hops
        ]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        for hop in self._hops:
            self._run(hop.become(OPEN))

    def site(self, site: str, mode: str) -> int:
        """Cut, stall or open every hop that a site carries; the instant after the last one."""
        for hop in self._hops:
            if hop.site == site:
                self._run(hop.become(mode))
        return now_ns()

    def link(self, name: str, mode: str) -> None:
        for hop in self._hops:
            if hop.link == name:
                self._run(hop.become(mode))

    def close(self) -> None:
        for hop in self._hops:
            self._run(hop.become(CUT))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2)
        self._loop.close()

    def _run(self, work: "asyncio.coroutines.Coroutine[None, None, None]") -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)


class Hop:
    """One forwarder. Stalled: connects, then silence; opening again drops what hung, as a restarted server does."""

    def __init__(self, *, site: str, link: str, listen: tuple[str, int], upstream: tuple[str, int]) -> None:
        self.site = site
        self.link = link
        self._listen = listen
        self._upstream = upstream
        self._mode = CUT
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._moving = asyncio.Event()

    async def become(self, mode: str) -> None:
        if mode == self._mode:
            return
        if mode != STALLED:
            for connection in list(self._connections):
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
        self._mode = mode
        if mode == CUT and self._server is not None:
            self._server.close()
            self._server = None
        if mode != CUT and self._server is None:
            self._server = await asyncio.start_server(self._carry, *self._listen, backlog=512)
        if mode == OPEN:
            self._moving.set()
        else:
            self._moving.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        ends = [writer]
        try:
            await self._moving.wait()
            there_reader, there_writer = await asyncio.open_connection(*self._upstream)
            ends.append(there_writer)
            ways = [
                asyncio.create_task(self._copy(reader, there_writer)),
                asyncio.create_task(self._copy(there_reader, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            for end in ends:
                end.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                await self._moving.wait()
                writer.write(chunk)
                await writer.drain()
        except OSError:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, read to the end."""

    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> dict:
        return json.loads(self.body)


class RunningPlatform:
    """Started processes and how tests talk to them."""

    def __init__(self, state: Path, *, without: tuple[str, ...] = (), **settings: str) -> None:
        self.state = state
        self.net = free_net()
        file = state / "platform.yaml"
        values = {
            "${net}": self.net,
            "{python}": sys.executable,
            "{here}": str(HERE),
            "{state}": str(state),
            "{platform}": str(file),
        }
        text = (HERE / "platform.yaml").read_text(encoding="utf-8")
        for mark, value in values.items():
            text = text.replace(mark, value)
        lines = text.splitlines()
        for name, value in settings.items():
            (number,) = [at for at, line in enumerate(lines) if line.startswith((f"  {name}: ", f"{name}: {{"))]
            indent = len(lines[number]) - len(lines[number].lstrip())
            lines[number] = f"{' ' * indent}{name}: {value}"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.platform = yamlfile.read(file, Platform)
        self.carriers = Carriers(self.platform)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.started_ns = now_ns()
        for service in self.platform.services:
            if service.name not in without:
                self.start(service.name)

    def start(self, name: str) -> None:
        (service,) = [each for each in self.platform.services if each.name == name]
        with (self.state / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                service.run or [],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_the_tests,
            )

    def kill(self, name: str) -> None:
        """kill -9."""
        self.processes[name].kill()
        self.processes[name].wait(5)

    def stop(self) -> dict[str, int | None]:
        """SIGTERM to all; their exit codes, None for one that had to be killed after 2 s."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        codes: dict[str, int | None] = {}
        deadline_ns = now_ns() + 2_000_000_000
        for name, process in self.processes.items():
            try:
                codes[name] = process.wait(max(0.01, (deadline_ns - now_ns()) / 1e9))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
                codes[name] = None
        self.carriers.close()
        return codes

    def http(
        self, method: str, address: str, path: str, body: object = None, *, timeout_s: float = 2.0, **headers: str
    ) -> Answer:
        """One request. OSError when there is no answer."""
        connection = http.client.HTTPConnection(*split_endpoint(address), timeout=timeout_s)
        try:
            data = body if isinstance(body, bytes) or body is None else json.dumps(body)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=data, headers=named)
            response = connection.getresponse()
            return Answer(status=response.status, body=response.read(), headers=dict(response.getheaders()))
        except http.client.HTTPException as problem:
            raise ConnectionError(str(problem)) from problem
        finally:
            connection.close()

    def viewers(self, site: str, port: int) -> str:
        """Where viewers reach a service of a site: through its link."""
        return f"{self.platform.sites[site].address}:{port}"

    def inside(self, site: str, port: int) -> str:
        """The process itself, with nothing between."""
        number = list(self.platform.sites).index(site) + 1
        return f"{self.net}.{number}.11:{port}"

    def gift(self, site: str, id: str, amount: int = 1, *, inside: bool = False, timeout_s: float = 2.0) -> Answer:
        address = self.inside(site, 18081) if inside else self.viewers(site, 18081)
        return self.http("POST", address, "/gifts", {"id": id, "amount": amount}, timeout_s=timeout_s)

    def gifts(self, site: str, prefix: str) -> set[str]:
        answer = self.http("GET", self.inside(site, 18081), f"/gifts?prefix={prefix}")
        return {record["id"] for record in answer.json()["records"]}

    def health(self, site: str) -> dict:
        try:
            return self.http("GET", self.inside(site, 18081), "/health/deep").json()
        except OSError as problem:
            return {"ok": False, "says": str(problem)}

    def gslb(self) -> dict:
        return self.http("GET", f"{self.net}.0.1:18054", "/state").json()

    def ctl(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, str(HERE / "ctl.py"), "--platform", str(self.state / "platform.yaml"), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)

    def events(self, *names: str) -> list[dict]:
        lines = (self.state / "gslb.events.jsonl").read_text(encoding="utf-8").splitlines()
        return [event for event in map(json.loads, lines) if not names or event["event"] in names]

    def ask(self, place: str, name: str = "live.test", kind: str = "A") -> "tuple[list[str], int]":
        """(addresses, TTL) as `place`, a resolver or the GSLB, says."""
        host, port = split_endpoint(place)
        response = dns.query.udp(dns.message.make_query(name, kind), host, port=port, timeout=1)
        addresses = [record.to_text() for rrset in response.answer for record in rrset]
        return addresses, min((rrset.ttl for rrset in response.answer), default=0)

    def resolved(self, operator: str) -> str | None:
        addresses, _ = self.ask(self.platform.operators[operator].resolver)
        return self.platform.site_at(addresses[0]) if addresses else None

    def playlist(self, site: str) -> str:
        """The live playlist, as viewers of this site get it; nothing when it has none."""
        answer = self.http("GET", self.viewers(site, 18080), "/live/room1/index.m3u8")
        return answer.body.decode() if answer.status == 200 else ""

    def wait_until_whole(self, within_s: float = 15.0) -> int:
        """Wait until both sites are deep healthy and those that are published to have 3 segments; the instant."""
        says = ["nothing"]

        def whole() -> bool:
            health = {site: self.health(site) for site in self.platform.sites}
            says[0] = json.dumps(health)
            if not all(each["ok"] for each in health.values()):
                return False
            says[0] = "too few segments"
            pictured = str(self.platform.settings["publish_to"]).split(",")
            return all(self.playlist(site).count("#EXTINF") >= 3 for site in pictured)

        wait_until(whole, within_s=within_s, what="the platform is whole", saw=lambda: says[0])
        return now_ns()


def die_with_the_tests() -> None:
    """PR_SET_PDEATHSIG: a crash of the test process must not leave a platform behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_net() -> str:
    """127.n, n from 150 to 199, that nobody uses; drills use smaller ones."""
    start = os.getpid() % 50
    for offset in range(50):
        net = f"127.{150 + (start + offset) % 50}"
        try:
            with socket.socket() as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((f"{net}.0.1", 18054))
        except OSError:
            continue
        return net
    pytest.fail("no 127.n from 150 to 199 is free")


def segments(playlist: str) -> list[int]:
    """The numbers of the segments that a playlist names."""
    return [int(line.removesuffix(".ts")) for line in playlist.splitlines() if line.endswith(".ts")]


def running(**settings: str) -> Iterator[RunningPlatform]:
    """A platform with a state folder of its own; whole when it is yielded, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="embedded-") as folder:
        platform = RunningPlatform(Path(folder), **settings)
        try:
            platform.wait_until_whole()
            yield platform
        finally:
            platform.stop()


@pytest.fixture(scope="session")
def shared() -> Iterator[RunningPlatform]:
    """One platform for all modules; each test leaves it whole, with site a active."""
    yield from running()


@pytest.fixture(scope="session")
def loose() -> Iterator[RunningPlatform]:
    """A platform with everything that the ordinary one does not do; a test waits until it is whole before it begins."""
    yield from running(
        publish_to="a",
        replication="asynchronous",
        automatic_failback="true",
        detector="{every: 1s, consecutive_failures: 2, timeout: 500ms, pacing: fixed, ttl: 1s}",
    )


@pytest.fixture
def pictureless() -> Iterator[RunningPlatform]:
    """A platform that has only just been started, without its publisher: nothing is waited for."""
    with tempfile.TemporaryDirectory(prefix="embedded-") as folder:
        platform = RunningPlatform(Path(folder), without=("publisher",))
        try:
            yield platform
        finally:
            platform.stop()
