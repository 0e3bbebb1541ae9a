"""A Compose file, as far as we start one: the subset that needs no interpretation; anything else is an error.

The same file must mean the same to `docker compose up`: keys have Compose's own meaning, or are not read.
"""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from switchdrill import yamlfile
from switchdrill.errors import BadInput
from switchdrill.naming import Line, Name, Prose
from switchdrill.text import _
from switchdrill.yamlfile import Misplaced, Strict

_MARK = re.compile(r"\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\})")
_PORT = re.compile(r"(127\.0\.0\.1):(\d{1,5}):(\d{1,5})")
_SECONDS = re.compile(r"(\d{1,4})s")


def _as_text(value: object) -> object:
    """Compose takes numbers where it means text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[Prose, BeforeValidator(_as_text)]


class Joined(Strict):
    """A service in a network."""

    ipv4_address: Line | None = None
    aliases: list[Line] = []


class ComposeService(Strict):
    """One container to be."""

    image: Line
    container_name: Line
    """Always said: what we start is known by its name."""
    hostname: Line | None = None
    command: list[Text] = []
    entrypoint: list[Text] | None = None
    environment: dict[str, Text] = {}
    networks: dict[Name, Joined] = Field(min_length=1)
    volumes: list[Line] = []
    """`./file:/inside:ro`, or `volume:/inside`."""
    tmpfs: list[Line] = []
    ports: list[Line] = []
    """`127.0.0.1:HOST:CONTAINER`: nothing is ever published to the outside."""
    dns: list[Line] = []
    extra_hosts: list[Line] = []
    sysctls: dict[str, Text] = {}
    cap_add: list[Line] = []
    init: bool = False
    user: Line | None = None
    working_dir: Line | None = None
    stop_grace_period: Line | None = None
    stop_signal: Line | None = None
    labels: dict[str, Text] = {}
    depends_on: list[Name] = []
    """Started before this one."""
    restart: Line = "no"
    """Only `no`: what a fault has ended must stay ended until it is healed."""
    shm_size: Text | None = None
    mem_limit: Text | None = None
    build: dict[str, Text] | None = None
    """Compose's own affair."""

    @field_validator("ports")
    @classmethod
    def _on_loopback(cls, ports: list[str]) -> list[str]:
        for port in ports:
            if not _PORT.fullmatch(port):
                raise ValueError(_("127.0.0.1:HOST_PORT:PORT is expected, not {text!r}").format(text=port))
        return ports

    @field_validator("restart")
    @classmethod
    def _stays_ended(cls, restart: str) -> str:
        if restart != "no":
            raise ValueError(_('only restart: "no" is possible: a fault\'s work must not be undone by Docker'))
        return restart

    @field_validator("stop_grace_period")
    @classmethod
    def _in_seconds(cls, period: str | None) -> str | None:
        if period is not None and not _SECONDS.fullmatch(period):
            raise ValueError(_("whole seconds are expected, such as 2s, not {text!r}").format(text=period))
        return period

    def grace_s(self) -> int:
        return 2 if self.stop_grace_period is None else int(self.stop_grace_period.removesuffix("s"))

    def published(self) -> list[tuple[str, int, int]]:
        """(address, host port, container port) of each published port."""
        found = [_PORT.fullmatch(port) for port in self.ports]
        return [(each[1], int(each[2]), int(each[3])) for each in found if each is not None]


class Pool(Strict):
    subnet: Line

    @field_validator("subnet")
    @classmethod
    def _private(cls, subnet: str) -> str:
        if not ipaddress.ip_network(subnet).is_private:
            raise ValueError(_("a private range of addresses is expected, not {text!r}").format(text=subnet))
        return subnet


class Ipam(Strict):
    config: list[Pool] = Field(min_length=1, max_length=1)


class ComposeNetwork(Strict):
    driver: Line = "bridge"
    internal: bool = False
    ipam: Ipam
    driver_opts: dict[str, Text] = {}

    @property
    def subnet(self) -> str:
        return self.ipam.config[0].subnet

    @property
    def gateway(self) -> str:
        """The address that the engine's machine has in it: Docker takes the first."""
        return str(next(ipaddress.ip_network(self.subnet).hosts()))


class ComposeVolume(Strict):
    """Named and empty."""


class Compose(Strict):
    """A whole file."""

    name: Line | None = None
    services: dict[Name, ComposeService] = Field(min_length=1)
    networks: dict[Name, ComposeNetwork] = Field(min_length=1)
    volumes: dict[Name, ComposeVolume | None] = {}

    @model_validator(mode="before")
    @classmethod
    def _without_extensions(cls, whole: object) -> object:
        """`x-...` hold what anchors point to."""
        if not isinstance(whole, dict):
            return whole
        return {key: _merged(value) for key, value in whole.items() if not str(key).startswith("x-")}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        taken: dict[str, str] = {}
        for name, service in self.services.items():
            for network, joined in service.networks.items():
                if network not in self.networks:
                    raise Misplaced(
                        _("there is no network {name!r}").format(name=network), "services", name, "networks", network
                    )
                address = joined.ipv4_address
                if address is None:
                    continue
                inside = ipaddress.ip_network(self.networks[network].subnet)
                other = taken.setdefault(address, name)
                if other != name or ipaddress.ip_address(address) not in inside:
                    raise Misplaced(
                        _("{address} is taken by {other}, or not within {subnet}").format(
                            address=address, other=other, subnet=inside
                        ),
                        *("services", name, "networks", network, "ipv4_address"),
                    )
            for number, needed in enumerate(service.depends_on):
                if needed not in self.services:
                    raise Misplaced(
                        _("there is no service {name!r}").format(name=needed), "services", name, "depends_on", number
                    )
        self.in_order()
        return self

    def in_order(self) -> list[list[str]]:
        """The services in rounds: each needs only those of earlier rounds. ValueError when some need one another."""
        left = dict(self.services)
        rounds: list[list[str]] = []
        while left:
            ready = [name for name, service in left.items() if not set(service.depends_on) & set(left)]
            if not ready:
                raise ValueError(_("these services need one another: {names}").format(names=", ".join(left)))
            rounds.append(ready)
            for name in ready:
                del left[name]
        return rounds


def read_compose(path: Path, values: Mapping[str, str]) -> Compose:
    """The file with `values` filled in; BadInput, with its lines, for what we don't start."""
    text = yamlfile.read_text(path)
    return yamlfile.parse(_filled(text, values, path), Compose, where=str(path))


def _filled(text: str, values: Mapping[str, str], path: Path) -> str:
    """Compose's interpolation: `${NAME}`, `${NAME:-default}`, `$$`."""

    def fill(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        value = values.get(found[1]) or found[2]
        if value is None:
            raise BadInput(
                _("nothing says what {name} is").format(name="${" + found[1] + "}"),
                where=f"{path}:{text.count(chr(10), 0, found.start()) + 1}",
                now=_("give it in `docker.environment` of the platform's file, or a default: {example}").format(
                    example="${" + found[1] + ":-...}"
                ),
            )
        return value

    return _MARK.sub(fill, text)


def _merged(value: object) -> object:
    """Plain dictionaries, with what `<<` brings in."""
    if isinstance(value, dict):
        return {key: _merged(value[key]) for key in value}
    return value
