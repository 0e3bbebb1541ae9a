"""Everything that plan.json says besides the drill itself: versions, machine, digests, how to repeat it."""

import errno
import hashlib
import os
import platform as machine
import shutil
import socket
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from switchdrill.carrier import Rung
from switchdrill.clock import Anchor
from switchdrill.errors import CouldNotStart
from switchdrill.machine import network
from switchdrill.machine.process import user_name
from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.record.entries import Opened
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan, PlannedFault, PlannedStep, sha256_of
from switchdrill.runbook.model import Runbook
from switchdrill.text import _, marked

LENT = marked("Toxiproxy servers of the platform's own, lent to us")
NO_CARRIER = marked("none: no link of this platform passes a Toxiproxy of ours")
OWN_NETWORK = "network namespace of the run's own"
_MOST_AT_ONCE = 100
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


def reserve_folder(request: Request, at: datetime) -> RunFolder:
    """A folder of this run's own, empty; two that begin in one second get two. CouldNotStart when it can't be made."""
    for _try in range(_MOST_AT_ONCE):
        path = (request.runs / run_id(request, at)).resolve()
        if request.is_dry:
            return RunFolder(path)
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            if not request.runs.is_dir():
                raise unwritable(path, os.strerror(errno.ENOTDIR)) from None
        except OSError as problem:
            raise unwritable(path, problem.strerror) from problem
        else:
            return RunFolder(path)
    raise unwritable((request.runs / run_id(request, at)).resolve(), os.strerror(errno.EEXIST))


def unwritable(folder: Path, because: str | None) -> CouldNotStart:
    """A run's folder that can't take what a run writes."""
    return CouldNotStart(
        _("the run's folder can't be written, so nothing was started"),
        where=str(folder),
        because=because,
        now=_("make room there, or give another folder with --runs"),
    )


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is known of a run before it begins; it grows until it can be written as the plan."""

    request: Request
    runbook: Runbook
    at: datetime
    folder: RunFolder
    platform: Platform | None = None
    platform_file: Path = Path()
    rung: Rung | None = None
    steps: list[PlannedStep] = field(default_factory=list)
    faults: list[PlannedFault] = field(default_factory=list)

    def _carrier(self, platform: Platform) -> str:
        if self.rung is not None:
            return self.rung.says
        is_lent = any(platform.sites[hop.site].toxiproxy for link in platform.links for hop in link.hops)
        return LENT if is_lent else NO_CARRIER

    def plan(self) -> Plan:
        """The plan, as it is hashed."""
        if self.platform is None:
            raise RuntimeError("a plan without a platform")
        request = self.request
        return Plan.model_validate(
            {
                "schema": "switchdrill.plan/v1",
                "run": self.folder.run_id,
                "written": self.at.isoformat(timespec="seconds"),
                "drill": request.node_id,
                "title": request.title,
                "kind": request.kind,
                "covers": list(request.covers),
                "again": request.again,
                "runbook_file": request.runbook.name,
                "runbook_sha256": sha256_of(request.runbook),
                "runbook": self.runbook.model_dump(mode="json", by_alias=True),
                "platform_file": self.platform_file.name,
                "platform": self.platform.model_dump(mode="json", by_alias=True),
                "targets": [target.model_dump(mode="json") for target in targets(self.platform)],
                "carrier": self._carrier(self.platform),
                "steps": [step.model_dump(mode="json") for step in self.steps],
                "faults": [fault.model_dump(mode="json") for fault in self.faults],
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
                    **({"network": OWN_NETWORK} if network.own() is not None else {}),
                },
                "seed": zlib.crc32(self.folder.run_id.encode()),
            }
        )


def begin_folder(folder: RunFolder, plan: Plan, request: Request, platform_file: Path) -> None:
    """The run's folder, with the plan and copies of all that was read. OSError when that can't be written."""
    folder.make()
    folder.plan.write_bytes(plan.as_json())
    keep_inputs(folder, request, platform_file)


def opening(plan: Plan, folder: RunFolder, at: Anchor) -> Opened:
    """The first record: it anchors the clocks, the plan and what was read."""
    return Opened(
        t_ns=at.mono_ns,
        run=plan.run,
        plan_sha256=hashlib.sha256(folder.plan.read_bytes()).hexdigest(),
        inputs_sha256=hashlib.sha256(folder.digests.read_bytes()).hexdigest(),
        boot_id=at.boot_id,
        wall=at.wall,
        host=plan.machine["host"],
        user=plan.machine["user"],
        runner_pid=os.getpid(),
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
    checkout = Path(__file__).resolve().parent.parent.parent
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
