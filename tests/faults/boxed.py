"""Real containers to break: an image made from this machine's own files, two sites, somebody outside."""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docker.types import IPAMConfig, IPAMPool

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, EngineError
from switchdrill.containers.found import COMPOSE_PROJECT
from switchdrill.platform.model import Platform
from switchdrill_faults.services import skew

HERE = Path(__file__).parent
PORT = 7000
LABEL = "switchdrill.tests"
PROGRAMS = ("sh", "cat", "sleep", "df", "rm", "date")
PYTHON = Path(sys.base_prefix)


def make_image(engine: Engine, name: str, *, programs: Sequence[str] = (*PROGRAMS, "nft")) -> None:
    """A few programs with the libraries that they need; Python is mounted. Takes a third of a second."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        wanted = {f"bin/{each}": _path(each) for each in programs}
        python = Path(sysconfig.get_config_var("BINDIR")) / f"python{sysconfig.get_python_version()}"
        for source in [*wanted.values(), str(python)]:
            for library in _libraries(source):
                if not library.startswith(str(PYTHON)):
                    wanted.setdefault(library.lstrip("/"), library)
        faketime = skew.library_here()
        if faketime:
            wanted[faketime.lstrip("/")] = faketime
        parents = {str(up) for inside in wanted for up in Path(inside).parents if up != Path()}
        for folder in sorted({"tmp", "proc", "sys", "dev", "etc", *parents}):
            entry = tarfile.TarInfo(folder)  # made by Docker they would be closed to a root without capabilities
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(entry)
        for inside, source in wanted.items():
            tar.add(os.path.realpath(source), arcname=inside)
    engine.use(
        "import image",
        lambda client: client.api.import_image_from_data(
            content.getvalue(), repository=name, changes=["ENV PATH=/bin:/usr/bin:/usr/sbin"]
        ),
        within_s=60,
    )


def _path(program: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    assert found is not None, f"there is no {program} on this machine:  make machine"
    return found


def _libraries(program: str) -> list[str]:
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return [word for word in said.split() if word.startswith("/")]


@dataclass(slots=True)
class Boxed:
    """Site a: `front` (seen by all) and `back` (inside); site b: `other`; and `outsider`, who belongs to nobody."""

    engine: Engine
    image: str
    name: str
    net: str
    state: Path
    networks: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def address(self, who: str) -> str:
        return {
            "front": f"{self.net}.0.11", "inner": f"{self.net}.1.2", "back": f"{self.net}.1.11",
            "other": f"{self.net}.0.12", "outsider": f"{self.net}.0.21",
        }[who]  # fmt: skip

    def called(self, who: str) -> str:
        return f"{self.name}-{who}"

    def start(self) -> None:
        for network, subnet in (("wan", f"{self.net}.0.0/24"), ("a", f"{self.net}.1.0/24")):
            self.make_network(network, subnet)
        self.run_all()

    def run_all(self) -> None:
        self.run("front", "wan")
        self.engine.attach(self.called("a"), self.called("front"), address=self.address("inner"), aliases=["inner"])
        self.run("back", "a")
        self.run("other", "wan")
        self.run("outsider", "wan")

    def make_network(self, network: str, subnet: str) -> None:
        ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)])
        self.engine.use(
            "make network",
            lambda client: client.networks.create(
                self.called(network), driver="bridge", internal=True, ipam=ipam, labels={LABEL: self.name}
            ),
        )
        self.networks.append(self.called(network))

    def run(self, who: str, network: str, *, image: str = "", fixed: bool = True) -> None:
        api = self.engine.use("api", lambda client: client.api)
        python = PYTHON / "bin" / f"python{sysconfig.get_python_version()}"
        binds = [f"{PYTHON}:{PYTHON}:ro", f"{HERE}:{HERE}:ro", f"{self.state}:{self.state}"]
        fixed_at = self.address(who) if fixed else None
        endpoint = api.create_endpoint_config(ipv4_address=fixed_at, aliases=[who])
        self.engine.use(
            f"create {who}",
            lambda _client: api.create_container(
                image or self.image,
                [str(python), str(HERE / "served.py"), str(self.state / f"{who}.heard")],
                name=self.called(who),
                environment={skew.ONLY_TIME_OF_DAY: "1"},
                labels={LABEL: self.name, COMPOSE_PROJECT: self.name},
                host_config=api.create_host_config(
                    binds=binds, network_mode=self.called(network), tmpfs={"/small": "size=4m"}
                ),
                networking_config=api.create_networking_config({self.called(network): endpoint}),
            ),
        )
        if self.called(who) not in self.made:
            self.made.append(self.called(who))
        self.engine.start(self.called(who))

    def heard(self, who: str) -> bytes:
        file = self.state / f"{who}.heard"
        return file.read_bytes() if file.exists() else b""

    def seen_by(self, who: str, *addresses: str) -> list[str]:
        """As `seen.py` prints it, from inside a container: `good good` is TCP and UDP."""
        python = PYTHON / "bin" / f"python{sysconfig.get_python_version()}"
        api = self.engine.use("api", lambda client: client.api)
        made = api.exec_create(self.called(who), [str(python), str(HERE / "seen.py"), *addresses])["Id"]
        said = self.engine.use("exec", lambda _client: bytes(api.exec_start(made)), within_s=30)
        return said.decode().strip().splitlines()

    def disk(self, name: str) -> str:
        """Of the small one that each has: room in all, used, left."""
        return " ".join(self.engine.execute(name, ["df", "-kP", "/small"]).said.splitlines()[1].split()[1:4])

    def state_of(self, who: str) -> str:
        return self.engine.get(self.called(who)).state

    def remove(self) -> None:
        for name in self.made:
            self.engine.remove(name)
        for name in self.networks:
            try:
                self.engine.use("remove network", lambda client, name=name: client.api.remove_network(name))  # type: ignore[misc]
            except EngineError as problem:
                raise AssertionError(problem) from problem

    def platform(
        self, *, fence: Sequence[str] = (), is_ours: bool = False, vanishing: str = "", **more: object
    ) -> Platform:
        """As a drill has it: its containers looked up, their addresses filled in."""
        url = Endpoint().resolved()

        def service(name: str, who: str, site: str | None, addresses: list[str]) -> dict[str, object]:
            placed = {
                "engine": {"url": url},
                "name": self.called(who),
                "id": "" if is_ours else self.engine.get(self.called(who)).id,
                "image": self.image,
                "addresses": addresses,
                "is_ours": is_ours,
                "vanishes": who == vanishing,
            }
            ready = {"tcp": f"{addresses[0]}:{PORT}", "within": "10s"}
            container = {"name": self.called(who), "placed": placed}
            return {"name": name, "container": container, "ready": ready, **({"site": site} if site else {})}

        told: dict[str, object] = {
            "schema": "switchdrill.platform/v1",
            "id": "boxed",
            "production": False,
            "inject": True,
            "docker": {"engine": url, "project": self.name},
            "sites": {
                "a": {"role": "primary", "address": self.address("front")},
                "b": {"role": "standby", "address": self.address("other")},
            },
            "services": [
                service("a.back", "back", "a", [self.address("back")]),
                service("a.front", "front", "a", [self.address("front"), self.address("inner")]),
                service("b.other", "other", "b", [self.address("other")]),
            ],
            "links": [{"name": "a.front--a.back", "from": "a.front", "to": "a.back", "port": PORT}],
            "entries": {"live": {"name": "live.test", "port": PORT}},
            "operators": {"one": {"resolver": "127.0.0.1:53", "share": 1.0}},
            "probes": [
                {"name": "watch", "kind": "hls", "through": "sites", "entry": "live", "every": "200ms", "timeout": "1s"}
            ],
            "commands": {"fence": list(fence)} if fence else {},
            "state": str(self.state),
            **more,
        }
        return Platform.model_validate(told)


def free_net(engine: Engine) -> str:
    """Two octets that no network of this engine, and no other test run, uses."""
    taken = engine.use("list networks", lambda client: [str(each.attrs["IPAM"]) for each in client.networks.list()])
    start = os.getpid() % 100
    for number in range(100):
        net = f"10.{100 + (start + number) % 100}"
        if not any(f"{net}." in each for each in taken):
            return net
    raise AssertionError("every net from 10.100 to 10.199 is in use")
