"""What several rooms' tests share: a Toxiproxy server, a range of loopback addresses, a small platform to break."""

import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from switchdrill.carrier import CarrierRecord, Rung
from switchdrill.platform.model import Platform
from switchdrill_faults.toxiproxy import carrier
from tests import lanes, needs

NETS = range(200, 250)
LOCK_PORT = 18999

# How long an example takes says how busy the machine is, and nothing else.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    for name in needs.NEEDS:
        config.addinivalue_line("markers", f"{name}: deselected, with the reason, on a machine that lacks it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needs.deselect(config, items)
    lanes.arrange(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> lanes.Lanes:
    return lanes.Lanes(config, log)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    return config.stash.get(needs.WHY, [])


@pytest.fixture(scope="session", autouse=True)
def english() -> Iterator[None]:
    """What tests expect to read, whatever the machine speaks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWITCHDRILL_LANG", "en")
        patch.setenv("LC_ALL", "C.UTF-8")  # for tests that take every SWITCHDRILL_* away
        yield


@pytest.fixture(scope="session")
def toxiproxy_rung() -> Rung:
    """A Toxiproxy server of our own, whatever SWITCHDRILL_TOXIPROXY_URL says: tests freeze and kill it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SWITCHDRILL_TOXIPROXY_URL", raising=False)
        return carrier.provide()


@pytest.fixture
def net() -> Iterator[str]:
    with held_net() as net:
        yield net


@contextmanager
def held_net() -> Iterator[str]:
    """`127.n`, n in 200..249: addresses that no other test run on this machine uses at the same time.

    Held by listening at a port of it, so that the kernel gives it back however the run ends.
    """
    start = os.getpid() % len(NETS)
    for offset in range(len(NETS)):
        number = NETS[(start + offset) % len(NETS)]
        holder = socket.socket()
        try:
            holder.bind((f"127.{number}.255.254", LOCK_PORT))
            holder.listen()
        except OSError:
            holder.close()
            continue
        with holder:
            yield f"127.{number}"
        return
    pytest.fail("every net from 127.200 to 127.249 is in use")


@dataclass(slots=True)
class Upstream:
    """A service behind a proxy: answers every line with itself, and remembers what it was sent."""

    address: tuple[str, int]
    heard: list[bytes] = field(default_factory=list)


@pytest.fixture
def echo() -> Iterator[Callable[[str, int], Upstream]]:
    """Starts an `Upstream` at an address."""
    with ExitStack() as stack:

        def start(host: str, port: int) -> Upstream:
            upstream = Upstream(address=(host, port))
            stack.enter_context(_serving(upstream))
            return upstream

        yield start


@contextmanager
def _serving(upstream: Upstream) -> Iterator[None]:
    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                for line in self.rfile:
                    upstream.heard.append(line)
                    self.wfile.write(line)
            except OSError:  # cut on purpose
                pass

    class Echo(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        request_queue_size = 128  # a connection that finds no room waits a second
        daemon_threads = True
        block_on_close = False

    with Echo(upstream.address, Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@dataclass(slots=True)
class SmallPlatform:
    """Two sites; site a has `links` links to one echo service, and one link to site b that passes both."""

    platform: Platform
    state: Path
    upstream: Upstream
    records: list[CarrierRecord] = field(default_factory=list)

    def endpoints(self, site: str) -> list[tuple[str, int]]:
        """Where the site's links listen."""
        listens = [hop.listen for link in self.platform.links for hop in link.hops if hop.site == site]
        return [(host, int(port)) for host, _colon, port in (listen.rpartition(":") for listen in listens)]

    def answers(self) -> dict[tuple[str, int], str]:
        """What a client of each link sees now: good, silent, refused or closed."""
        endpoints = [endpoint for site in ("a", "b") for endpoint in self.endpoints(site)]
        with ThreadPoolExecutor(len(endpoints)) as clients:
            return dict(zip(endpoints, clients.map(answer, endpoints), strict=True))

    def all_good(self) -> dict[tuple[str, int], str]:
        return dict.fromkeys(self.answers(), "good")


def answer(endpoint: tuple[str, int], *, within_s: float = 1.0) -> str:
    """What one client sees that connects, sends a line and waits for it."""
    try:
        with socket.create_connection(endpoint, timeout=within_s) as client:
            client.sendall(b"hello\n")
            return "good" if client.recv(100) == b"hello\n" else "closed"
    except TimeoutError:
        return "silent"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "closed"


MakePlatform = Callable[..., SmallPlatform]


@pytest.fixture
def small_platform(net: str, tmp_path: Path, echo: Callable[[str, int], Upstream]) -> MakePlatform:
    """Makes a platform as data, with its service running; nothing carries its links yet."""

    def make(*, links: int = 2, fence: list[str] | None = None, carried: str = "ours") -> SmallPlatform:
        state = tmp_path / "state"
        state.mkdir(exist_ok=True)
        upstream = echo(f"{net}.1.11", 18300)
        behind = f"{net}.1.11:18300"
        across = [
            {"site": "a", "listen": f"{net}.1.1:18390", "upstream": f"{net}.2.1:18391"},
            {"site": "b", "listen": f"{net}.2.1:18391", "upstream": behind},
        ]
        carried_links: list[dict[str, object]] = [
            {
                "name": f"a.service{number}--viewers",
                "from": f"a.service{number}",
                "to": "viewers",
                "line": "a-public",
                "hops": [{"site": "a", "listen": f"{net}.1.1:{18301 + number}", "upstream": behind}],
            }
            for number in range(links)
        ]
        carries = ["publishing", "health", "replication"]
        carried_links.append(
            {"name": "a.service--b.service", "from": "a", "to": "b", "steady": True, "carries": carries, "hops": across}
        )
        platform = Platform.model_validate(
            {
                "schema": "switchdrill.platform/v1",
                "id": "small",
                "production": False,
                "inject": True,
                "sites": {
                    "a": {"role": "primary", "address": f"{net}.1.1"},
                    "b": {"role": "standby", "address": f"{net}.2.1"},
                    "c": {"role": "witness", "address": f"{net}.3.1"},
                },
                "links": carried_links,
                "entries": {"live": {"name": "live.test", "port": 18301}},
                "operators": {"one": {"resolver": f"{net}.0.1:18053", "source": f"{net}.0.21", "share": 1.0}},
                "probes": [
                    {
                        "name": "watch", "kind": "hls", "through": "sites", "entry": "live",
                        "every": "200ms", "timeout": "1s",
                    },
                ],
                "commands": {} if fence is None else {"fence": fence},
                "state": str(state),
                "carried": carried,
            }
        )  # fmt: skip
        return SmallPlatform(platform=platform, state=state, upstream=upstream)

    return make


@pytest.fixture
def carried_platform(small_platform: MakePlatform, toxiproxy_rung: Rung) -> Iterator[MakePlatform]:
    """As `small_platform`, with a Toxiproxy server for each site; ended afterwards."""
    made: list[SmallPlatform] = []

    def make(**options: object) -> SmallPlatform:
        small = small_platform(**options)
        made.append(small)
        small.records = list(carrier.start(small.platform, small.state, toxiproxy_rung))
        return small

    yield make
    for small in made:
        carrier.stop(small.state)
