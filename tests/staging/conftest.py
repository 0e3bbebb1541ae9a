"""The staging platform, drilled: real servers in containers, beside one that somebody of this machine may have up."""

import hashlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import reach
from switchdrill.containers.labels import PROJECT, TABLE

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "drills" / "platforms" / "staging" / "platform.yaml"
DRILLS = Path(__file__).parent / "drills"
NAME = f"switchdrill-staging-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}"
"""The same in every run of this checkout, so that the next one clears away what a killed one left."""


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


def platform_in(home: Path, *edits: tuple[str, str]) -> Path:
    """The shipped platform file, with a project and doors of its own, and these words for those."""
    text = SHIPPED.read_text(encoding="utf-8")
    own = [
        ("project: switchdrill-staging\n", f"project: {NAME}\n"),
        ("compose: compose.yaml", f"compose: {SHIPPED.parent}/compose.yaml"),
        ("{here}", str(SHIPPED.parent)),
        ('DOOR_A: "18181"', f'DOOR_A: "{free_port()}"'),
        ('DOOR_B: "18182"', f'DOOR_B: "{free_port()}"'),
    ]
    for old, new in (*own, *edits):
        assert old in text
        text = text.replace(old, new)
    file = home / "platform.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def play(home: Path, drill: str, *edits: tuple[str, str]) -> Drilled:
    """`switchdrill run`, with a state folder of its own, to its end; on the shipped platform with these edits."""
    platform = platform_in(home, *edits)
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


def left_behind(drilled: Drilled) -> list[str]:
    """Containers, networks, volumes and packet rules of this platform, or of the drill on it."""
    engine = reach(Endpoint())
    label = f"{PROJECT}={NAME}"
    parts = [each.name for each in engine.every(label)]
    for kind in ("networks", "volumes"):
        found = engine.use(
            f"list {kind}", lambda client, kind=kind: getattr(client, kind).list(filters={"label": label})
        )
        parts += [str(each.name) for each in found]
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
    laid = "".join(path.read_text(encoding="utf-8") for path in (drilled.folder / "undo").iterdir())
    assert "undo" in laid, "the records that tell what was laid"
    return parts + [word for word in tables.split() if word.startswith(TABLE) and word in laid]
