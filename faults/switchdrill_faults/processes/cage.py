"""A program of ours held back in its processor or its memory: in a control group of this machine that is ours."""

import contextlib
import errno
import os
from pathlib import Path

from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import CouldNotHeal, CouldNotStart, Refused
from switchdrill.fault import Counted, PutBack
from switchdrill.machine.cgroup import Controller, Group, group_for, group_named, group_of, why_no_groups
from switchdrill.platform import program
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.packets.way import table_for

_ALL_S = 5.0
_WORDS = {"cpu": "{count} periods of 100 ms throttled", "memory": "{count} times the memory was full"}


class ProgramCage:
    """From an undo alone: the group is found by its name, which no other has."""

    def __init__(self, undo: Undo) -> None:
        self._record = Path(str(undo.facts["program"]))
        self._service = str(undo.facts["service"])
        self._controller: Controller = "cpu" if undo.facts["controller"] == "cpu" else "memory"
        self._limit = int(str(undo.facts["limit"]))
        self._name = str(undo.facts["group"])
        self._former = str(undo.facts["former"])

    @staticmethod
    def facts_of(undo: Undo, platform: Platform, *, where: str) -> dict[str, Fact]:
        """Refused where no group can be made."""
        controller: Controller = "cpu" if undo.facts["controller"] == "cpu" else "memory"
        record, service = Path(str(undo.facts["program"])), str(undo.facts["service"])
        name = table_for(undo.kind, platform.id, str(platform.state), service)
        known = program.read(record)
        pid = os.getpid() if known is None or known.process is None else known.process.pid
        why = why_no_groups(group_for(pid, controller, name))
        if why:
            raise Refused(
                _("the program of service {service} can't be held back here").format(service=service),
                where=where,
                because=why,
                now=_("run it as root, on a platform of containers, or break the service in another way"),
            )
        own = group_of(pid, controller)
        return {"group": name, "former": "" if known is None or own is None else str(own.path)}

    def close(self) -> None:
        """All its processes, its children too. CouldNotStart."""
        living = program.processes_of(self._record, self._service)
        group = group_for(living[0].pid, self._controller, self._name) if living else None
        if group is None:
            raise CouldNotStart(_("service {service} does not run").format(service=self._service))
        try:
            group.path.mkdir(exist_ok=True)
            group.hold_back(self._limit)
            self._take_all(group)
        except OSError as problem:
            raise CouldNotStart(
                _("service {service} could not be held back").format(service=self._service),
                where=str(group.path),
                because=problem.strerror,
            ) from problem

    def close_again(self, undo: Undo) -> list[PutBack]:
        looked_ns = now_ns()
        group = group_named(self._controller, self._name)
        if group is None or not self._outside(group):
            return []
        self._take_all(group)
        said = "it was started anew, and is held back again"
        return [PutBack(undo=undo, target=undo.target, gone_ns=(looked_ns, looked_ns), again_ns=now_ns(), said=said)]

    def counted(self) -> Counted:
        group = group_named(self._controller, self._name)
        if group is None or group.limit() != self._limit:
            return Counted(ok=False, said=f"{self._service} is not held back")
        count, outside = group.times_met(), self._outside(group)
        said = _WORDS[self._controller].format(count=count)
        why = f"; {len(outside)} process(es) are outside" if outside else ""
        why = why or ("" if count else ": it asks for less than it may have")
        return Counted(ok=count > 0 and not outside, said=f"{self._service}: {said}{why}")

    def open(self) -> str:
        """What was done; empty when nothing had to be. CouldNotHeal."""
        group = group_named(self._controller, self._name)
        if group is None:
            return ""
        deadline = now_ns() + int(_ALL_S * NS_PER_S)
        former = Path(self._former) if self._former else group.path.parent
        home = group.at(former if former.is_dir() else group.path.parent)
        while True:
            try:
                for pid in group.processes():
                    _move(pid, home)
                group.path.rmdir()
            except FileNotFoundError:
                return "is held back no more"
            except OSError as problem:  # busy for a moment, until the last one has left
                if now_ns() > deadline:
                    raise CouldNotHeal(
                        _("service {service} is still held back").format(service=self._service),
                        where=str(group.path),
                        because=problem.strerror,
                        now=_("write the ids of its cgroup.procs into that of {former}, then:  rmdir {path}").format(
                            former=home.path, path=group.path
                        ),
                    ) from problem
                pause(0.02)
            else:
                return "is held back no more"

    def _take_all(self, group: Group) -> None:
        deadline = now_ns() + int(_ALL_S * NS_PER_S)
        while outside := self._outside(group):
            for pid in outside:
                _move(pid, group)
            if now_ns() > deadline:
                raise OSError(errno.EBUSY, "new processes are born outside all the time")

    def _outside(self, group: Group) -> set[int]:
        return {each.pid for each in program.processes_of(self._record, self._service)} - set(group.processes())


def _move(pid: int, group: Group) -> None:
    with contextlib.suppress(ProcessLookupError):
        group.take(pid)
