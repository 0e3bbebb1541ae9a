"""`up` and `down`: a platform that stays up for playing, or for many drills one after another."""

import shutil
from pathlib import Path

from switchdrill.carrier import carrier
from switchdrill.errors import BadInput, Refused
from switchdrill.platform.find import PLAIN_NAME, place, read_unplaced, running_file
from switchdrill.platform.lifecycle import start_platform, stop_platform, undo_of
from switchdrill.platform.lock import try_lock
from switchdrill.platform.model import Platform
from switchdrill.state import state_home, tidy
from switchdrill.text import _
from switchdrill.yamlfile import read


def bring_up(named: str) -> str:
    """Start it and let it stand; returns its resolved file and how to watch it. Stopped again if it fails."""
    name = _standing_name(named)
    if running_file(name) is not None:
        raise Refused(
            _("platform {name} is up already").format(name=name),
            where=str(running_file(name)),
            now=_("use it with --platform {name}, or stop it with: switchdrill down {name}").format(name=name),
        )
    state = state_home() / "platforms" / name
    placed = place(named, state=state, holder=f"switchdrill up {name}")
    try:
        rung = carrier().provide() if placed.platform.links else None
        platform = placed.platform.model_copy(
            update={"carried": "foreign" if rung is not None and rung.url else "ours"}
        )
        try:
            start_platform(platform, rung)
        except BaseException:  # Ctrl-C, too: half a platform is nobody's
            stop_platform(undo_of(state=state, run=None))
            shutil.rmtree(state, ignore_errors=True)
            raise
    finally:
        placed.lock.release()
    lines = [str(state / "platform.yaml")]
    doors = [service.name for service in platform.services if service.name == "door"]
    if doors:
        door = next(service for service in platform.services if service.name == "door")
        where = (door.ready.http or "").rpartition("/")[0] if door.ready is not None else None
        lines.append(_("watch it with an ordinary player:  {url}").format(url=where))
    return "\n".join(lines)


def _standing_name(named: str) -> str:
    """What it is called while it is up: the name that was given, or the id in the file that was given."""
    name = named if PLAIN_NAME.fullmatch(named) and not Path(named).exists() else read_unplaced(named).id
    if not PLAIN_NAME.fullmatch(name):
        raise BadInput(
            _("a platform can't be called {name!r}").format(name=name), now=_("give it an id of letters, digits, . _ -")
        )
    return name


def take_down(named: str) -> str:
    """Stop everything of it and forget it. Refused while a drill holds it; CouldNotHeal when a process stays."""
    file = running_file(named)
    if file is None:
        raise BadInput(
            _("no platform called {name!r} is up").format(name=named), now=_("start it with: switchdrill up NAME")
        )
    platform = read(file, Platform)
    lock, held_by = try_lock(platform.id, "switchdrill down")
    if lock is None:
        raise Refused(_("a drill is running on platform {name}").format(name=named), because=held_by)
    try:
        said = stop_platform(undo_of(state=file.parent, run=None))
    finally:
        lock.release()
    shutil.rmtree(file.parent, ignore_errors=True)
    tidy()
    return said
