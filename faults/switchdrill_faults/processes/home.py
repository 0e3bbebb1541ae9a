"""The way home of a program: ended whatever is left of it, started exactly as it was, seen to be ready.

A frozen one is killed, never woken: it would still do what clients long gone had asked.
"""

from collections.abc import Mapping
from pathlib import Path

from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import CouldNotHeal, CouldNotStart, SwitchdrillError
from switchdrill.machine.process import ProcessName, is_dying, is_frozen, is_running, own_name, reap
from switchdrill.platform import program
from switchdrill.platform.ready import is_ready
from switchdrill.platform.service import Ready
from switchdrill.platform.started import tail
from switchdrill.text import _
from switchdrill_faults.processes import breaking
from switchdrill_faults.services.sign import home_within_s

_STAYS_S = 0.3
"""Less is no proof, whatever answers at its address: one that finds its port taken ends by itself soon."""


def come_home(record: Path, service: str, ready: Ready | None, *, is_as_before: bool = True) -> str:
    """Says what was done. CouldNotHeal when it does not run, or is not ready in time.

    `is_as_before`: False when what runs is not what was started, so that it is started anew.
    """
    if _is_gone_with_its_platform(record):
        return "ended with its platform"
    did = _mended(record, service, is_as_before)
    if not did and _is_gone_with_its_platform(record):
        return "ended with its platform"
    has_stayed = _is_whole(record, service, ready, stays_s=_STAYS_S if did else 0)
    if not has_stayed and not did:  # it was dying when it was looked at
        did = _mended(record, service, is_as_before)
        has_stayed = _is_whole(record, service, ready, stays_s=_STAYS_S)
    if not has_stayed:
        raise _not_home(record, service, _("it ended right after its start"))
    return f"was {did}, and is ready" if did else "was whole; nothing was done"


def start(record: Path, service: str, *, more: Mapping[str, str] | None = None) -> None:
    """CouldNotStart. The caller is alone with the record, and nothing of it runs."""
    known = program.read(record)
    if known is None:
        raise CouldNotStart(_("how service {service} was started is not known").format(service=service))
    try:
        program.start(known, record, more=more)
    except OSError as problem:
        raise CouldNotStart(
            _("service {name} could not be started").format(name=service),
            where=" ".join(known.argv),
            because=problem.strerror,
        ) from problem


def _mended(record: Path, service: str, is_as_before: bool) -> str:
    try:
        return _mend(record, service, is_as_before)
    except (SwitchdrillError, OSError) as problem:
        raise _not_home(record, service, str(problem)) from problem


def _mend(record: Path, service: str, is_as_before: bool) -> str:
    with program.alone(record):
        known = program.read(record)
        if known is None:  # the platform was stopped while the lock was waited for
            return ""
        living = program.processes_of(record, service)
        has_frozen = any(is_frozen(each) for each in living)
        main = known.process
        if is_as_before and not has_frozen and main is not None and is_running(main) and not is_dying(main):
            return ""
        breaking.kill(record, service)
        start(record, service)
        return "killed while frozen and started" if has_frozen else "started"


def _is_gone_with_its_platform(record: Path) -> bool:
    """Its record goes first; and after a reboot nothing of the platform is there, whatever its folder says."""
    known = program.read(record)
    return known is None or (known.process is not None and not _is_of_this_boot(known.process))


def _is_of_this_boot(process: ProcessName) -> bool:
    return process.started == 0 or process.started >> 36 == own_name().started >> 36


def _is_whole(record: Path, service: str, ready: Ready | None, *, stays_s: float) -> bool:
    """Waits until it is; False: it has ended. CouldNotHeal when it runs, and is not ready in time."""
    begun, limit_s = now_ns(), home_within_s(ready)
    while True:
        reap()
        passed_s = (now_ns() - begun) / NS_PER_S
        if not program.is_running_again(record):
            return False
        if passed_s > stays_s and (ready is None or is_ready(ready)):
            return True
        if passed_s > limit_s:
            raise _not_home(record, service, _("it runs, and is not ready"))
        pause(0.05)


def _not_home(record: Path, service: str, because: str) -> CouldNotHeal:
    known = program.read(record)
    said = tail(Path(known.log)) if known is not None else None
    return CouldNotHeal(
        _("service {service} could not be brought back").format(service=service),
        where=known.log if known is not None else str(record),
        because=f"{because}\n{said}" if said else because,
        now=_("mend that, then:  switchdrill heal --all"),
        meanwhile=_("service {service} does not serve").format(service=service),
    )
