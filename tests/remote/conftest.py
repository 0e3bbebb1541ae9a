"""A second engine, reached as one elsewhere: by TLS, and by ssh; and two sites whose containers are there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine
from tests.faults import seen
from tests.faults.boxed import HERE, PYTHON, make_image
from tests.remote import certificates
from tests.remote.second import TLS_PORT, Second, free_number, second_engine
from tests.remote.shell import Shell, shell

IMAGE = "served"


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    """Where the engine is, and how one comes there."""

    second: Second
    tls: Path
    """The folder of a client that may."""
    shell: Shell

    @property
    def tcp(self) -> str:
        return f"tcp://{self.second.address}:{TLS_PORT}"

    def docker(self, way: str) -> str:
        """As it stands in a platform's file."""
        return f"{{engine: {self.tcp}, tls: {self.tls}}}" if way == "tls" else f"{{engine: {self.shell.url}}}"

    def endpoint(self, way: str) -> Endpoint:
        return Endpoint(url=self.tcp, tls=str(self.tls)) if way == "tls" else Endpoint(url=self.shell.url)

    def path(self) -> str:
        return f"{self.shell.path}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    folder = tmp_path_factory.mktemp("far")
    number = free_number()
    ca = certificates.authority(folder)
    listens = f"-H=tcp://10.201.{number}.2:{TLS_PORT}"
    flags = [listens, *certificates.engine_flags(ca, f"10.201.{number}.2")]
    (folder / "shell").mkdir()
    with second_engine(folder, flags, number) as second, shell(second, folder / "shell") as door:
        make_image(Engine(Endpoint(url=second.url)), IMAGE)
        yield Far(second=second, tls=certificates.client_folder(ca, folder / "client"), shell=door)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """a: `a-front` and `a-back`; b: `b-front`; all of them on the far engine."""

    far: Far
    folder: Path

    NAMES = {"a-front": 11, "a-back": 12, "b-front": 21}

    def address(self, name: str) -> str:
        return self.far.second.of(self.NAMES[name])

    def make_whole(self) -> None:
        """Everything runs and answers."""
        states = self.states()
        for name in self.NAMES:
            if states.get(name) == "paused":
                self.far.second.docker("kill", name)
            if name not in states:
                self.make(name)
            elif states[name] != "running":
                self.far.second.docker("start", name)
        for name in self.NAMES:
            self.wait_for(name)

    def make(self, name: str) -> None:
        self.far.second.run(
            name, IMAGE, str(PYTHON / "bin" / "python3"), str(HERE / "served.py"), "/dev/null",
            last=self.NAMES[name], labels=(f"tv.part={name}",), mounts=(PYTHON, HERE),
        )  # fmt: skip

    def wait_for(self, name: str) -> None:
        wait_until(lambda: self.sees(name) == "good", within_s=10, what=name, saw=lambda: self.sees(name))

    def sees(self, name: str) -> str:
        """What a client here sees, who goes to the container's own address."""
        return seen.tcp(self.address(name))

    def states(self) -> dict[str, str]:
        listed = self.far.second.docker("ps", "-a", "--format", "{{.Names}} {{.State}}")
        return dict(line.split() for line in listed.splitlines())

    def written(self, way: str, **services: str) -> Path:
        """A platform's file. `services`: how each is looked for."""
        mapping = services or {
            "a_front": "name: a-front",
            "a_back": "label: tv.part=a-back",
            "b_front": "name: b-front",
        }
        lines = [
            f"  - {{name: {name.replace('_', '.')}, site: {name[0]}, container: {{{told}}},"
            f' ready: {{tcp: "{self.address(name.replace("_", "-"))}:{seen.PORT}"}}}}'
            for name, told in mapping.items()
        ]
        file = self.folder / "platform.yaml"
        file.write_text(
            PLATFORM.format(
                docker=self.far.docker(way), services="\n".join(lines),
                a=self.address("a-front"), b=self.address("b-front"),
            )
        )  # fmt: skip
        return file


PLATFORM = """\
schema: switchdrill.platform/v1
id: far
production: false
inject: true
docker: {docker}
sites:
  a: {{role: primary, address: {a}}}
  b: {{role: standby, address: {b}}}
services:
{services}
entries: {{live: {{name: live.test, port: 7000}}}}
operators: {{one: {{address: {a}, share: 1}}}}
probes:
  - {{name: watch, kind: hls, through: sites, entry: live, every: 200ms, timeout: 1s}}
"""


@pytest.fixture
def sites(far: Far, tmp_path: Path) -> Sites:
    made = Sites(far=far, folder=tmp_path)
    made.make_whole()
    return made
