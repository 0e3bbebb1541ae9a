"""Which container each service of a platform is: looked up on its engine, or told by the Compose file we start."""

from collections.abc import Sequence
from pathlib import Path

from switchdrill.containers.compose import Compose, read_compose
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import reach
from switchdrill.containers.found import Found
from switchdrill.containers.labels import SITE
from switchdrill.containers.project import Project, values_for
from switchdrill.errors import BadInput, Refused
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Container, Docker, PlacedContainer, Service
from switchdrill.text import _


def has_containers(platform: Platform) -> bool:
    docker = platform.docker
    return any(each.container is not None for each in platform.services) or (docker is not None and docker.is_by_label)


def project_of(platform: Platform, file: Path, state: Path) -> Project | None:
    """What we start of it with Docker; None when its containers, if any, are somebody else's."""
    docker = platform.docker
    if docker is None or docker.compose is None or docker.project is None:
        return None
    path = file.resolve().parent / docker.compose
    compose = read_compose(path, values_for(docker.environment, project=docker.project, state=state))
    return Project(name=docker.project, compose=compose, folder=path.parent, owner=state)


def mapped(platform: Platform, project: Project | None) -> Platform:
    """`platform` with every service's container placed.

    Of a project of ours the Compose file tells; of others' the engine is asked. Refused when a mapping matches no
    container, or one container twice, or one that does not run.
    """
    gateways: list[str] = []
    if project is not None:
        services = [_to_be(each, platform, project.compose) for each in platform.services]
        if endpoint_of(platform, None).is_local:
            gateways = [each.gateway for each in project.compose.networks.values()]
    else:
        listed = [*platform.services, *_labelled(platform)]
        services = [_as_found(each, platform) for each in listed]
    _refuse_twice(services)
    docker = _docker_here_and_now(platform.docker)
    return platform.model_copy(update={"services": services, "docker": docker, "gateways": gateways})


def identified(platform: Platform) -> Platform:
    """`platform`, whose containers were made meanwhile, with their ids: by these they are known when somebody renames
    one.
    """
    return platform.model_copy(update={"services": [_identified(each) for each in platform.services]})


def engines_of(platform: Platform) -> list[Endpoint]:
    """Every engine on which a container of the platform is, or is looked for."""
    sites = [each.site for each in platform.services if each.container is not None]
    sites += platform.sites if platform.docker is not None and platform.docker.is_by_label else []
    return list(dict.fromkeys(endpoint_of(platform, site) for site in sites))


def endpoint_of(platform: Platform, site: str | None) -> Endpoint:
    """Where the containers of this site run."""
    own = platform.sites[site].docker if site is not None else None
    return (own or platform.docker or Docker()).endpoint().here_and_now()


def _to_be(service: Service, platform: Platform, compose: Compose) -> Service:
    container = service.container
    if container is None:
        return service
    told = compose.services.get(container.compose or "")
    if told is None:
        raise BadInput(
            _("service {name} is no service of the Compose file").format(name=service.name),
            where=container.says(),
            because=_("it has {names}").format(names=", ".join(compose.services)),
            now=_("name one of them in that service's `container.compose`"),
        )
    addresses = [each.ipv4_address for each in told.networks.values() if each.ipv4_address is not None]
    placed = PlacedContainer(
        engine=endpoint_of(platform, service.site),
        name=told.container_name,
        image=told.image,
        addresses=addresses,
        is_ours=True,
    )
    return _with(service, placed)


def _as_found(service: Service, platform: Platform) -> Service:
    container = service.container
    if container is None:
        return service
    endpoint = endpoint_of(platform, service.site)
    found = _matching(container, platform.docker, endpoint)
    names = ", ".join(each.name for each in found)
    if len(found) != 1:
        raise Refused(
            _("service {name} matches no container").format(name=service.name)
            if not found
            else _("service {name} matches more than one container: {names}").format(name=service.name, names=names),
            where=f"{container.says()}, {endpoint.resolved()}",
            now=_("see `docker ps`, then mend `container` of that service in the platform's file"),
        )
    only = found[0]
    if only.state != "running":
        raise Refused(
            _("container {container} of service {name} does not run").format(container=only.name, name=service.name),
            where=endpoint.resolved(),
            because=_("it is {state}").format(state=only.state),
            now=_("start the platform, then drill again"),
        )
    placed = PlacedContainer(
        engine=endpoint,
        name=only.name,
        id=only.id,
        image=only.image,
        image_id=only.image_id,
        addresses=list(only.addresses),
        vanishes=only.vanishes,
    )
    return _with(service, placed)


def _matching(container: Container, docker: Docker | None, endpoint: Endpoint) -> Sequence[Found]:
    engine = reach(endpoint)
    if container.name is not None:
        found = engine.find(container.name)
        return [] if found is None else [found]
    if container.label is not None:
        return engine.every(container.label)
    project = docker.project if docker is not None else None
    return engine.every(f"com.docker.compose.project={project}", f"com.docker.compose.service={container.compose}")


def _docker_here_and_now(docker: Docker | None) -> Docker | None:
    if docker is None:
        return None
    endpoint = docker.endpoint().here_and_now()
    return docker.model_copy(update={"engine": endpoint.url, "tls": endpoint.tls or None})


def _identified(service: Service) -> Service:
    placed = service.container.placed if service.container is not None else None
    found = reach(placed.engine).find(placed.name) if placed is not None and not placed.id else None
    if placed is None or found is None:
        return service
    return _with(service, placed.model_copy(update={"id": found.id, "image_id": found.image_id}))


def _labelled(platform: Platform) -> list[Service]:
    """Services that the containers' own labels name, on every engine of the platform."""
    if platform.docker is None or not platform.docker.is_by_label:
        return []
    known = {each.name for each in platform.services}
    services: list[Service] = []
    for site in platform.sites:
        for found in reach(endpoint_of(platform, site)).every(f"{SITE}={site}", is_running=True):
            name = f"{site}.{found.service or found.name}"
            if name not in known:
                services.append(Service(name=name, site=site, container=Container(name=found.name)))
    if not services:
        raise Refused(
            _("no running container has the label {label}").format(label=SITE),
            where=endpoint_of(platform, None).resolved(),
            now=_("label them ({example}), or map them one by one under `services`").format(
                example=f"{SITE}={next(iter(platform.sites))}"
            ),
        )
    return services


def _refuse_twice(services: Sequence[Service]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for service in services:
        placed = service.container.placed if service.container is not None else None
        if placed is None:
            continue
        other = seen.setdefault((placed.engine.resolved(), placed.name), service.name)
        if other != service.name:
            raise Refused(
                _("services {first} and {second} are the same container, {container}").format(
                    first=other, second=service.name, container=placed.name
                ),
                now=_("mend `container` of one of them in the platform's file"),
            )


def _with(service: Service, placed: PlacedContainer) -> Service:
    container = service.container
    if container is None:
        return service
    return service.model_copy(update={"container": container.model_copy(update={"placed": placed})})
