"""A network as an engine tells it: which device carries it, and who is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast


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
