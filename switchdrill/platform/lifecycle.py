"""Start and stop a platform: processes with an argv, containers of a Compose file, servers that carry its links."""

import os
from pathlib import Path

from ruamel.yaml import YAML

from switchdrill.carrier import Rung, carrier
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import reach
from switchdrill.containers.project import Project
from switchdrill.containers.project import start as start_project
from switchdrill.containers.removal import keep_logs, remove
from switchdrill.errors import BadInput, CouldNotHeal, CouldNotStart, SwitchdrillError
from switchdrill.machine.process import ProcessName, end_all, owned_by
from switchdrill.platform import program
from switchdrill.platform.docker_lock import release
from switchdrill.platform.mapped import identified
from switchdrill.platform.model import Platform
from switchdrill.platform.ready import wait_until_ready
from switchdrill.platform.service import Docker, Service
from switchdrill.platform.started import Started, as_started
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill.yamlfile import read

PLATFORM_KIND = "platform"
_ROUNDS = 5


def undo_of(*, state: Path | None, run: Path | None, docker: Docker | None = None, lock: str = "") -> Undo:
    """The way home for everything that a run, or `up`, starts; written before the first of it is.

    `docker`: of a platform whose containers are started with it. `lock`: as `DockerLock.as_text`.
    """
    owners = [str(owner) for owner in (state, run) if owner is not None]
    is_ours = state is not None and docker is not None and docker.compose is not None
    return Undo(
        kind=PLATFORM_KIND,
        target="the platform's processes" if state is not None else "the run's helpers",
        says="ends every process that was started for {owners}".format(owners=", ".join(owners))
        + (f", and removes the containers of project {docker.project}" if is_ours and docker is not None else ""),
        facts={
            "state": "" if state is None else str(state),
            "owners": owners,
            "project": docker.project or "" if is_ours and docker is not None else "",
            "engine": docker.endpoint().model_dump_json() if is_ours and docker is not None else "",
            "lock": lock,
        },
    )


def start_platform(platform: Platform, rung: Rung | None, project: Project | None) -> list[Started]:
    """Start the Toxiproxy servers, the containers, then every service that has a `run`; returns when all are ready.

    Raises CouldNotStart, with the end of the log, for the first service that dies or is not ready in time. What was
    started until then keeps running: the undo ends it.
    """
    state = Path(platform.state or "")
    state.mkdir(parents=True, exist_ok=True)
    write_resolved(platform, state / "platform.yaml")
    if rung is not None:
        carrier().start(platform, state, rung)
    if project is not None and platform.docker is not None:
        start_project(reach(platform.docker.endpoint()), project)
    started = [
        Started(
            name=service.name,
            site=service.site,
            process=_spawn(service, state),
            log=str(_log(service, state)),
            record=str(program.path_of(state, service.name)),
        )
        for service in platform.services
        if service.run
    ]
    started += as_started(platform)
    wait_until_ready(platform, started)
    write_resolved(identified(platform), state / "platform.yaml")  # again: before, its containers had no ids
    return started


def docker_of(state: Path) -> Docker | None:
    """What was started with Docker for the platform in `state`, as its resolved file says; None: nothing, or unread."""
    try:
        return read(state / "platform.yaml", Platform).docker
    except BadInput:
        return None


def write_resolved(platform: Platform, path: Path) -> None:
    """The platform as it runs, as a file that people and its own services can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = YAML(typ="rt")  # the one that keeps the order of keys
    writer.allow_unicode = True
    with path.open("w", encoding="utf-8") as out:
        writer.dump(platform.model_dump(mode="json", by_alias=True, exclude_none=True), out)


def stop_platform(undo: Undo) -> str:
    """Heal of `undo_of`: end the servers and every process with the owners' mark. Fine to repeat.

    Raises CouldNotHeal, naming them, when processes stay, or when a server could not be ended or cleaned; all others
    are ended first.
    """
    state = str(undo.facts.get("state", ""))
    carried: SwitchdrillError | None = None
    if state:
        program.forget_all(Path(state))
    engine = str(undo.facts.get("engine", ""))
    removed = 0
    if engine:
        try:
            reached, project = reach(Endpoint.model_validate_json(engine)), str(undo.facts["project"])
            keep_logs(reached, project=project, owner=Path(state))
            removed = remove(reached, project=project, owner=Path(state))
        except SwitchdrillError as problem:
            carried = problem
    if state and (Path(state) / "carriers").is_dir():
        try:
            carrier().stop(Path(state))
        except SwitchdrillError as problem:
            carried = problem
    owners = undo.facts.get("owners", [])
    processes: list[ProcessName] = []
    stuck: list[ProcessName] = []
    for _round in range(_ROUNDS):  # one that was just forking has a child that no look has seen yet
        living = [each for owner in (owners if isinstance(owners, list) else []) for each in owned_by(Path(owner))]
        if not living or stuck:
            break
        processes += living
        stuck = end_all(living)
    if stuck:
        raise CouldNotHeal(
            _("{count} process(es) could not be ended").format(count=len(stuck)),
            where=", ".join(str(process.pid) for process in stuck),
            now=_("end them by hand: kill -9 {pids}").format(pids=" ".join(str(process.pid) for process in stuck)),
        )
    if carried is not None:
        raise carried
    lock = str(undo.facts.get("lock", ""))
    if lock:
        release(lock)
    return f"ended {len(processes)} process(es)" + (f", removed {removed} container(s)" if engine else "")


def _spawn(service: Service, state: Path) -> ProcessName:
    try:
        return program.start(
            program.Program(
                service=service.name,
                argv=service.run or [],
                env=dict(os.environ),
                cwd=str(Path.cwd()),
                log=str(_log(service, state)),
            ),
            program.path_of(state, service.name),
        )
    except OSError as problem:
        raise CouldNotStart(
            _("service {name} could not be started").format(name=service.name),
            where=" ".join(service.run or []),
            because=problem.strerror,
        ) from problem


def _log(service: Service, state: Path) -> Path:
    return state / f"{service.name}.log"
