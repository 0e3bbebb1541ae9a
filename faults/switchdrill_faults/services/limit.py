"""A fault that holds one service back: its processor, or its memory."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted, PutBack
from switchdrill.machine.cgroup import Controller
from switchdrill.platform.model import Platform
from switchdrill.text import marked
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker.cage import ContainerCage
from switchdrill_faults.processes.cage import ProgramCage
from switchdrill_faults.services import service
from switchdrill_faults.services.hold import held


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFault(service.ServiceFault, ABC):
    """Healed into what it was held to before, and a service that runs and is ready."""

    needs: ClassVar[str] = marked(
        "a container of the platform's file, or a program that switchdrill started and cgroups we may write"
    )
    controller: ClassVar[Controller]

    @abstractmethod
    def bound(self) -> int:
        """Microseconds in each 100 ms, or bytes."""

    def is_deadly(self) -> bool:
        """Whether it may be less than what the service holds now."""
        return False

    def detailed(self, undo: Undo, platform: Platform) -> Undo:
        """With what it was held to before. Refused, with the reason, when that can't be changed here."""
        asked: dict[str, Fact] = {
            "controller": self.controller,
            "limit": self.bound(),
            "is_deadly": self.is_deadly(),
        }
        says = f"holds {undo.target} to what it was held to before, and waits until it is ready"
        draft = undo.having(asked, says=says)
        facts_of = ContainerCage.facts_of if "boxes" in undo.facts else ProgramCage.facts_of
        return draft.having(facts_of(draft, platform, where=self.where()))

    def inject(self, undos: Sequence[Undo]) -> None:
        """From now on, whatever it is doing."""
        for undo in undos:
            _cage(undo).close()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """How often the kernel has held it back: a limit that it never met does nothing."""
        return _cage(undos[0]).counted()

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """A program that was started anew is outside."""
        return [back for undo in undos for back in _cage(undo).close_again(undo)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """The limit first; one that was killed by it is started. CouldNotHeal."""
        did, home = _cage(undo).open(), held(undo).come_home()
        return service.told_home(undo, did, home)


def _cage(undo: Undo) -> ContainerCage | ProgramCage:
    return ContainerCage(undo) if "boxes" in undo.facts else ProgramCage(undo)
