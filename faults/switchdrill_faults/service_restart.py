"""A service that is started anew, once."""

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
class ServiceRestart:
    """The service's container is stopped and started again, once."""

    kind: ClassVar[str] = "service-restart"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service restarted"),
        looks_like=marked("refused for a moment, then as before; what it held in memory is gone"),
    )

    service: str
    """Its name; its site may be a role: `primary.postgres`."""

    def __post_init__(self) -> None:
        service.checked(self.service, "ServiceRestart")

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused when the service is no container."""
        where = f"ServiceRestart(service={self.service!r})"
        return [service.planned(self.kind, "restart", self.service, platform, where=where)]

    def inject(self, undos: Sequence[Undo]) -> None:
        """Its own stop signal, SIGKILL after 10 s, and started."""
        breaking.restart([each for undo in undos for each in box.read(undo)], grace_s=service.GRACE_S)

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        return service.effect()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """The engine's own date of its start, which is another than before."""
        return service.was_started_anew(undos[0])

    @staticmethod
    def heal(undo: Undo) -> str:
        """See that it runs and is ready; start it when it does not."""
        return service.bring_back(undo)
