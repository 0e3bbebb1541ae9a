"""A service that is stopped: asked to end, as an operator or an orchestrator does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.docker import box, breaking, service


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStop(service.ServiceFault):
    """The service's container is asked to end, and killed when it has not after 10 s."""

    kind: ClassVar[str] = "service-stop"
    verb: ClassVar[str] = "stop"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service stopped"),
        looks_like=marked("it ends in its own way, then silence: its address is gone"),
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """Its own stop signal; SIGKILL after 10 s."""
        breaking.stop([each for undo in undos for each in box.read(undo)], grace_s=service.GRACE_S)

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """The engine's own state, and what a client of the service sees."""
        return service.is_away(undos[0], "exited", "gone", and_deaf=True)
