"""What a service can be taken hold of by: its container, or the program that we started."""

from dataclasses import dataclass
from typing import Protocol

from switchdrill.errors import Refused
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Service
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker.service import ContainerService
from switchdrill_faults.processes.service import ProgramService


class Hold(Protocol):
    """One service, from an undo alone."""

    name: str
    """Of the container, or of the program: for people."""

    def kill(self) -> None:
        """End it without a word."""
        ...

    def start(self) -> None:
        """If it does not run; it is not waited for."""
        ...

    def stop(self) -> None:
        """Ask it to end; one that has not after 10 s is killed."""
        ...

    def freeze(self) -> None:
        """It accepts connections, and does nothing."""
        ...

    def restart(self) -> None:
        """Stop it, and start it as it was."""
        ...

    def is_gone(self) -> Counted: ...

    def is_frozen(self) -> Counted: ...

    def was_started_anew(self) -> Counted: ...

    def freeze_again(self) -> list[PutBack]:
        """If somebody has woken it."""
        ...

    def come_home(self) -> str:
        """It runs and is ready; says what was done. CouldNotHeal."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Grasp:
    """What a plan says of it."""

    facts: dict[str, Fact]
    says: str
    """What healing does."""
    by: str
    """`docker {verb} of live-a-origin`, for the mechanism."""
    heal_limit_s: float


def grasp(service: Service, platform: Platform, *, where: str) -> Grasp:
    """Refused when neither is there, or when the container would be gone for good."""
    box = ContainerService.box_of(service, platform, where=where)
    if box is not None:
        return Grasp(
            facts=ContainerService.facts_of(box),
            says=f"makes sure that container {box.name} runs, and waits until it is ready",
            by=f"docker {{verb}} of {box.name}",
            heal_limit_s=ContainerService.limit_s(box),
        )
    if service.run and platform.state is not None:
        return Grasp(
            facts=ProgramService.facts_of(service, platform.state),
            says=f"makes sure that the program of service {service.name} runs, and waits until it is ready",
            by=f"{{verb}} of the processes of {service.name}",
            heal_limit_s=ProgramService.limit_s(service.ready),
        )
    raise Refused(
        _("service {name} can't be broken").format(name=service.name),
        where=where,
        because=_("it is no container, and no program that switchdrill starts"),
        now=_("say in the platform's file which container it is:  container: ..."),
    )


def held(undo: Undo) -> Hold:
    """The other way round."""
    return ContainerService(undo) if "boxes" in undo.facts else ProgramService(undo)
