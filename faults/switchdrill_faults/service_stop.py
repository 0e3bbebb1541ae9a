"""A service that is stopped: asked to end, as an operator or an orchestrator does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.services import service
from switchdrill_faults.services.hold import held


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStop(service.ServiceFault):
    """The service's container, or its first process, is asked to end, and killed when it has not after 10 s."""

    kind: ClassVar[str] = "service-stop"
    verb: ClassVar[str] = "stop"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service stopped"),
        looks_like=marked("it ends in its own way, then refused; of a container silence, when its address is gone"),
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """Its own stop signal; SIGKILL after 10 s."""
        for undo in undos:
            held(undo).stop()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Its own state, and what a client of the service sees."""
        return held(undos[0]).is_gone()
