"""A service whose disk is full."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.engine import NoSuchContainer
from switchdrill.errors import BadInput, CouldNotHeal, Refused, SwitchdrillError
from switchdrill.fault import EXAMPLE, Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.services import service
from switchdrill_faults.services.hold import held
from switchdrill_faults.services.place import place

BOUND = 2 << 30
"""Bytes. What is larger is no mount of limited size: filling it would take long, and hit others."""
_KEPT_EVERY_NS = NS_PER_S
_KEPT_NS: dict[str, int] = {}
"""File -> when it was last topped up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFull(service.ServiceFault):
    """A folder of the service, on a mount of limited size (a tmpfs, a small volume), has no room for another byte.

    What the service deletes is filled again.
    """

    kind: ClassVar[str] = "disk-full"
    needs: ClassVar[str] = marked(
        "a mount of limited size (tmpfs, a small volume) in a container, or of a program that we started"
    )
    verb: ClassVar[str] = "a file that fills a mount"
    legend: ClassVar[Legend] = Legend(
        name=marked("Disk full"),
        looks_like=marked("it serves what it has, and can write nothing new: a picture that stands still"),
    )

    path: str = field(metadata={EXAMPLE: "/hls"})
    """As the service sees it: `/hls`."""

    def __post_init__(self) -> None:
        service.ServiceFault.__post_init__(self)
        if not isinstance(self.path, str) or not self.path.startswith("/") or ".." in PurePosixPath(self.path).parts:
            raise BadInput(_("DiskFull: an absolute path is expected, not {value!r}").format(value=self.path))

    def detailed(self, undo: Undo, platform: Platform) -> Undo:
        """Refused where the folder's file system is large, or others live on it."""
        facts = {"path": self.path, "file": service.file_of_ours(platform, undo.target, self.path)}
        draft = undo.having(
            facts,
            says=f"removes the file {facts['file']} from {self.path} of {undo.target}",
            mechanism=f"one file in {self.path} of {held(undo).name}, until that is full",
        )
        self._refuse_what_is_too_much(draft)
        return draft

    def inject(self, undos: Sequence[Undo]) -> None:
        """To the last byte."""
        for undo in undos:
            place(undo).fill(str(undo.facts["file"]))

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """The room that is left, as the file system tells it."""
        where, name = place(undos[0]), str(undos[0].facts["file"])
        free, is_ours = where.space().free, where.has(name)
        return Counted(
            ok=is_ours and not free,
            said=f"{self.path} has room for {free} bytes" + ("" if is_ours else ", and our file is not there"),
        )

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """Room that the service made, or got by a restart, is filled again."""
        found = []
        for undo in undos:
            looked_ns, name = now_ns(), str(undo.facts["file"])
            if looked_ns - _KEPT_NS.get(name, 0) < _KEPT_EVERY_NS:
                continue
            where, since_ns = place(undo), _KEPT_NS.get(name, looked_ns)
            try:
                was_there = where.has(name)
                where.fill(name)
            except SwitchdrillError:
                continue  # it does not run just now; the next look tries again
            _KEPT_NS[name] = now_ns()
            if not was_there:
                said = "it had an empty disk, which was filled again"
                found.append(
                    PutBack(undo=undo, target=undo.target, gone_ns=(since_ns, looked_ns), again_ns=now_ns(), said=said)
                )
        return found

    @staticmethod
    def heal(undo: Undo) -> str:
        """Exactly our file. A service that has ended meanwhile is started first: without it nobody sees its disk."""
        try:
            did = _removed(undo)
        except SwitchdrillError:
            did = None
        home = held(undo).come_home()
        if did is None and home != "ended with its platform":
            try:
                did = _removed(undo)
            except SwitchdrillError as problem:
                raise CouldNotHeal(
                    _("the disk of {target} is still full").format(target=undo.target),
                    where=f"{undo.facts['path']}/{undo.facts['file']}",
                    because=str(problem),
                    now=_("remove that file, then:  switchdrill heal --all"),
                ) from problem
        return service.told_home(undo, did or "", home)

    def _refuse_what_is_too_much(self, undo: Undo) -> None:
        """On paper, where nothing runs that could be asked, everything may be."""
        try:
            space = place(undo).space()
        except (NoSuchContainer, NoEngine):
            return
        except SwitchdrillError as problem:
            raise Refused(
                _("{path} of {target} can't be filled").format(path=self.path, target=undo.target),
                where=self.where(),
                because=problem.because or str(problem),
            ) from problem
        if space.is_others or space.size > BOUND:
            raise Refused(
                _("{path} is no mount of limited size").format(path=self.path),
                where=self.where(),
                because=_("it is on the file system of others, who would suffer")
                if space.is_others
                else _("it holds {size} MiB").format(size=space.size >> 20),
                now=_("mount a tmpfs there, or a volume of at most {bound} MiB").format(bound=BOUND >> 20),
            )


def _removed(undo: Undo) -> str:
    """What was done, empty when nothing had to be."""
    where, name = place(undo), str(undo.facts["file"])
    if not where.has(name):
        return ""
    where.remove(name)
    return "has room on its disk again"
