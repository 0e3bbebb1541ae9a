"""A container held back in its processor or its memory, by its engine: it stays so when it is started anew."""

from functools import partial

from switchdrill.containers import limits
from switchdrill.containers.engine import Engine
from switchdrill.containers.found import Found
from switchdrill.containers.limits import Limits
from switchdrill.errors import CouldNotHeal, Refused, SwitchdrillError
from switchdrill.fault import Counted, PutBack
from switchdrill.machine.cgroup import Controller, Group, group_of
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker import box, home
from switchdrill_faults.docker.box import Box
from switchdrill_faults.docker.process import is_ours_to_enter

_KILLED = 137
_WORDS = {"cpu": "{count} periods of 100 ms throttled", "memory": "{count} times the memory was full"}


class ContainerCage:
    """From an undo alone."""

    def __init__(self, undo: Undo) -> None:
        self._box = box.read(undo)[0]
        self._controller = _controller(undo)
        self._limit = int(str(undo.facts["limit"]))
        self._former = Limits.model_validate_json(str(undo.facts["former"] or "{}"))
        self._met = int(str(undo.facts["met"]))
        self._is_deadly = bool(undo.facts["is_deadly"])

    @staticmethod
    def facts_of(undo: Undo, platform: Platform, *, where: str) -> dict[str, Fact]:  # noqa: ARG004  # the other needs it
        """What it was held to, and how often it met that; on paper nothing. Refused when the limit would widen it, or
        kill it unasked.
        """
        one, controller, limit = box.read(undo)[0], _controller(undo), int(str(undo.facts["limit"]))
        try:
            engine = one.engine()
            found = one.found(engine)
            former = None if found is None else limits.limits_of(engine, found.id)
        except SwitchdrillError:
            found = former = None
        if found is None or former is None:
            return {"former": "", "met": 0}
        before = _of(former, controller)
        if 0 < before <= limit:
            raise Refused(
                _("container {name} is held to less already").format(name=one.name),
                where=where,
                because=_("its own limit is {before}, and this one would be {limit}").format(
                    before=before, limit=limit
                ),
            )
        met, used = _seen(one, found, controller)
        if controller == "memory" and used >= limit and not undo.facts["is_deadly"]:
            raise Refused(
                _("container {name} uses more memory than that now").format(name=one.name),
                where=where,
                because=_("it uses {used} MiB, so the limit would kill it").format(used=used >> 20),
                now=_("ask for more, or for that:  may_kill=True"),
            )
        return {"former": former.model_dump_json(), "met": met}

    def close(self) -> None:
        """EngineError when the engine, or the kernel, does not take it."""
        engine = self._box.engine()
        if self._controller == "cpu":
            # As whoever made it said it: the engine takes no quota where it was told `--cpus`, and the other way round.
            quota = (
                Limits(nano_cpus=self._limit * 10_000)
                if self._former.nano_cpus
                else Limits(quota_us=self._limit, period_us=limits.PERIOD_US)
            )
            limits.hold_processor(engine, self._box.name, quota)
        else:
            found = engine.get(self._box.name)
            is_too_big = self._is_deadly and _seen(self._box, found, self._controller)[1] >= self._limit
            if is_too_big:  # a kernel of version 1 takes no limit below what is in use
                engine.kill(found.id)
            limits.hold_memory(engine, found.id, Limits(memory=self._limit, memory_and_swap=self._limit))
            if is_too_big:
                engine.start(found.id)

    def close_again(self, undo: Undo) -> list[PutBack]:  # noqa: ARG002  # as the other cage's
        """The engine holds a container back also when it was started anew."""
        return []

    def counted(self) -> Counted:
        name = self._box.name
        found = self._box.found(self._box.engine())
        if found is None or found.state not in ("running", "paused"):
            killed = found is not None and found.exit_code == _KILLED and self._controller == "memory"
            said = "was killed at its limit" if killed else "does not run"
            return Counted(ok=killed, said=f"{name} {said}")
        if _of(limits.limits_of(self._box.engine(), found.id), self._controller) != self._limit:
            return Counted(ok=False, said=f"{name} is not held back")
        met, _used = _seen(self._box, found, self._controller)
        count = met - self._met if met >= self._met else met  # the kernel begins anew when it is started anew
        said = _WORDS[self._controller].format(count=count)
        return Counted(ok=count > 0, said=f"{name}: {said}" + ("" if count else ": it asks for less than it may have"))

    def open(self) -> str:
        """What was done; empty when nothing had to be. CouldNotHeal."""
        found = home.insist(self._box, self._box.found)
        if found is None:
            return ""  # its way home tells it
        if self._is_former(found):
            return ""
        hold = limits.hold_processor if self._controller == "cpu" else limits.hold_memory
        home.insist(self._box, lambda engine: hold(engine, found.id, self._former))
        if not self._is_former(found):
            raise CouldNotHeal(
                _("container {name} is still held back").format(name=self._box.name),
                where=self._box.where.resolved(),
                now=_("see  docker inspect {name}, and  docker update").format(name=self._box.name),
            )
        return "is held back no more than before"

    def _is_former(self, found: Found) -> bool:
        now = home.insist(self._box, partial(_limits, name=found.id))
        before = self._former
        if self._controller == "memory":
            return (now.memory, now.memory_and_swap) == (before.memory, before.memory_and_swap)
        return (now.quota_us, now.nano_cpus) == (before.quota_us, before.nano_cpus) and (
            now.quota_us < 0 or now.period_us == before.period_us
        )


def _controller(undo: Undo) -> Controller:
    return "cpu" if undo.facts["controller"] == "cpu" else "memory"


def _limits(engine: Engine, *, name: str) -> Limits:
    return limits.limits_of(engine, name)


def _of(held: Limits, controller: Controller) -> int:
    if controller == "memory":
        return held.memory
    if held.nano_cpus:
        return held.nano_cpus // 10_000
    return held.quota_us if held.quota_us < 0 else held.quota_us * limits.PERIOD_US // held.period_us


def _seen(one: Box, found: Found, controller: Controller) -> tuple[int, int]:
    """How often a limit was met, and bytes in use: from this machine's kernel, else as the engine tells it."""
    group: Group | None = group_of(found.pid, controller) if is_ours_to_enter(found) else None
    if group is not None:
        return group.times_met(), group.used() if controller == "memory" else 0
    throttled, full, used = limits.times_met(one.engine(), found.id)
    return (throttled if controller == "cpu" else full), used
