"""A service that is killed: its processes are gone at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.docker import box, breaking, service


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKill(service.ServiceFault):
    """The service's container is killed, without a word to anybody."""

    kind: ClassVar[str] = "service-kill"
    verb: ClassVar[str] = "kill"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service killed"),
        looks_like=marked("refused for up to a second, then silence: its address is gone"),
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """SIGKILL."""
        breaking.kill([each for undo in undos for each in box.read(undo)])

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """The engine's own state, and what a client of the service sees."""
        return service.is_away(undos[0], "exited", "gone", and_deaf=True)
