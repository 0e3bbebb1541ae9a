"""Everything that plan.json says besides the drill itself: versions, machine, digests, how to repeat it."""

import hashlib
import os
import platform as machine
import shutil
import socket
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from switchdrill.carrier import Rung
from switchdrill.paper import PaperStage
from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.process import user_name
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan, sha256_of
from switchdrill.runbook.model import Runbook
from switchdrill.text import marked

NO_CARRIER = marked("none: no link of this platform passes a Toxiproxy of ours")
PACKAGES = (
    "pytest",
    "locust",
    "docker",
    "toxiproxy-python",
    "jinja2",
    "aiohttp",
    "av",
    "dnspython",
    "m3u8",
    "pydantic",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What pytest, or a person, asked for."""

    node_id: str
    name: str
    """The drill's file, function and parameters, `site-loss-stall`: becomes part of the run's id."""
    title: str
    source: Path
    kind: str
    covers: Sequence[int]
    runbook: Path
    platform: str | None
    runs: Path
    again: str
    is_dry: bool


def run_id(request: Request, at: datetime) -> str:
    """`20261121-0312-site-loss-stall`: sorts by time, says what it was, safe as a file name everywhere."""
    kept = "".join(character if character.isalnum() else "-" for character in request.name)
    words = [word for word in kept.split("-") if word]
    name = f"{at:%Y%m%d-%H%M%S}-{'-'.join(words)[:80]}"
    taken = sum(1 for _each in request.runs.glob(f"{name}*"))
    return f"{name}-{taken + 1}" if taken else name


def make_plan(
    request: Request,
    run: str,
    runbook: Runbook,
    platform: Platform,
    platform_file: Path,
    paper: PaperStage,
    rung: Rung | None,
    at: datetime,
) -> Plan:
    return Plan.model_validate(
        {
            "schema": "switchdrill.plan/v1",
            "run": run,
            "written": at.isoformat(timespec="seconds"),
            "drill": request.node_id,
            "title": request.title,
            "kind": request.kind,
            "covers": list(request.covers),
            "again": request.again,
            "runbook_file": request.runbook.name,
            "runbook_sha256": sha256_of(request.runbook),
            "runbook": runbook.model_dump(mode="json", by_alias=True),
            "platform_file": platform_file.name,
            "platform": platform.model_dump(mode="json", by_alias=True),
            "targets": [target.model_dump(mode="json") for target in targets(platform)],
            "carrier": rung.says if rung is not None else NO_CARRIER,
            "steps": [step.model_dump(mode="json") for step in paper.steps],
            "faults": [fault.model_dump(mode="json") for fault in paper.faults],
            "tool_version": version("switchdrill"),
            "tool_commit": _commit(),
            "python": sys.version.split()[0],
            "packages": {name: _version(name) for name in PACKAGES},
            "machine": {
                "host": socket.gethostname(),
                "user": user_name(),
                "kernel": f"{machine.system()} {machine.release()}",
                "architecture": machine.machine(),
                "cores": str(os.cpu_count()),
            },
            "seed": zlib.crc32(run.encode()),
        }
    )


def keep_inputs(folder: RunFolder, request: Request, platform_file: Path) -> None:
    """Copies of what was read: runbook, platform file, drill source, and their digests."""
    for role, source in (("runbook", request.runbook), ("platform", platform_file), ("drill", request.source)):
        plain = folder.inputs / source.name
        shutil.copyfile(source, folder.inputs / f"{role}-{source.name}" if plain.exists() else plain)
    digests = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(folder.inputs.iterdir())
    ]
    folder.digests.write_text("\n".join(digests) + "\n", encoding="utf-8")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _commit() -> str:
    checkout = Path(__file__).resolve().parent.parent
    if not (checkout / ".git").exists():
        return "unknown"
    try:
        head = _git(checkout, "rev-parse", "--short=12", "HEAD")
        changed = _git(checkout, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(checkout: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(checkout), *words], capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()
