"""One drill a platform, across users and machines: a container of a unique name on its engine, that is never started.

A lock file is seen by one user of one machine only; the engine is what all who drill its containers share.
"""

import json
import socket
from dataclasses import dataclass
from pathlib import Path

from docker.errors import APIError

from switchdrill.clock import boot_id
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, EngineError, reach
from switchdrill.containers.found import Found
from switchdrill.errors import Refused
from switchdrill.machine.process import ProcessName, is_running, own_name, user_name
from switchdrill.platform.model import Platform
from switchdrill.platform.service import PlacedContainer
from switchdrill.text import _

LOCK = "switchdrill.lock"
HOLDER = "switchdrill.holder"
RUN = "switchdrill.run"
_PROCESS = "switchdrill.process"
CLASH = 409
_SHORT_ID = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerLock:
    """Where the lock of one run is; it may be taken or not."""

    endpoint: Endpoint
    name: str
    run: str

    def as_text(self) -> str:
        """For an undo: `release` needs nothing else."""
        return json.dumps({"endpoint": self.endpoint.model_dump(), "name": self.name, "run": self.run})


def lock_for(platform: Platform, run: Path) -> DockerLock | None:
    """The lock that a run on this platform takes; None when it has no container that is there already."""
    placed = _first(platform)
    if placed is None:
        return None
    return DockerLock(endpoint=placed.engine, name=f"switchdrill-lock-{platform.id}", run=str(run))


def take(lock: DockerLock, platform: Platform, holder: str) -> None:
    """Refused, with the holder's name, when somebody else drills it. A lock of one that died on this machine is
    removed first.
    """
    placed = _first(platform)
    if placed is None:
        return
    engine = reach(lock.endpoint)
    for _attempt in range(2):
        if _made(engine, lock, placed, holder):
            return
        found = engine.find(lock.name)
        if found is None or not is_dead(found, engine):
            break
        engine.remove(found.id)
    held_by = found.labels.get(HOLDER, "") if found is not None else ""
    raise Refused(
        _("another drill is running on platform {platform}").format(platform=platform.id),
        where=_("container {name}, {engine}").format(name=lock.name, engine=lock.endpoint.resolved()),
        because=held_by or _("unknown"),
        now=_("wait until it has ended; if that machine is gone:  docker rm {name}").format(name=lock.name),
    )


def release(text: str) -> None:
    """Remove the lock, if it is still that run's. May be repeated."""
    told = json.loads(text)
    engine = reach(Endpoint.model_validate(told["endpoint"]))
    found = engine.find(told["name"])
    if found is not None and found.labels.get(RUN) == told["run"]:
        engine.remove(found.id)


def _first(platform: Platform) -> PlacedContainer | None:
    placed = [each.container.placed for each in platform.services if each.container is not None]
    return next((each for each in placed if each is not None and each.id), None)


def _made(engine: Engine, lock: DockerLock, placed: PlacedContainer, holder: str) -> bool:
    """False: the name is taken."""
    own = own_name()
    labels = {
        LOCK: lock.name,
        RUN: lock.run,
        HOLDER: f"{holder} (user {user_name()} on {socket.gethostname()}, process {own.pid})",
        _PROCESS: json.dumps(
            {
                **own.model_dump(),
                "host": socket.gethostname(),
                "boot": boot_id(),
                "pids": _pid_space(),
                "inside": _own_container(engine),
            }
        ),
    }
    try:
        engine.use(
            f"create {lock.name}",
            lambda client: client.api.create_container(
                placed.image_id or placed.image, ["true"], name=lock.name, labels=labels
            ),
        )
    except EngineError as problem:
        if isinstance(problem.__cause__, APIError) and problem.__cause__.status_code == CLASH:
            return False
        raise
    return True


def dead_run(lock: DockerLock) -> Path | None:
    """The folder of the run that holds this lock, when it has died: what it broke may still be broken."""
    engine = reach(lock.endpoint)
    found = engine.find(lock.name)
    if found is None or not is_dead(found, engine):
        return None
    return Path(found.labels[RUN]) if found.labels.get(RUN) else None


def is_dead(found: Found, engine: Engine) -> bool:
    """Whether the holder of this lock is gone: its process was one of this machine, or of a container of this engine,
    such as a CI job's, that does not run any more. Of others nobody can know.
    """
    try:
        told = json.loads(found.labels.get(_PROCESS, ""))
        process = ProcessName(pid=told["pid"], started=told["started"])
        is_here = told["host"] == socket.gethostname()
        inside, pids = str(told.get("inside", "")), told.get("pids", _pid_space())
    except (ValueError, KeyError, AttributeError):
        return False
    if inside and inside != _own_container(engine):
        home = engine.find(inside)
        return home is None or home.state in ("exited", "dead")
    if not is_here:
        return False
    return told["boot"] != boot_id() or (pids == _pid_space() and not is_running(process))


def _pid_space() -> int:
    """Where a process's id means something: in a container that shares its machine's name it is another one's."""
    return Path("/proc/self/ns/pid").stat().st_ino


def _own_container(engine: Engine) -> str:
    """The id of the container of this engine that we run in; empty: in none. Docker names its host after it."""
    host = socket.gethostname()
    found = engine.find(host) if len(host) == _SHORT_ID else None
    return found.id if found is not None and found.id.startswith(host) else ""
