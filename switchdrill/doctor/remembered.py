"""The folder where locks and undos are remembered, and what it says of earlier drills and platforms."""

import os
from collections.abc import Iterator

from switchdrill.doctor.need import Need
from switchdrill.errors import SwitchdrillError
from switchdrill.healing.lost import lost_runs
from switchdrill.platform import home
from switchdrill.state import state_home, unreadable_pointers
from switchdrill.text import _


def needs() -> Iterator[Need]:
    folder = _folder()
    yield folder
    if folder.is_met:
        yield from _left_over()


def _folder() -> Need:
    """Whether locks and undos find a place; nothing is made to find out."""
    purpose = _("remembers what is open, so that a later run or `heal --all` finds it")
    mend = _("make it writable, or set XDG_STATE_HOME to a folder of your own")
    try:
        home.names()
        home.home_of("any")
        folder = state_home()
    except SwitchdrillError as problem:
        found = "\n".join(filter(None, [problem.what, problem.where, problem.because]))
        return Need(name=_("state folder"), is_met=False, found=found, purpose=purpose, mend=problem.now or mend)
    nearest = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    is_met = nearest.is_dir() and os.access(nearest, os.R_OK | os.W_OK | os.X_OK)
    return Need(
        name=_("state folder"), is_met=is_met, found=str(folder), purpose=purpose, mend="" if is_met else mend
    )  # fmt: skip


def _left_over() -> Iterator[Need]:
    """What earlier drills and platforms left. A lost run is healed by the next one; an unreadable one stops it."""
    try:
        lost = [run.run_id for run in lost_runs()]
        unreadable = [str(path) for path in unreadable_pointers()]
        half = [name for name in home.names() if home.is_half(name)]
        ended = {
            name: [each.name for each in known.ended()] for name in home.names() if (known := home.residents(name))
        }
    except (SwitchdrillError, OSError, RuntimeError) as problem:
        lost, unreadable, half, ended = [], [str(problem)], [], {}
    found = [
        *(_("{name}: a drill whose runner died").format(name=name) for name in lost),
        *(_("{name}: can't be read").format(name=name) for name in unreadable),
    ]
    yield Need(
        name=_("nothing broken"),
        is_met=not found,
        found="\n".join(found) or _("no earlier drill left anything open"),
        purpose=_("what an earlier drill broke must be healed before the next; the next run tries it by itself"),
        mend="switchdrill heal --all" if found else "",
        is_needed=bool(unreadable),
    )
    told = {name: _("{name}: up, but these have ended: {ended}").format(name=name, ended=", ".join(services))
            for name, services in ended.items() if services}  # fmt: skip
    told |= {name: _("{name}: left half-way").format(name=name) for name in half}
    for name, found_there in sorted(told.items()):
        yield Need(
            name=_("platform"),
            is_met=False,
            found=found_there,
            purpose=_("a drill on it would measure what is missing"),
            mend=f"switchdrill down {name}",
            is_needed=False,
        )
