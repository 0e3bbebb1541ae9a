"""DNS of a platform in containers: the staging platform's own dnsdist, and one that plays those behind it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docker.types import IPAMConfig, IPAMPool

from switchdrill.clock import wait_until
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine
from switchdrill.platform.model import Platform
from switchdrill_faults.names.asked import Seen, ask
from tests.faults.boxed import free_net

STAGING = Path(__file__).parents[2] / "drills" / "platforms" / "staging"
CONFIG = "/staging/config/dnsdist.lua"
BEHIND = """
setLocal('0.0.0.0:53')
setACL({'0.0.0.0/0'})
addAction(QNameRule('live.test.'), SpoofAction({'192.0.2.10'}, {ttl=1}))
addAction(QNameRule('chat.test.'), SpoofAction({'192.0.2.20'}, {ttl=1}))
addAction(AllRule(), RCodeAction(3))
newServer({address = '127.0.0.1:9'})
setSecurityPollSuffix('')
controlSocket('127.0.0.1:5199')
setKey('c3dpdGNoZHJpbGwtc3RhZ2luZy1jb25zb2xlLWtleS4=')
"""


class Ruled:
    """Two operators and an authority, as drills/platforms/staging/platform.yaml has them."""

    def __init__(self, engine: Engine, name: str, state: Path) -> None:
        self.engine, self.name, self.state = engine, name, state
        self.net = free_net(engine)

    def start(self) -> None:
        made = subprocess.run([sys.executable, STAGING / "image.py"], capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=f"{self.net}.0.0/24")])
        self.engine.use(
            "make network",
            lambda client: client.networks.create(self.name, driver="bridge", internal=True, ipam=ipam),
        )
        (self.state / "behind.lua").write_text(BEHIND)
        supervised = ["dnsdist", "--supervised", "--disable-syslog", "-C"]
        self._run("behind", [*supervised, "/state/behind.lua"], 2)
        self._run("dnsdist", ["python3", "/staging/names.py"], 3)
        self.wait()

    def wait(self) -> None:
        wait_until(
            lambda: all(self.ask(who, over).addresses for who in ("telecom", "authority") for over in ("udp", "tcp")),
            within_s=20, what="dnsdist answers", saw=lambda: self.engine.log(f"{self.name}-dnsdist"),
        )  # fmt: skip

    def _run(self, who: str, argv: list[str], number: int) -> None:
        api = self.engine.use("api", lambda client: client.api)
        endpoint = api.create_endpoint_config(ipv4_address=f"{self.net}.0.{number}")
        behind = f"{self.net}.0.2"
        binds = [f"{STAGING}:/staging:ro", f"{self.state}:/state:ro"]
        self.engine.use(
            f"create {who}",
            lambda _client: api.create_container(
                "switchdrill-staging:latest",
                argv,
                name=f"{self.name}-{who}",
                environment={"GSLB": behind, "TELECOM": behind, "UNICOM": behind, "PYTHONDONTWRITEBYTECODE": "1"},
                host_config=api.create_host_config(binds=binds, network_mode=self.name, cap_add=["NET_ADMIN"]),
                networking_config=api.create_networking_config({self.name: endpoint}),
            ),
        )
        self.engine.start(f"{self.name}-{who}")

    def remove(self) -> None:
        for who in ("dnsdist", "behind"):
            self.engine.kill(f"{self.name}-{who}")
            self.engine.remove(f"{self.name}-{who}")
        self.engine.use("remove network", lambda client: client.api.remove_network(self.name))

    def say(self, words: str) -> str:
        """To dnsdist's console, as its owner would."""
        argv = ["docker", "exec", f"{self.name}-dnsdist", "dnsdist", "-C", CONFIG, "-c", "-e", words]
        return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20).stdout

    def rules(self) -> list[str]:
        """Every rule but for its number and its count, in their order."""
        return [
            " ".join(word for place, word in enumerate(line.split()) if place not in (0, 2))
            for line in self.say("showRules()").splitlines()[1:]
        ]

    def ask(
        self, resolver: str, transport: str = "udp", name: str = "live.test", kind: str = "A", within_s: float = 2.0
    ) -> Seen:
        return ask(self.at(resolver), name, kind, transport, within_s=within_s)

    def at(self, resolver: str) -> str:
        return f"{self.net}.0.3:{ {'authority': 53, 'telecom': 5301, 'unicom': 5302}[resolver] }"

    def platform(self, *, with_toxiproxy: bool = True) -> Platform:
        def front(name: str) -> dict[str, object]:
            tcp = {"toxiproxy": f"http://{self.net}.0.3:8474", "proxy": f"dns.{name}"}
            more = {"tcp": tcp} if with_toxiproxy else {}
            return {"resolver": name, "dnsdist": {"service": "dnsdist", "config": CONFIG, **more}}

        found = self.engine.get(f"{self.name}-dnsdist")
        placed = {
            "engine": {"url": Endpoint().resolved()},
            "name": found.name,
            "id": found.id,
            "addresses": [f"{self.net}.0.3"],
        }
        return Platform.model_validate(
            {
                "schema": "switchdrill.platform/v1",
                "id": "ruled",
                "production": False,
                "inject": True,
                "sites": {"a": {"role": "primary", "address": f"{self.net}.0.11"}},
                "entries": {"live": {"name": "live.test", "port": 80}},
                "services": [{"name": "dnsdist", "container": {"name": found.name, "placed": placed}}],
                "operators": {
                    "telecom": {"resolver": self.at("telecom"), "share": 0.5},
                    "unicom": {"resolver": self.at("unicom"), "share": 0.5},
                },
                "authority": self.at("authority"),
                "names": [front(name) for name in ("telecom", "unicom", "authority")],
                "probes": [
                    {
                        "name": "d",
                        "kind": "dns",
                        "through": "operators",
                        "entry": "live",
                        "every": "1s",
                        "timeout": "1s",
                    }
                ],
                "state": str(self.state),
            }
        )


@contextmanager
def ruled_platform(engine: Engine, name: str, state: Path) -> Iterator[Ruled]:
    ruled = Ruled(engine, name, state)
    try:
        ruled.start()
        yield ruled
    finally:
        ruled.remove()
