"""A platform's parts: programs that we start, containers that we start, and containers that are somebody else's."""

import re
from collections.abc import Sequence
from typing import Self

from pydantic import Field, field_validator, model_validator

from switchdrill.containers.endpoint import Endpoint as DockerEndpoint
from switchdrill.duration import PositiveDuration
from switchdrill.naming import Line, Name, Prose
from switchdrill.platform.address import Address, Endpoint
from switchdrill.text import _
from switchdrill.yamlfile import Strict


class DockerEngine(Strict):
    """Where an engine is."""

    engine: Line
    """`unix:///path`, `ssh://user@host`, `tcp://host:2376`."""
    tls: Line | None = None
    """Folder with ca.pem, cert.pem and key.pem."""

    def endpoint(self) -> DockerEndpoint:
        return DockerEndpoint(url=self.engine, tls=self.tls or "")

    @field_validator("engine")
    @classmethod
    def _usable(cls, engine: str) -> str:
        DockerEndpoint(url=engine)
        return engine


class Docker(Strict):
    """The platform's containers as a whole."""

    engine: Line | None = None
    """As in DockerEngine; None: DOCKER_HOST, else this machine's own."""
    tls: Line | None = None
    compose: Line | None = None
    """A Compose file beside this one: switchdrill starts and stops these containers. None: they are somebody else's,
    and run already."""
    project: Name | None = None
    """Compose's name of it; services are looked for in this project."""
    image: list[Prose] | None = None
    """argv that makes the image which `compose` names, when the engine has none."""
    environment: dict[str, str] = {}
    """Fills `${NAME}` in the Compose file."""
    is_by_label: bool = Field(default=False, alias="by_label")
    """Every container with the label `switchdrill.site` is mapped, as the service that `switchdrill.service` names."""

    def endpoint(self) -> DockerEndpoint:
        return DockerEndpoint(url=self.engine or "", tls=self.tls or "")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        DockerEndpoint(url=self.engine or "")
        if self.compose is not None and self.project is None:
            raise ValueError(_("`compose` needs a `project`: what its containers are known by"))
        return self


class Ready(Strict):
    """How to see that a service is up. Exactly one of them."""

    http: Line | None = None
    tcp: Endpoint | None = None
    dns: Endpoint | None = None
    file: Line | None = None
    within: PositiveDuration = 10_000_000_000

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(each is not None for each in (self.http, self.tcp, self.dns, self.file)) != 1:
            raise ValueError(_("exactly one of http, tcp, dns or file is expected"))
        return self


MARKS = ("python", "here", "state", "platform")
"""What an argv may have in braces; filled in when the platform is placed."""


def refuse_unknown_marks(text: str, known: Sequence[str]) -> None:
    """ValueError for a `{word}` that nobody fills in: the program would get it as it stands."""
    for mark in re.findall(r"\{([a-z]+)\}", text):
        if mark not in known:
            raise ValueError(
                _("nothing is called {mark}; there are {known}").format(
                    mark="{" + mark + "}", known=", ".join("{" + each + "}" for each in known)
                )
            )


class PlacedContainer(Strict):
    """A container, as it was found or will be made. Written by the engine."""

    engine: DockerEndpoint
    name: Line
    id: Line = ""
    """Empty while it is not made yet."""
    image: Line = ""
    image_id: Line = ""
    addresses: list[Address] = []
    vanishes: bool = False
    """Docker removes it when it ends (`--rm`)."""
    is_ours: bool = False
    """We start and stop it."""


class Container(Strict):
    """Which container a service is: by exactly one of Compose's service, its own name, or a label."""

    compose: Line | None = None
    name: Line | None = None
    label: Line | None = None
    """`key=value`, or `key`."""
    placed: PlacedContainer | None = None
    """Written by the engine."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(each is not None for each in (self.compose, self.name, self.label)) != 1:
            raise ValueError(_("exactly one of compose, name or label is expected"))
        return self

    def says(self) -> str:
        """How it is looked for, for messages."""
        kind, value = next(
            (kind, value)
            for kind, value in (("compose", self.compose), ("name", self.name), ("label", self.label))
            if value is not None
        )
        return f"{kind} {value}"


class Service(Strict):
    """One part of the platform. With `run`, switchdrill starts and stops it; without, it is somebody else's."""

    name: Name
    site: Name | None = None
    run: list[Prose] | None = None
    """argv. `{python}`: this interpreter; `{here}`: the platform file's folder; `{state}`: a folder of the run's own;
    `{platform}`: this file with everything filled in."""
    container: Container | None = None
    """The container that it is; faults act on that."""
    ready: Ready | None = None

    @field_validator("run")
    @classmethod
    def _known_marks(cls, run: list[str] | None) -> list[str] | None:
        for part in run or []:
            refuse_unknown_marks(part, MARKS)
        return run

    @model_validator(mode="after")
    def _one_way_of_being(self) -> Self:
        if self.run is not None and self.container is not None:
            raise ValueError(_("a service is a program (`run`) or a container, not both"))
        return self
