"""A platform that is not ours, started by its own script, once for all tests that drill it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ITS_NET = "10.88.0"
DRILL = "drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """Where its files are, and what it is doing."""

    folder: Path

    def own_script(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.folder / "tv.py"), *words],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def containers(self) -> dict[str, object]:
        """Each as Docker tells it, but for what a restart changes."""
        ids = docker("ps", "-aq", "--no-trunc", "--filter", "label=com.docker.compose.project=tv").split()
        told = json.loads(docker("inspect", *ids))
        return {each["Name"]: _lasting(each) for each in told}

    def command(self, shape: str, runs: Path, *more: str) -> list[str]:
        """The drill of this repository, unchanged, on this platform."""
        files = ["--platform", str(self.folder / "platform.yaml"), "--runbook", str(self.folder / "runbook.yaml")]
        return [sys.executable, "-m", "switchdrill", "run", f"{DRILL}[{shape}]", *files, "--runs", str(runs), *more]


def as_user(state: Path) -> dict[str, str]:
    """Of somebody with a home of his own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHDRILL_")}
    return {**kept, "XDG_STATE_HOME": str(state), "SWITCHDRILL_LANG": "en"}


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _lasting(told: dict[str, dict[str, object]]) -> object:
    networks = told["NetworkSettings"]["Networks"]
    assert isinstance(networks, dict)
    kept = ("IPAMConfig", "IPAddress", "Aliases", "MacAddress", "NetworkID")
    return [
        *(told[name] for name in ("Id", "Image", "Config", "HostConfig", "Mounts", "Path", "Args")),
        {name: [each[what] for what in kept] for name, each in networks.items()},
        told["State"]["Status"],
    ]


@pytest.fixture(scope="session")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theirs]:
    made = subprocess.run(
        [sys.executable, "drills/platforms/staging/image.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    folder = tmp_path_factory.mktemp("theirs") / "tv"
    shutil.copytree(HERE / "tv", folder)
    net = _free_net()
    for file in folder.iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace(ITS_NET, net), encoding="utf-8")
    platform = Theirs(folder=folder)
    try:
        started = platform.own_script("start", "switchdrill-staging:latest")
        assert started.returncode == 0, started.stdout + started.stderr
        yield platform
    finally:
        platform.own_script("stop")


def _free_net() -> str:
    """Three octets that no route of this machine has."""
    routes = subprocess.run(["ip", "-o", "route"], capture_output=True, text=True, check=True).stdout
    return next(f"10.{number}.0" for number in range(88, 100) if f"10.{number}." not in routes)
