"""The staging platform, drilled: real servers in containers, one platform of them at a time on an engine."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import reach
from switchdrill.containers.labels import PROJECT

ROOT = Path(__file__).parents[2]
PLATFORM = ROOT / "drills" / "platforms" / "staging" / "platform.yaml"
DRILLS = Path(__file__).parent / "drills"
NAME = "switchdrill-staging"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """One drill that has ended, on a platform of its own that is gone."""

    code: int
    said: str
    folder: Path

    def result(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return found

    def finding(self, name: str) -> dict[str, object]:
        findings = self.result()["findings"]
        assert isinstance(findings, list)
        return next(each for each in findings if each["id"] == name)

    def gifts(self) -> dict[str, object]:
        data = self.result()["data"]
        assert isinstance(data, list)
        return data[0]


def play(home: Path, drill: str, *, platform: Path = PLATFORM) -> Drilled:
    """`switchdrill run`, with a state folder of its own, to its end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHDRILL_")}
    done = subprocess.run(
        [sys.executable, "-m", "switchdrill", "run", drill, "--platform", platform, "--runs", home / "runs"],
        env={**kept, "XDG_STATE_HOME": str(home / "state"), "SWITCHDRILL_LANG": "en"},
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = done.stdout + done.stderr
    folders = list((home / "runs").iterdir()) if (home / "runs").is_dir() else []
    assert len(folders) == 1, said
    return Drilled(code=done.returncode, said=said, folder=folders[0])


def left_behind() -> list[str]:
    """Containers, networks, volumes and packet rules of the staging platform, or of a drill on it."""
    engine = reach(Endpoint())
    label = f"{PROJECT}={NAME}"
    parts = [each.name for each in engine.every(label)]
    for kind in ("networks", "volumes"):
        found = engine.use(
            f"list {kind}", lambda client, kind=kind: getattr(client, kind).list(filters={"label": label})
        )
        parts += [str(each.name) for each in found]
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
    return parts + [line for line in tables.splitlines() if "switchdrill" in line]
