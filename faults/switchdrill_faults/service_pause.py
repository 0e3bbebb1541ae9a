"""A service that is frozen: it connects, and is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted, PutBack
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.services import service
from switchdrill_faults.services.hold import held


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePause(service.ServiceFault):
    """All processes of the service are frozen in one instant."""

    kind: ClassVar[str] = "service-pause"
    verb: ClassVar[str] = "pause"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service frozen"),
        looks_like=marked("it connects, then silence"),
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """The kernel's freezer, or SIGSTOP for each."""
        for undo in undos:
            held(undo).freeze()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Its own state, and what a client sees where the sign is more than a connection."""
        return held(undos[0]).is_frozen()

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """When somebody wakes it, it is frozen again."""
        return [back for undo in undos for back in held(undo).freeze_again()]
