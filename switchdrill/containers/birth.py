"""One container of a Compose file, made; and what to do when Docker won't."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import docker
from docker.types import LogConfig

from switchdrill.containers.compose import ComposeService
from switchdrill.containers.engine import EngineError
from switchdrill.containers.found import COMPOSE_SERVICE
from switchdrill.errors import BadInput, CouldNotStart
from switchdrill.text import _


def create(
    client: docker.DockerClient,
    service: ComposeService,
    *,
    name: str,
    named: Callable[[str], str],
    folder: Path,
    labels: Mapping[str, str],
    volumes: Sequence[str],
) -> None:
    """Make it, in the first of its networks; it is not started. `named` tells what a network or volume is called."""
    api = client.api
    network, joined = next(iter(service.networks.items()))
    config = api.create_endpoint_config(ipv4_address=joined.ipv4_address, aliases=[name, *joined.aliases])
    api.create_container(
        service.image,
        command=service.command,
        entrypoint=service.entrypoint,
        name=service.container_name,
        hostname=service.hostname or name,
        environment=dict(service.environment),
        ports=[inside for _address, _outside, inside in service.published()],
        user=service.user,
        working_dir=service.working_dir,
        stop_signal=service.stop_signal,
        host_config=api.create_host_config(
            binds=[_bind(each, folder, volumes, named) for each in service.volumes],
            tmpfs={path: options for path, _colon, options in (each.partition(":") for each in service.tmpfs)},
            port_bindings={inside: (address, outside) for address, outside, inside in service.published()},
            dns=service.dns,
            extra_hosts=dict(each.split(":", 1) for each in service.extra_hosts),
            sysctls=service.sysctls,
            cap_add=service.cap_add,
            init=service.init,
            shm_size=service.shm_size,
            mem_limit=service.mem_limit,
            restart_policy={"Name": "no"},
            network_mode=named(network),
            log_config=LogConfig(type=LogConfig.types.JSON, config={"max-size": "5m"}),
        ),
        networking_config=api.create_networking_config({named(network): config}),  # type: ignore[arg-type]  # its stubs are wrong
        labels={**service.labels, **labels, COMPOSE_SERVICE: name},
    )


def not_started(what: str, service: ComposeService | None, problem: EngineError) -> CouldNotStart:
    """CouldNotStart with what mends it, as far as Docker's words tell."""
    said = problem.because or problem.what
    now = _("mend that, then start it again")
    if "overlaps" in said:
        now = _("another network has this range of addresses, see `docker network ls`; write ${net} to leave it to us")
    elif "port is already allocated" in said or "address already in use" in said:
        ports = ", ".join(f"{address}:{outside}" for address, outside, _in in service.published()) if service else "?"
        now = _("somebody listens at {ports}: end that, or give another port in the platform's file").format(
            ports=ports
        )
    elif "No such image" in said:
        now = _("the image is missing, and nothing says how to make it: `docker.image` in the platform's file")
    return CouldNotStart(_("{what} could not be made").format(what=what), because=said, now=now)


def _bind(text: str, folder: Path, volumes: Sequence[str], named: Callable[[str], str]) -> str:
    """`./file:/in:ro` begins in the Compose file's folder; a volume's name gets the project's in front."""
    source, separator, inside = text.partition(":")
    if not separator:
        raise BadInput(_("SOURCE:PATH is expected, not {text!r}").format(text=text), where="volumes")
    if source in volumes:
        return f"{named(source)}:{inside}"
    path = (folder / source).resolve()
    if not path.exists():
        raise BadInput(
            _("there is nothing to mount at {path}").format(path=path),
            where=text,
            now=_("mend `volumes` in the Compose file; Docker would make an empty folder there"),
        )
    return f"{path}:{inside}"
