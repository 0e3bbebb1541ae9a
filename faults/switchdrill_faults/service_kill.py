"""A service that is killed: its processes are gone at once."""

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
class ServiceKill(service.ServiceFault):
    """The service's container, or all its processes is killed, without a word to anybody."""

    kind: ClassVar[str] = "service-kill"
    verb: ClassVar[str] = "kill"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service killed"),
        looks_like=marked("refused; of a container silence after a second, when its address is gone"),
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """SIGKILL."""
        for undo in undos:
            held(undo).kill()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Its own state, and what a client of the service sees."""
        return held(undos[0]).is_gone()
