"""A service that is killed: its processes are gone at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.docker import box, breaking, service


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKill:
    """The service's container is killed, without a word to anybody."""

    kind: ClassVar[str] = "service-kill"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service killed"),
        looks_like=marked("refused for up to a second, then silence: its address is gone"),
    )

    service: str
    """Its name; its site may be a role: `primary.postgres`."""

    def __post_init__(self) -> None:
        service.checked(self.service, "ServiceKill")

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused when the service is no container."""
        where = f"ServiceKill(service={self.service!r})"
        return [service.planned(self.kind, "kill", self.service, platform, where=where)]

    def inject(self, undos: Sequence[Undo]) -> None:
        """SIGKILL."""
        breaking.kill([each for undo in undos for each in box.read(undo)])

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        return service.effect()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """The engine's own state, and what a client of the service sees."""
        return service.is_away(undos[0], "exited", "gone", and_deaf=True)

    @staticmethod
    def heal(undo: Undo) -> str:
        """Start it, and wait until it is ready."""
        return service.bring_back(undo)
