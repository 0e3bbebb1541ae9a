"""A container as an engine tells it: name, state, where it is reached, what it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

State = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]

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
    owns_processes: bool = True
    """False: it sees its machine's processes, or another container's; from inside they could be killed."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(each.address for each in self.networks if each.address)

    @property
    def compose(self) -> tuple[str, str]:
        """Compose's project and service; empty when it is none of Compose's."""
        return self.labels.get(COMPOSE_PROJECT, ""), self.labels.get(COMPOSE_SERVICE, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One network, as it was when it was looked at."""

    name: str
    id: str
    driver: str
    bridge: str
    """The device on the engine's machine that carries it; empty when it is no bridge."""
    is_internal: bool
    """Nothing outside it, but for the engine's own machine, reaches its containers."""
    members: tuple[str, ...]
    """Ids of the containers that run in it."""


def read_network(told: object) -> Network:
    """From the answer of `inspect`. KeyError or TypeError when it is none."""
    whole = cast("dict[str, object]", told)
    identity, driver = str(whole["Id"]), str(whole["Driver"])
    options = cast("Mapping[str, str]", whole.get("Options") or {})
    bridge = options.get("com.docker.network.bridge.name", f"br-{identity[:12]}") if driver == "bridge" else ""
    members = cast("Mapping[str, object]", whole.get("Containers") or {})
    return Network(
        name=str(whole["Name"]),
        id=identity,
        driver=driver,
        bridge=bridge,
        is_internal=bool(whole.get("Internal")),
        members=tuple(members),
    )


def read_found(told: object) -> Found:
    """From the answer of `inspect`. KeyError or TypeError when it is none."""
    whole = cast("dict[str, dict[str, object]]", told)
    state, config, networks = whole["State"], whole["Config"], whole["NetworkSettings"]["Networks"] or {}
    identity = str(whole["Id"])
    host = whole.get("HostConfig") or {}
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
        owns_network=not _is_shared(host.get("NetworkMode", "")),
        owns_processes=not _is_shared(host.get("PidMode", "")),
        networks=tuple(
            _attached(name, each, identity) for name, each in cast("dict[str, dict[str, object]]", networks).items()
        ),
    )


def _attached(name: str, told: Mapping[str, object], identity: str) -> Attached:
    asked = cast("Mapping[str, str]", told.get("IPAMConfig") or {}).get("IPv4Address", "")
    aliases = cast("list[str]", told.get("Aliases") or [])
    return Attached(
        network=name,
        address=str(told.get("IPAddress") or asked or ""),
        is_fixed=bool(asked),
        aliases=tuple(each for each in aliases if each != identity[:12]),  # the engine adds its own short id itself
    )


def _is_shared(mode: object) -> bool:
    """Of a namespace: `host`, or `container:ID`."""
    return str(mode) == "host" or str(mode).startswith("container:")
