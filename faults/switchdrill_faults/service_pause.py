"""A service that is frozen: it connects, and is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted, PutBack
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.docker import box, breaking, service, woken


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePause(service.ServiceFault):
    """All processes of the service's container are frozen in one instant."""

    kind: ClassVar[str] = "service-pause"
    verb: ClassVar[str] = "pause"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service frozen"),
        looks_like=marked("it connects, then silence"),
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """The kernel's freezer."""
        breaking.pause([each for undo in undos for each in box.read(undo)])

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """The engine's own state, and what a client sees where the sign is more than a connection."""
        return service.is_away(undos[0], "paused", and_deaf=_answers_more_than_a_connection(undos[0]))

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """When somebody wakes it, it is frozen again."""
        return [back for undo in undos for back in woken.put_back(undo, "paused")]


def _answers_more_than_a_connection(undo: Undo) -> bool:
    ready = box.read(undo)[0].ready
    return ready is not None and (ready.http is not None or ready.dns is not None)
