"""A container as an engine tells it: name, state, where it is reached, what it runs, what it belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from switchdrill.containers.labels import SERVICE, SITE

State = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]

Told = Mapping[str, object]

COMPOSE_PROJECT = "com.docker.compose.project"
COMPOSE_SERVICE = "com.docker.compose.service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One network that a container is in."""

    network: str
    address: str
    """IPv4; empty while the container does not run and has no fixed one."""
    is_fixed: bool
    """The address was asked for, so it stays the same when the container is started or attached again."""
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One container, as it was when it was looked at."""

    name: str
    id: str
    state: State
    pid: int
    """Of its first process, on the engine's machine; 0 when it does not run."""
    started: str
    """The engine's own date, RFC 3339: changes with every start."""
    exit_code: int
    image: str
    image_id: str
    labels: Mapping[str, str]
    networks: tuple[Attached, ...]
    owns_network: bool = True
    """False: it uses its machine's own network, or another container's. What is laid there meets others, too."""
    vanishes: bool = False
    """Docker removes it when it ends (`--rm`): nobody could start it again."""
    owns_processes: bool = True
    """False: it sees its machine's processes, or another container's; from inside they could be killed."""
    command: str = ""
    """Entry point and arguments, in one line."""
    ports: tuple[int, ...] = ()
    """TCP, inside; those that are published first."""
    published: tuple[int, ...] = ()
    """Those of `ports` that can be reached from outside the engine."""
    health: str = ""
    """Its health check's command, in one line; empty: none."""
    folders: frozenset[str] = frozenset()
    """Folders of the engine's machine that it sees: bind mounts and volumes."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(each.address for each in self.networks if each.address)

    @property
    def network_names(self) -> set[str]:
        return {each.network for each in self.networks}

    @property
    def compose_project(self) -> str:
        """Empty when it is none of Compose's."""
        return self.labels.get(COMPOSE_PROJECT, "")

    @property
    def compose_service(self) -> str:
        return self.labels.get(COMPOSE_SERVICE, "")

    @property
    def called(self) -> str:
        """The shortest name that people know it by."""
        return self.compose_service or self.name

    @property
    def site(self) -> str:
        """Of a platform, as its own label says; empty: it has none."""
        return self.labels.get(SITE, "")

    @property
    def service(self) -> str:
        """Of a platform, as its own label says; empty: it has none."""
        return self.labels.get(SERVICE, "")


def read_found(told: object) -> Found:
    """From the answer of `inspect`. KeyError or TypeError when it is none."""
    whole = cast("Mapping[str, Told]", told)
    state, config, reached = whole["State"], whole["Config"], whole["NetworkSettings"]
    identity, host = str(whole["Id"]), _table(whole.get("HostConfig"))
    published = sorted(_port(name) for name, at in _table(reached.get("Ports")).items() if at and _is_tcp(name))
    exposed = sorted(_port(name) for name in _table(config.get("ExposedPorts")) if _is_tcp(name))
    return Found(
        name=str(whole["Name"]).removeprefix("/"),
        id=identity,
        state=cast("State", state["Status"]),
        pid=int(str(state["Pid"])),
        started=str(state["StartedAt"]),
        exit_code=int(str(state["ExitCode"])),
        image=str(config["Image"]),
        image_id=str(whole["Image"]),
        labels=cast("dict[str, str]", config["Labels"] or {}),
        networks=tuple(_attached(name, each, identity) for name, each in sorted(_table(reached["Networks"]).items())),
        vanishes=bool(host.get("AutoRemove")),
        owns_network=not _is_shared(host.get("NetworkMode", "")),
        owns_processes=not _is_shared(host.get("PidMode", "")),
        command=" ".join([*_words(config.get("Entrypoint")), *_words(config.get("Cmd"))]),
        ports=tuple(dict.fromkeys([*published, *exposed])),
        published=tuple(published),
        health=_health(_words(_table(config.get("Healthcheck")).get("Test"))),
        folders=_folders(whole.get("Mounts")),
    )


def _attached(name: str, told: object, identity: str) -> Attached:
    way = _table(told)
    address, asked = way.get("IPAddress"), _table(way.get("IPAMConfig")).get("IPv4Address")
    return Attached(
        network=name,
        address=str(address or asked or ""),
        is_fixed=bool(asked),
        # the engine adds its own short id itself
        aliases=tuple(each for each in _words(way.get("Aliases")) if each != identity[:12]),
    )


def _folders(mounts: object) -> frozenset[str]:
    sources = (_table(each).get("Source") for each in mounts) if isinstance(mounts, list) else ()
    return frozenset(str(source) for source in sources if source)  # a tmpfs has none


def _health(test: Sequence[str]) -> str:
    """Of `CMD word...`, `CMD-SHELL line`, or `NONE`."""
    return "" if test[:1] == ["NONE"] else " ".join(test[1:])


def _table(value: object) -> Told:
    """Engines say null where nothing is."""
    return cast("Told", value) if isinstance(value, dict) else {}


def _words(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _is_tcp(port: str) -> bool:
    return port.endswith("/tcp")


def _port(text: str) -> int:
    return int(text.partition("/")[0])


def _is_shared(mode: object) -> bool:
    """Of a namespace: `host`, or `container:ID`."""
    return str(mode) == "host" or str(mode).startswith("container:")
