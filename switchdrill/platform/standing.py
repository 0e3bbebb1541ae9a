"""`up` and `down`: a platform that stays up for playing, or for many drills one after another."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from switchdrill.carrier import carrier
from switchdrill.containers.engine import reach
from switchdrill.errors import BadInput, CouldNotStart, Refused
from switchdrill.machine import network
from switchdrill.platform import home
from switchdrill.platform.find import PLAIN_NAME, file_here, id_named, is_path, place, read_unplaced
from switchdrill.platform.image import provide_images
from switchdrill.platform.lifecycle import docker_of, start_platform, stop_platform, undo_of
from switchdrill.platform.lock import remove_free, try_lock
from switchdrill.platform.model import Platform
from switchdrill.platform.net import MADE_UP
from switchdrill.state import tidy
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill.yamlfile import read


def bring_up(named: str) -> str:
    """Start it and let it stand; returns its resolved file and how to watch it. Refused when it is up, or others'.

    When it fails all of it is ended, and the logs stay. What an earlier `up` or `down` left half-way is
    cleared away first.
    """
    _refuse_others(named)
    name = read_unplaced(named).id
    if not PLAIN_NAME.fullmatch(name):
        raise BadInput(
            _("a platform can't be called {name!r}").format(name=name), now=_("give it an id of letters, digits, . _ -")
        )
    with _alone(name, "switchdrill up"):
        _refuse_second(name)
        cleared = _clear(name)
        platform = _start(named, home.home_of(name))
    lines = [str(home.home_of(name) / "platform.yaml"), *cleared]
    door = next((service for service in platform.services if service.name == "door"), None)
    if door is not None and door.ready is not None and door.ready.http is not None:
        where = door.ready.http.rpartition("/")[0]
        lines.append(_("watch it with an ordinary player:  {url}").format(url=where))
    lines.append(_("stop it with:  switchdrill down {name}").format(name=name))
    return "\n".join(lines)


def take_down(named: str) -> str:
    """Stop everything of it and forget it; half of one, too. Refused while a drill holds it; CouldNotHeal when a
    process stays.
    """
    name = _name_of_one_that_is_there(named)
    with _alone(name, "switchdrill down"):
        file = home.standing_file(name)
        if file is None:
            return "\n".join(_clear(name))
        lock, held_by = try_lock(read(file, Platform).id, "switchdrill down")
        if lock is None:
            raise Refused(_("a drill is running on platform {name}").format(name=name), because=held_by)
        try:
            return _stop(file.parent)
        finally:
            lock.release()


@contextmanager
def _alone(name: str, holder: str) -> Iterator[None]:
    """One `up` or `down` of a name at a time."""
    lock, held_by = try_lock(f"up.{name}", holder)
    if lock is None:
        raise Refused(
            _("platform {name} is just being started or stopped").format(name=name),
            because=held_by,
            now=_("wait until that has ended"),
        )
    try:
        yield
    finally:
        lock.release()
        tidy()


def _refuse_others(named: str) -> None:
    """Refused when its file says of nothing how it is started: what runs there, others have started."""
    file = file_here(named)
    if file is None or (not is_path(named) and id_named(named) is not None):
        return
    platform = read(file, Platform, values={"net": MADE_UP})
    if not platform.is_started_by_us():
        raise Refused(
            _("platform {name} is not started by switchdrill, nor stopped").format(name=platform.id),
            where=str(file),
            because=_("its file only says what runs there: no service has `run`, and `docker` no `compose`"),
            now=_("start and stop it as you always do; a drill takes it with --platform {file}").format(file=file),
        )


def _refuse_second(name: str) -> None:
    """Refused when it is up. One of which nothing runs any more, as after a reboot, is not."""
    file = home.standing_file(name)
    if file is None:
        return
    known = home.residents(name)
    ended = [] if known is None else known.ended()
    if known is not None and known.services and len(ended) == len(known.services):
        home.unmark(file.parent)
        return
    raise Refused(
        _("platform {name} is up already").format(name=name)
        if not ended
        else _("platform {name} is up, but not whole").format(name=name),
        where=str(file),
        because=_("these have ended: {names}").format(names=", ".join(each.name for each in ended)) if ended else None,
        now=_("start it anew:  switchdrill down {name}  and  switchdrill up {name}").format(name=name)
        if ended
        else _("use it with --platform {name}, or stop it with: switchdrill down {name}").format(name=name),
    )


def _clear(name: str) -> list[str]:
    """End what is left of one that was killed half-way; what was done, in a line, if anything was there."""
    if not home.is_half(name):
        return []
    said = _stop(home.home_of(name))
    remove_free()
    return [_("platform {name} was left half-way by an earlier `up` or `down`: {said}").format(name=name, said=said)]


def _start(named: str, state: Path) -> Platform:
    placed = place(named, state=state, holder="switchdrill up")
    try:
        rung = carrier().provide() if placed.platform.is_carried_by_us() else None
        is_foreign = rung is not None and bool(rung.url)
        platform = placed.platform.model_copy(update={"carried": "foreign" if is_foreign else "ours"})
        if placed.project is not None:
            platform = provide_images(platform, placed.project)
        try:
            started = start_platform(platform, rung, placed.project)
            home.mark_up(state, home.Residents(services=started, rung=rung, network=network.own()))
        except CouldNotStart as problem:
            stop_platform(_undo_of(state))
            problem.now = problem.now or _("read its log; the next `up` clears it away")
            raise
        except BaseException:  # Ctrl-C, too: half a platform is nobody's
            _stop(state)
            raise
    finally:
        placed.lock.release()
    return platform


def _stop(state: Path) -> str:
    """From the first moment on it is half a platform: killed here, the next `up` or `down` goes on. NoEngine, and all
    stays as it is, when the engine of its containers does not answer.
    """
    docker = docker_of(state)
    if docker is not None and docker.compose is not None:
        reach(docker.endpoint()).version()
    home.unmark(state)
    said = stop_platform(_undo_of(state))
    shutil.rmtree(state)
    return said


def _undo_of(state: Path) -> Undo:
    return undo_of(state=state, run=None, docker=docker_of(state))


def _name_of_one_that_is_there(named: str) -> str:
    """The name of a platform that has a folder. BadInput, with those that have one, when it is none of them."""
    there = home.names()
    for name in (named, id_named(named)):
        if name in there:
            return name
    _refuse_others(named)
    raise BadInput(
        _("no platform called {name!r} is up").format(name=named),
        because=_("up are: {names}").format(names=", ".join(there)) if there else _("none is up"),
        now=None if there else _("start it with: switchdrill up NAME"),
    )
