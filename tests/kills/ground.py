"""A platform that stays up while drills on it are killed: two sites behind Toxiproxy, and one container.

Its state folder is its own, so that several stand at once, and each is read from outside: by its links, its servers'
tables, the packet filter, the engine, and the processes that bear its mark.
"""

import fcntl
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from docker.types import IPAMConfig, IPAMPool

from switchdrill.clock import wait_until
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, NoSuchContainer, reach
from switchdrill.machine.process import is_frozen, is_running, owned_by
from switchdrill.platform.model import Platform
from switchdrill.running.watch import carrier_records
from switchdrill.yamlfile import read
from switchdrill_faults.names import asked, relayed
from switchdrill_faults.packets import nft
from switchdrill_faults.toxiproxy import server
from switchdrill_faults.toxiproxy.client import Server
from tests.faults import seen
from tests.faults.boxed import HERE as SERVED
from tests.faults.boxed import PYTHON, free_net, make_image
from tests.probes.stage import RATE, encode

HERE = Path(__file__).parent / "played"
ROOT = HERE.parents[2]
PORT = 18080
PROCESSES = 4
"""Of the program, as `served.py` forks."""
PLATFORM = """\
schema: switchdrill.platform/v1
id: {name}
production: false
inject: true
sites:
  a: {{role: primary, address: "${{net}}.1.1"}}
  b: {{role: standby, address: "${{net}}.2.1"}}
services:
  - name: origins
    run: ["{{python}}", "{here}/origin.py", "{{here}}/segment.ts", "${{net}}.1.11:18080", "${{net}}.2.11:18080"]
    ready: {{http: "http://${{net}}.2.11:18080/healthz"}}
  - name: namer
    run: ["{{python}}", "{here}/namer.py", "${{net}}.0.2", "18053"]
    ready: {{dns: "${{net}}.0.2:18053"}}
  - name: names
    run: ["{{python}}", -m, switchdrill_faults.names.relay, --platform, "{{platform}}"]
    ready: {{dns: "${{net}}.0.1:18053"}}
  - name: program
    run: ["{{python}}", "{served}/served.py", /dev/null, "${{net}}.3.11"]
    ready: {{tcp: "${{net}}.3.11:7000"}}
  - {{name: box, container: {{name: {name}}}, ready: {{tcp: "{address}:7000", within: 10s}}}}
links:
  - name: a.origin--viewers
    from: a.origin
    to: viewers
    hops: [{{site: a, listen: "${{net}}.1.1:18080", upstream: "${{net}}.1.11:18080"}}]
  - name: b.origin--viewers
    from: b.origin
    to: viewers
    hops: [{{site: b, listen: "${{net}}.2.1:18080", upstream: "${{net}}.2.11:18080"}}]
  - name: a.origin--b.origin
    from: a.origin
    to: b.origin
    hops:
      - {{site: a, listen: "${{net}}.1.1:18093", upstream: "${{net}}.2.1:18094"}}
      - {{site: b, listen: "${{net}}.2.1:18094", upstream: "${{net}}.2.11:18080"}}
  - name: a.unused--viewers
    from: a.unused
    to: viewers
    hops: [{{site: a, listen: "${{net}}.1.1:18095", upstream: "${{net}}.1.11:18080"}}]
entries: {{live: {{name: live.test, port: 18080, path: /live/index.m3u8}}}}
operators: {{one: {{address: "${{net}}.1.1", share: 1}}}}
authority: ${{net}}.0.1:18053
names:
  - {{resolver: authority, relay: {{control: "${{net}}.0.3:18055", upstream: "${{net}}.0.2:18053"}}}}
probes:
  - {{name: watch, kind: hls, through: sites, entry: live, every: 200ms, timeout: 1s}}
"""


