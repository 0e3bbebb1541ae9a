"""The load of one run: seats, viewers and the line a second, put together from the plan."""

from pathlib import Path

import gevent

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns
from switchdrill.errors import BadInput
from switchdrill.load.crowd import Crowd
from switchdrill.load.schedule import dice, join_offsets_ns, operators_of
from switchdrill.load.scribe import Scribe
from switchdrill.load.viewer import Ticket, Told, Viewer
from switchdrill.machine.linepipe import LinePipe
from switchdrill.platform.serving import signs_of
from switchdrill.platform.targets import Target
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan, read_plan
from switchdrill.text import _

HEAD_START_NS = 300 * NS_PER_MS
"""From Locust's start to the first planned join: by then all viewers exist and wait for theirs."""
FLUSHES_PER_S = 10


class House:
    """Seats viewers until it is closed; closing may be repeated."""

    def __init__(self, plan: Plan, profile: str, scribe: Scribe, *, timeout_s: float, told: Told) -> None:
        asked = plan.runbook.load[profile]
        entrances = entrances_of(plan)
        operators = operators_of({name: plan.platform.operators[name].share for name in entrances}, asked.viewers)
        offsets_ns = join_offsets_ns(plan.seed, asked.viewers, asked.ramp)
        self._plan = plan
        self._entrances = entrances
        self._signs = signs_of(plan.platform)
        self._timeout_s = timeout_s
        self._told = told
        self._scribe = scribe
        self._crowd = Crowd(operators, offsets_ns, scribe.tell)
        self._seated = 0
        self._is_closed = False

    def begin(self) -> None:
        """From here on the ramp counts."""
        self._crowd.begin(now_ns() + HEAD_START_NS)

    def seat_one(self) -> None:
        """One more viewer, in the caller's greenlet, for ever."""
        number = self._seated
        self._seated += 1
        if number >= len(self._crowd.seats):
            raise RuntimeError("more viewers than seats")
        seat = self._crowd.seats[number]
        door = self._entrances[seat.operator]
        if door.resolver is None and door.address is None:
            raise RuntimeError(f"{door.name}: no resolver, and no address")
        ticket = Ticket(
            number=number,
            join_ns=seat.join_ns,
            name=door.name_asked,
            port=door.port,
            path=door.path,
            resolver=door.resolver,
            address=door.address,
            source=door.source,
            timeout_s=self._timeout_s,
        )
        viewer = Viewer(ticket, self._crowd, rng=dice(self._plan.seed, number), signs=self._signs, told=self._told)
        try:
            viewer.live()
        except Exception:  # whatever it was: a viewer that fell over must not be counted as watching
            self._crowd.left(number)
            raise

    def report(self) -> None:
        """One line a second, by an absolute schedule; everything to disk ten times a second. Until closed."""
        start_ns = now_ns()
        turn = 0
        while not self._is_closed:
            turn += 1
            due_ns = start_ns + turn * NS_PER_S // FLUSHES_PER_S
            gevent.sleep(max(0, due_ns - now_ns()) / NS_PER_S)
            if self._is_closed:
                return
            if turn % FLUSHES_PER_S == 0:
                self._crowd.late(max(0, now_ns() - due_ns))
                self._scribe.tell(self._crowd.second(now_ns()))
            self._scribe.flush()

    def close(self) -> None:
        """Observation ends here: outages that go on are written as such."""
        if self._is_closed:
            return
        self._is_closed = True
        self._crowd.close(now_ns())
        self._scribe.flush()


def open_house(folder: str, profile: str, *, timeout_s: float, lines: LinePipe, told: Told) -> House:
    """Read the run's plan and get ready. BadInput when it has no such profile, or nothing that viewers could watch."""
    run = RunFolder(Path(folder))
    plan = read_plan(run.plan)
    if profile not in plan.runbook.load:
        raise BadInput(
            _("there is no load profile {name!r}").format(name=profile),
            where=plan.runbook_file,
            now=_("there are: {names}").format(names=", ".join(plan.runbook.load)),
        )
    return House(plan, profile, Scribe(run.viewers, lines), timeout_s=timeout_s, told=told)


def entrances_of(plan: Plan) -> dict[str, Target]:
    """Where each operator's viewers go in: what its first HLS probe asks. BadInput when no operator has one."""
    found: dict[str, Target] = {}
    for target in plan.targets:
        if target.kind == "hls" and target.operator is not None:
            found.setdefault(target.operator, target)
    if not found:
        raise BadInput(
            _("viewers have nothing to watch"),
            where=plan.platform_file,
            now=_("add a probe of kind hls that goes through operators"),
        )
    return found
