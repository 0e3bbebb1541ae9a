"""A Compose project as we start it: everything of it carries our labels."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.types import IPAMConfig, IPAMPool

from switchdrill.containers.birth import create, not_started
from switchdrill.containers.compose import Compose
from switchdrill.containers.engine import SLOW_S, Engine, EngineError
from switchdrill.containers.found import COMPOSE_PROJECT
from switchdrill.containers.labels import OWNER, PROJECT
from switchdrill.containers.removal import AT_ONCE, owners, remove
from switchdrill.errors import Refused
from switchdrill.machine.files import may_be_there
from switchdrill.state import what_ends
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What is to be started, where, and on whose behalf."""

    name: str
    compose: Compose
    folder: Path
    """The Compose file's: relative paths begin here."""
    owner: Path

    def labels(self) -> dict[str, str]:
        return {PROJECT: self.name, OWNER: str(self.owner), COMPOSE_PROJECT: self.name}

    def named(self, part: str) -> str:
        """A network or a volume, as Compose calls it on the engine."""
        return f"{self.name}_{part}"


def start(engine: Engine, project: Project) -> None:
    """Make networks, volumes and containers, and start them in the order in which they need one another.

    What an earlier start of the same owner, or of one that is gone, left behind is removed first. CouldNotStart or
    Refused with the name that clashes, the range or the port that is taken; what was made until then stays, for
    `remove`.
    """
    for owner in owners(engine, project.name):
        if owner == str(project.owner) or not may_be_there(Path(owner)):
            remove(engine, project=project.name, owner=Path(owner))
    refuse_clashes(engine, project)
    for name in project.compose.networks:
        _make(engine, _("network {name}").format(name=project.named(name)), _Network(project, name))
    for name in project.compose.volumes:
        _make(engine, _("volume {name}").format(name=project.named(name)), _Volume(project, name))
    for round_ in project.compose.in_order():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(_start_one, engine, project, name) for name in round_]:
                done.result()


def refuse_clashes(engine: Engine, project: Project) -> None:
    """Refused when a name that we need is somebody else's; nothing of that is touched."""
    for service in project.compose.services.values():
        found = engine.find(service.container_name)
        if found is not None:
            raise _clash(engine, _("a container called {name} is there already").format(name=found.name), found.labels)
    wanted = {project.named(part) for part in project.compose.networks}
    for network in engine.use("list networks", lambda client: client.networks.list()):
        if network.name in wanted:
            what = _("a network called {name} is there already").format(name=network.name)
            members = engine.network(network.name).members
            raise _clash(engine, what, network.attrs.get("Labels") or {}, has_members=bool(members))
    wanted = {project.named(part) for part in project.compose.volumes}
    for volume in engine.use("list volumes", lambda client: client.volumes.list()):
        if volume.name in wanted:
            what = _("a volume called {name} is there already").format(name=volume.name)
            raise _clash(engine, what, volume.attrs.get("Labels") or {})


def values_for(environment: Mapping[str, str], *, project: str, state: Path) -> dict[str, str]:
    """What fills the Compose file: the platform's own words, and what only we know."""
    package = Path(__file__).resolve().parent.parent
    return {"PROJECT": project, "STATE": str(state), "SWITCHDRILL_PACKAGE": str(package), **environment}


def _clash(engine: Engine, what: str, labels: Mapping[str, str], *, has_members: bool = True) -> Refused:
    ours = labels.get(OWNER, "")
    if ours:
        now = _("use or end that platform first ({command}), or give this one another `project` in its file").format(
            command=what_ends(Path(ours))
        )
    else:
        now = _("end what has that name first, or give this platform another `project` in its file")
    if not has_members:
        rest = _("it is empty, so:  docker network rm NAME   (should that say `active endpoints`: restart the engine)")
        now = f"{now}\n{rest}"
    return Refused(
        what,
        where=engine.endpoint.resolved(),
        because=_("it belongs to {owner}").format(owner=ours or labels.get(COMPOSE_PROJECT) or _("somebody else")),
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Network:
    project: Project
    part: str

    def __call__(self, client: docker.DockerClient) -> None:
        network = self.project.compose.networks[self.part]
        client.networks.create(
            self.project.named(self.part),
            driver=network.driver,
            internal=network.internal,
            ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=network.subnet)]),
            options=network.driver_opts,
            check_duplicate=True,
            labels={**self.project.labels(), "com.docker.compose.network": self.part},
        )


@dataclass(frozen=True, slots=True)
class _Volume:
    project: Project
    part: str

    def __call__(self, client: docker.DockerClient) -> None:
        client.volumes.create(
            self.project.named(self.part),
            labels={**self.project.labels(), "com.docker.compose.volume": self.part},
        )


def _make(engine: Engine, what: str, call: _Network | _Volume) -> None:
    try:
        engine.use(what, call, within_s=SLOW_S)
    except EngineError as problem:
        raise not_started(what, None, problem) from problem


def _start_one(engine: Engine, project: Project, name: str) -> None:
    service = project.compose.services[name]
    what = _("container {name}").format(name=service.container_name)
    try:
        engine.use(
            what,
            lambda client: create(
                client, service, name=name, named=project.named, folder=project.folder, labels=project.labels(),
                volumes=list(project.compose.volumes),
            ),
            within_s=SLOW_S,
        )  # fmt: skip
        for network, joined in list(service.networks.items())[1:]:
            engine.attach(
                project.named(network),
                service.container_name,
                address=joined.ipv4_address or "",
                aliases=[name, *joined.aliases],
            )
        engine.start(service.container_name)
    except EngineError as problem:
        raise not_started(what, service, problem) from problem
