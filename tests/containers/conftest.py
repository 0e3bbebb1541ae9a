"""A small platform that we start with Docker, and somebody else's things in its way."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from tests.faults.boxed import free_net, make_image

ROOT = Path(__file__).parents[2]
COMPOSE = """\
services:
  back:
    image: {image}
    container_name: {name}-back
    command: [/bin/sleep, "600"]
    networks: {{lan: {{ipv4_address: {net}.0.2}}}}
    volumes: ["kept:/tmp"]
  front:
    image: {image}
    container_name: {name}-front
    command: [/bin/sleep, "600"]
    networks: {{lan: {{ipv4_address: {net}.0.3}}}}
    ports: ["127.0.0.1:{port}:80"]
    depends_on: [back]
networks:
  lan: {{ipam: {{config: [{{subnet: {net}.0.0/24}}]}}}}
volumes:
  kept: {{}}
"""
PLATFORM = """\
schema: switchdrill.platform/v1
id: {name}
production: false
inject: true
docker: {{compose: compose.yaml, project: {name}}}
sites:
  a: {{role: primary, address: {net}.0.3}}
services:
  - {{name: a.back, site: a, container: {{compose: back}}}}
  - {{name: a.front, site: a, container: {{compose: front}}}}
entries: {{live: {{name: live.test, port: 80}}}}
operators: {{one: {{address: {net}.0.3, share: 1}}}}
probes:
  - {{name: watch, kind: hls, through: sites, entry: live, every: 200ms, timeout: 1s}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """Its files; `up` and `down` as a person types them, with a home of their own."""

    engine: Engine
    name: str
    net: str
    port: int
    image: str
    folder: Path

    def argv(self, verb: str) -> list[str]:
        return [sys.executable, "-m", "switchdrill", verb, str(self.folder / "platform.yaml")]

    def environment(self, user: str = "state") -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHDRILL_")}
        return {**kept, "XDG_STATE_HOME": str(self.folder / user), "SWITCHDRILL_LANG": "en"}

    def play(self, verb: str, *, user: str = "state") -> tuple[int, str]:
        done = subprocess.run(
            self.argv(verb),
            env=self.environment(user),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def ours(self) -> list[str]:
        """Everything on the engine that carries our label."""
        label = f"label=switchdrill.project={self.name}"
        kinds = (
            ("ps", "-a", "--format", "{{.Names}}"),
            ("network", "ls", "--format", "{{.Name}}"),
            ("volume", "ls", "-q"),
        )
        return [name for words in kinds for name in docker(*words, "--filter", label).split()]


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="session")
def sleeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image in which one can sleep."""
    name = f"switchdrill-sleeper-{os.getpid()}"
    engine = reach(Endpoint())
    make_image(engine, name, programs=("sleep",))
    yield f"{name}:latest"
    engine.use("remove image", lambda client: client.images.remove(f"{name}:latest", force=True))


@pytest.fixture
def small(sleeper: str, tmp_path: Path) -> Iterator[Small]:
    engine = reach(Endpoint())
    name = f"sdsmall-{uuid.uuid4().hex[:6]}"
    port = 20000 + os.getpid() % 10000
    made = Small(engine=engine, name=name, net=free_net(engine), port=port, image=sleeper, folder=tmp_path)
    facts = {"image": sleeper, "name": name, "net": made.net, "port": str(port)}
    (tmp_path / "compose.yaml").write_text(COMPOSE.format(**facts))
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(**facts))
    yield made
    made.play("down")
    assert made.ours() == []
    assert list((tmp_path / "state").rglob("*.yaml")) == []
