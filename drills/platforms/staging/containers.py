"""Every container of the platform runs, and is in its networks: what `reset` sees to before it asks anybody."""

from pathlib import Path

from switchdrill.containers.compose import Compose, ComposeService, read_compose
from switchdrill.containers.engine import Engine, reach
from switchdrill.containers.found import Found
from switchdrill.containers.project import values_for
from switchdrill.platform.asking import CommandFailed
from switchdrill.platform.model import Platform

COMPOSE = Path(__file__).parent / "compose.yaml"


def mend(platform: Platform) -> list[str]:
    """What was done, one line each. CommandFailed for a container that is gone: that is no state to come back from.

    A frozen one is killed and started, never woken: it would still do what clients long gone had asked.
    """
    docker = platform.docker
    if docker is None or docker.project is None:
        return []
    engine = reach(docker.endpoint())
    values = values_for(docker.environment, project=docker.project, state=Path(platform.state or "."))
    compose = read_compose(COMPOSE, values)
    done: list[str] = []
    for service in compose.services.values():
        found = engine.find(service.container_name)
        if found is None:
            raise CommandFailed(
                f"the container {service.container_name} is gone",
                now=f"start the platform anew:  switchdrill down {platform.id}  and  switchdrill up {platform.id}",
            )
        done += _joined(engine, compose, service, found, docker.project)
        done += _running(engine, found)
    return done


def _joined(engine: Engine, compose: Compose, service: ComposeService, found: Found, project: str) -> list[str]:
    there = {each.network for each in found.networks}
    done = []
    for network, joined in service.networks.items():
        name = f"{project}_{network}"
        if network in compose.networks and name not in there:
            engine.attach(name, found.name, address=joined.ipv4_address or "", aliases=joined.aliases)
            done.append(f"{found.name} is in {network} again")
    return done


def _running(engine: Engine, found: Found) -> list[str]:
    if found.state == "running":
        return []
    if found.state == "paused":
        engine.kill(found.name)
    engine.start(found.name)
    return [f"{found.name} was {found.state}, and was started"]
