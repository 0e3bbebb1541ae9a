"""Another time of day for a program of ours: it is started anew with the library."""

from pathlib import Path

from switchdrill.errors import Refused
from switchdrill.fault import Counted
from switchdrill.machine.process import is_running, variables_of
from switchdrill.platform import program
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.processes import breaking, home
from switchdrill_faults.processes.service import read_ready
from switchdrill_faults.services import sign, skew


class ProgramSkew:
    """From an undo alone."""

    def __init__(self, undo: Undo) -> None:
        self._record = Path(str(undo.facts["program"]))
        self._service = str(undo.facts["service"])
        self._ready = read_ready(undo)
        self._library = str(undo.facts["library"])
        self._by_s = int(str(undo.facts["by_s"]))

    @staticmethod
    def facts_of(undo: Undo, *, where: str) -> dict[str, Fact]:
        """Refused when the library is not on this machine."""
        found = skew.library_here()
        if not found:
            raise Refused(
                _("the clock of service {service} can't be skewed").format(service=undo.facts["service"]),
                where=where,
                because=_("libfaketime is not on this machine"),
                now=_("as root:  apt-get install libfaketime"),
            )
        return {"library": found}

    def set(self) -> None:
        """CouldNotStart."""
        more = {"LD_PRELOAD": self._library, skew.OFFSET: f"{self._by_s:+d}", skew.ONLY_TIME_OF_DAY: "1"}
        with program.alone(self._record):
            breaking.stop(self._record, self._service, grace_s=sign.GRACE_S)
            home.start(self._record, self._service, more=more)

    def counted(self) -> Counted:
        """What each of its processes has loaded, and was told."""
        living = program.processes_of(self._record, self._service)
        off = [
            each
            for each in living
            if skew.is_loaded(skew.maps_of(each.pid)) and variables_of(each).get(skew.OFFSET) == f"{self._by_s:+d}"
        ]
        said = f"{len(off)} of {len(living)} process(es) of {self._service} are {self._by_s:+d} s off"
        return Counted(ok=bool(living) and len(off) == len(living), said=said)

    def unset(self) -> str:
        """What was done; empty when nothing had to be, or its way home does it. CouldNotHeal."""
        known = program.read(self._record)
        if known is None or known.process is None or not is_running(known.process):
            return ""
        if not skew.is_loaded(skew.maps_of(known.process.pid)):
            return ""
        home.come_home(self._record, self._service, self._ready, is_as_before=False)
        return "tells the right time again"
