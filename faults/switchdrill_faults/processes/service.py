"""A service that is a program of ours, as a fault means it: broken, brought back, seen by its client."""

from pathlib import Path

from switchdrill.clock import now_ns
from switchdrill.fault import Counted, PutBack
from switchdrill.machine.process import ProcessName, is_frozen
from switchdrill.platform import program
from switchdrill.platform.service import Ready, Service
from switchdrill.undo import Fact, Undo
from switchdrill_faults.processes import breaking, home
from switchdrill_faults.services import sign


class ProgramService:
    """All its processes, its children too, by the marks in their environment; never by name."""

    def __init__(self, undo: Undo) -> None:
        self._undo = undo
        self._record = Path(str(undo.facts["program"]))
        self._ready = read_ready(undo)
        self.name = str(undo.facts["service"])

    @staticmethod
    def facts_of(service: Service, state: str) -> dict[str, Fact]:
        record = program.path_of(Path(state), service.name)
        known = program.read(record)
        return {
            "program": str(record),
            "ready": "" if service.ready is None else service.ready.model_dump_json(),
            "started": "" if known is None or known.process is None else str(known.process.started),
        }

    @staticmethod
    def limit_s(ready: Ready | None) -> float:
        return sign.home_within_s(ready) + sign.GRACE_S

    def kill(self) -> None:
        breaking.kill(self._record, self.name)

    def start(self) -> None:
        with program.alone(self._record):
            if not self._living():
                home.start(self._record, self.name)

    def stop(self) -> None:
        breaking.stop(self._record, self.name, grace_s=sign.GRACE_S)

    def freeze(self) -> None:
        breaking.freeze(self._record, self.name)

    def restart(self) -> None:
        with program.alone(self._record):
            self.stop()
            home.start(self._record, self.name)

    def is_gone(self) -> Counted:
        """Its processes, and what a client of the service sees."""
        living = self._living()
        answered = sign.is_answered(self._ready)
        return Counted(
            ok=not living and not answered, said=f"{len(living)} process(es) of {self.name} live{sign.told(answered)}"
        )

    def is_frozen(self) -> Counted:
        """Its processes, and what a client sees where the sign is more than a connection."""
        living = self._living()
        frozen = [each for each in living if is_frozen(each)]
        answered = sign.is_answered(self._ready, more_than_a_connection=True)
        return Counted(
            ok=bool(living) and len(frozen) == len(living) and not answered,
            said=f"{len(frozen)} of {len(living)} process(es) of {self.name} are frozen{sign.told(answered)}",
        )

    def was_started_anew(self) -> Counted:
        """Whether another process than before is it now."""
        known, before = program.read(self._record), str(self._undo.facts["started"])
        now = known.process if known is not None and program.is_running_again(self._record) else None
        is_anew = now is not None and bool(before) and str(now.started) != before
        return Counted(
            ok=is_anew,
            said=f"{self.name} does not run"
            if now is None
            else f"{self.name} is process {now.pid}, {'started anew' if is_anew else 'as before'}",
        )

    def freeze_again(self) -> list[PutBack]:
        looked_ns = now_ns()
        if not [each for each in self._living() if not is_frozen(each)]:
            return []
        self.freeze()
        return [
            PutBack(
                undo=self._undo,
                target=self._undo.target,
                gone_ns=(looked_ns, looked_ns),
                again_ns=now_ns(),
                said="somebody woke it, and it was frozen again",
            )
        ]

    def come_home(self) -> str:
        return home.come_home(self._record, self.name, self._ready)

    def _living(self) -> list[ProcessName]:
        return program.processes_of(self._record, self.name)


def read_ready(undo: Undo) -> Ready | None:
    text = str(undo.facts.get("ready", ""))
    return Ready.model_validate_json(text) if text else None