@dataclass(slots=True, kw_only=True)
class Ground:
    """It stands; drills of `played/drills.py` go on upon it, one at a time."""

    name: str
    folder: Path
    engine: Engine
    image: str
    net: str
    """Of its container; two octets."""
    platform: Platform = field(init=False)
    home: Path = field(init=False)
    table: dict[str, str] = field(init=False)

    @property
    def address(self) -> str:
        """The container's, and it stays that when it is started anew."""
        return f"{self.net}.0.11"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHDRILL_")}
        return {**kept, "XDG_STATE_HOME": str(self.state), "SWITCHDRILL_LANG": "en", "PYTHONPATH": str(ROOT)}

    def switchdrill(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command of ours, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "switchdrill", *words],
            env=self.environment(), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self, drill: str, log: Path) -> "subprocess.Popen[bytes]":
        """The runner of one drill, in a session of its own."""
        drill = f"{HERE}/drills.py::{drill}"
        files = ["--platform", self.name, "--runbook", f"{HERE}/runbook.yaml", "--runs", str(self.runs)]
        with log.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "switchdrill", "run", drill, *files],
                env=self.environment(), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip

    # The world, each empty when it is whole

    def links(self) -> str:
        """Every link's listener lets a client through to its origin."""
        ends = [hop.listen.rpartition(":") for link in self.platform.links for hop in link.hops]
        bad = [f"{host}:{port}" for host, _colon, port in ends if not _serves((host, int(port)))]
        return f"links without an answer: {', '.join(bad)}" if bad else ""

    def proxies(self) -> str:
        """Every site's server runs, is awake, and has the table that it had at first, to the byte."""
        found = self.tables_of_proxies()
        return "" if found == self.table else f"Toxiproxy: {found} instead of {self.table}"

    def tables(self) -> str:
        """No rule lies in the packet filter that an undo of this ground's runs names."""
        told = "".join(path.read_text() for path in self.runs.glob("*/undo/*.json"))
        named = {name for name in nft_tables() if name in told}
        return f"nft tables: {', '.join(sorted(named))}" if named else ""

    def box(self) -> str:
        """The container runs and echoes."""
        state = self.engine.states().get(self.name, "gone")
        answered = seen.tcp(self.address) if state == "running" else "not asked"
        return "" if (state, answered) == ("running", "good") else f"container: {state}, {answered}"

    def names(self) -> str:
        """No rule lies at the relay, and a question is answered at once."""
        control = next(each.relay.control for each in self.platform.names if each.relay)
        rules = relayed.hits(control)
        answered = asked.ask(str(self.platform.authority), "live.test", "A", "udp", within_s=0.2)
        is_whole = rules == {} and answered.addresses == ["192.0.2.10"]
        return "" if is_whole else f"names: rules {rules}, {answered.says()}"

    def program(self) -> str:
        """All processes of the program live, none is frozen, and it echoes."""
        processes = owned_by(self.home, service="program")
        frozen = [each.pid for each in processes if is_frozen(each)]
        echo = next(each.ready.tcp for each in self.platform.services if each.name == "program" and each.ready)
        answered = seen.tcp(str(echo).rpartition(":")[0])
        is_whole = (len(processes), frozen, answered) == (PROCESSES, [], "good")
        return "" if is_whole else f"program: {len(processes)} processes, {len(frozen)} frozen, {answered}"

    def is_not_whole(self) -> str:
        looks = (self.proxies, self.tables, self.links, self.box, self.names, self.program)
        return "; ".join(filter(None, (look() for look in looks)))

    def left_behind(self) -> str:
        """Pointers, held locks, helpers and lock containers of runs that are over."""
        pointers = [path.name for path in self.state.glob("switchdrill/open/*")]
        held = [path.name for path in self.state.glob("switchdrill/locks/*") if _is_held(path)]
        helpers = [str(each.pid) for run in self.runs.glob("*") for each in owned_by(run)]
        lock = self.engine.find(f"switchdrill-lock-{self.name}")
        parts = {"open runs": pointers, "locks": held, "processes": helpers, "containers": [lock.name] if lock else []}
        return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)

    def healers(self) -> list[int]:
        """Of runs that are open."""
        found = [json.loads(path.read_text())["healer"] for path in self.state.glob("switchdrill/open/*.json")]
        return [int(each["pid"]) for each in found if each]

    def tables_of_proxies(self) -> dict[str, str]:
        found = {}
        for record in carrier_records(self.home):
            name = server.name_in(record)
            if not is_running(name) or is_frozen(name):
                found[record.site] = "frozen or gone"
                continue
            with closing(Server(record.api)) as client:
                found[record.site] = str(client.table())
        return found

    def _up(self) -> None:
        said = self.switchdrill("up", str(self.folder / "platform.yaml"))
        assert said.returncode == 0, said.stdout + said.stderr
        resolved = Path(said.stdout.splitlines()[0])
        self.platform, self.home = read(resolved, Platform), resolved.parent
        self.table = self.tables_of_proxies()

    def make_network(self) -> None:
        ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=f"{self.net}.0.0/24")])
        self.engine.use("make network", lambda client: client.api.create_network(self.name, driver="bridge", ipam=ipam))

    def make_box(self) -> None:
        api = self.engine.use("api", lambda client: client.api)
        python = PYTHON / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
        binds = [f"{PYTHON}:{PYTHON}:ro", f"{SERVED}:{SERVED}:ro"]
        endpoint = api.create_endpoint_config(ipv4_address=self.address)
        self.engine.use(
            "create box",
            lambda _client: api.create_container(
                self.image,
                [str(python), str(SERVED / "served.py"), "/dev/null"],
                name=self.name,
                host_config=api.create_host_config(binds=binds, network_mode=self.name),
                networking_config=api.create_networking_config({self.name: endpoint}),
            ),
        )
        self.engine.start(self.name)

    def _remove_box(self) -> None:
        self.engine.kill(self.name)
        self.engine.remove(self.name)
        self.engine.use("remove network", lambda client: client.api.remove_network(self.name))


@contextmanager
def standing(name: str, folder: Path, engine: Engine, image: str) -> Iterator[Ground]:
    """Up; afterwards nothing of it is left."""
    ground = Ground(name=name, folder=folder, engine=engine, image=image, net=free_net(engine))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "segment.ts").write_bytes(encode("r", first=0, pictures=RATE // 2, ended_ns=0, with_mark=False))
    try:
        ground.make_network()
        ground.make_box()
        text = PLATFORM.format(name=name, here=HERE, served=SERVED, address=ground.address)
        (folder / "platform.yaml").write_text(text, encoding="utf-8")
        ground._up()
        wait_until(lambda: not ground.is_not_whole(), within_s=20, what=name, saw=ground.is_not_whole)
        yield ground
    finally:
        down = ground.switchdrill("down", name)
        with suppress(NoSuchContainer):
            ground._remove_box()
    assert down.returncode == 0, down.stdout + down.stderr
    assert owned_by(ground.home) == []


@contextmanager
def image_of(engine: Engine, name: str) -> Iterator[str]:
    make_image(engine, name, programs=("sh", "cat", "sleep"))
    try:
        yield f"{name}:latest"
    finally:
        engine.use("remove image", lambda client: client.images.remove(f"{name}:latest", force=True))


def local_engine() -> Engine:
    return reach(Endpoint())


def nft_tables() -> set[str]:
    listed = subprocess.run([nft.found("nft"), "list", "tables"], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in listed.splitlines()}


def _serves(endpoint: tuple[str, int]) -> bool:
    connection = http.client.HTTPConnection(*endpoint, timeout=0.5)
    with closing(connection), suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/live/index.m3u8")
        return connection.getresponse().status == 200
    return False


def _is_held(lock: Path) -> bool:
    with lock.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
