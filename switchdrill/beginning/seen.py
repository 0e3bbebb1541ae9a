"""What an engine tells of the containers that run there; nothing of them is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from switchdrill.containers.found import COMPOSE_PROJECT, COMPOSE_SERVICE
from switchdrill.containers.labels import PROJECT, SERVICE, SITE
from switchdrill.errors import BadInput
from switchdrill.text import _

Told = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One network that a container is in."""

    network: str
    address: str
    is_fixed: bool
    """Asked for in its Compose file, so that it stays the same after a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One running container, and all that a guess can be made from."""

    name: str
    image: str
    command: str
    labels: Mapping[str, str]
    ports: tuple[int, ...]
    """TCP, inside; those that are published first."""
    published: tuple[int, ...]
    """Those of `ports` that can be reached from outside the engine."""
    joined: tuple[Joined, ...]
    health: str
    """Its health check's command, in one line; empty: none."""

    @property
    def project(self) -> str:
        return self.labels.get(COMPOSE_PROJECT, "")

    @property
    def compose(self) -> str:
        """Compose's service; empty when it is none of Compose's."""
        return self.labels.get(COMPOSE_SERVICE, "")

    @property
    def called(self) -> str:
        """The shortest name that people know it by."""
        return self.compose or self.name

    @property
    def site(self) -> str:
        """As its own label says."""
        return self.labels.get(SITE, "")

    @property
    def service(self) -> str:
        return self.labels.get(SERVICE, "")

    @property
    def networks(self) -> set[str]:
        return {each.network for each in self.joined}


def look(endpoint: Endpoint, project: str | None) -> list[Seen]:
    """Every running container by name (of this Compose project), without those that switchdrill started itself.

    BadInput when there is none. NoEngine when the engine does not answer.
    """
    engine = reach(endpoint)
    labels = [f"{COMPOSE_PROJECT}={project}"] if project else []
    running = engine.every(*labels, is_running=True)
    others = [each for each in running if PROJECT not in each.labels]
    if not others:
        ours = sorted({each.labels[PROJECT] for each in running if PROJECT in each.labels})
        raise BadInput(
            _("no container runs there that could be drilled"),
            where=endpoint.resolved() + (f", project {project}" if project else ""),
            because=_("those of {projects} are switchdrill's own").format(projects=", ".join(ours)) if ours else None,
            now=_("start the platform, see `docker ps`, then try again; or `switchdrill init DIR` alone"),
        )
    return [_read(_inspected(engine, each.id)) for each in others]


def _inspected(engine: Engine, identity: str) -> object:
    return engine.use(f"inspect {identity}", lambda client: client.api.inspect_container(identity))


def _read(told: object) -> Seen:
    whole = cast("Mapping[str, Told]", told)
    config, network = whole["Config"], whole["NetworkSettings"]
    published = sorted(_port(name) for name, hosts in _table(network.get("Ports")).items() if hosts and _is_tcp(name))
    exposed = sorted(_port(name) for name in _table(config.get("ExposedPorts")) if _is_tcp(name))
    health = cast("Sequence[str]", _table(config.get("Healthcheck")).get("Test") or [])
    return Seen(
        name=str(whole["Name"]).removeprefix("/"),
        image=str(config["Image"]),
        command=" ".join([*_words(config.get("Entrypoint")), *_words(config.get("Cmd"))]),
        labels=cast("Mapping[str, str]", config.get("Labels") or {}),
        ports=tuple(dict.fromkeys([*published, *exposed])),
        published=tuple(published),
        joined=tuple(
            Joined(
                network=name,
                address=str(cast("Told", each).get("IPAddress") or ""),
                is_fixed=bool(_table(cast("Told", each).get("IPAMConfig")).get("IPv4Address")),
            )
            for name, each in sorted(_table(network.get("Networks")).items())
        ),
        health="" if list(health[:1]) == ["NONE"] else " ".join(health[1:]),
    )


def _table(value: object) -> Told:
    return cast("Told", value) if isinstance(value, dict) else {}


def _words(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _is_tcp(port: str) -> bool:
    return port.endswith("/tcp")


def _port(text: str) -> int:
    return int(text.partition("/")[0])
