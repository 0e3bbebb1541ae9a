"""From a name or a path to a platform whose every address, path and argv is filled in."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from switchdrill import yamlfile
from switchdrill.carrier import Rung
from switchdrill.containers.project import Project
from switchdrill.errors import BadInput, Refused
from switchdrill.platform import home
from switchdrill.platform.address import NET_MARK
from switchdrill.platform.disorder import Disorder
from switchdrill.platform.lock import PlatformLock, try_lock
from switchdrill.platform.mapped import has_containers, mapped, project_of
from switchdrill.platform.model import Platform
from switchdrill.platform.net import MADE_UP, on_a_free_net
from switchdrill.platform.service import Service
from switchdrill.text import _

DEFAULT = "embedded"
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""What may become a folder's name: never a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A platform that is locked by us and ready to be started, or already runs."""

    platform: Platform
    file: Path
    """What the person named."""
    lock: PlatformLock
    is_ours: bool
    """False: it runs already; we neither start nor stop it."""
    rung: Rung | None = None
    """Of one that is up: where its Toxiproxy servers came from."""
    project: Project | None = None
    """What of it is started with Docker."""


def place(named: str | None, *, state: Path, holder: str) -> Placed:
    """Find the platform, lock it, fill it in.

    `named` None: the embedded one, ours. A NAME: the one that `up NAME` started, else ours. A FILE: as it says.
    Raises BadInput when there is none, Refused when somebody else drills it.
    """
    if named is not None:
        running = running_file(named)
        if running is not None:
            platform = yamlfile.read(running, Platform)
            known = home.residents(running.parent.name)
            rung = None if known is None else known.rung
            return Placed(platform=platform, file=running, lock=_locked(platform, holder), is_ours=False, rung=rung)
    file = find_file(named or DEFAULT)
    template = yamlfile.read_text(file)
    if NET_MARK in template:
        platform, lock = on_a_free_net(template, file, holder)
    else:
        platform = yamlfile.parse(template, Platform, where=str(file))
        lock = _locked(platform, holder)
    try:
        platform = filled(platform, file, state)
        project = project_of(platform, file, state)
        if has_containers(platform):
            platform = mapped(platform, project)
    except BaseException:  # whatever keeps it from being placed, nobody holds it
        lock.release()
        raise
    starts = project is not None or any(service.run for service in platform.services)
    return Placed(platform=platform, file=file, lock=lock, is_ours=starts, project=project)


def refuse_ruins(placed: Placed) -> None:
    """A standing platform of which a process has died would be measured as the drill's own doing. Asked when everything
    is healed that may have ended it.
    """
    name = placed.platform.id
    known = home.residents(name) if placed.file == home.standing_file(name) else None
    ended = [] if known is None else known.ended()
    if ended:
        raise Refused(
            _("platform {name} is up, but not whole").format(name=name),
            where=", ".join(each.log for each in ended),
            because=_("these have ended: {names}").format(names=", ".join(each.name for each in ended)),
            now=_("start it anew:  switchdrill down {name}  and  switchdrill up {name}").format(name=name),
        )


def find_file(named: str) -> Path:
    """The platform file of a path, or of a name under `drills/platforms/` here or in the installed package.

    A name is a folder's, a platform's id, or a file's without its ending, in this order.
    """
    if is_path(named):
        path = Path(named)
        return path / "platform.yaml" if path.is_dir() else path
    for root in content_roots():
        files = sorted((root / "platforms").glob("*/*.yaml"))
        folder = root / "platforms" / named / "platform.yaml"
        ways = (
            [each for each in files if each == folder],
            [each for each in files if _id_of(each) == named],
            [each for each in files if each.stem == named != "platform"],
        )
        for found in ways:
            if found:
                return found[0]
    own = file_here(named)
    there = sorted({_id_of(file) for root in content_roots() for file in (root / "platforms").glob("*/*.yaml")} - {""})
    raise BadInput(
        _("there is no platform called {name!r}").format(name=named),
        because=_("looked in {places}").format(places=", ".join(str(root / "platforms") for root in content_roots())),
        now=_("to mean the one here, say ./{name}").format(name=own or named)
        if own is not None or Path(named).is_dir()
        else _("give one of these names, or the path of a platform.yaml: {names}").format(names=", ".join(there)),
    )


def is_path(named: str) -> bool:
    """Whether it says where a file is; else it is a name."""
    return named.endswith((".yaml", ".yml")) or os.sep in named


def file_here(named: str) -> Path | None:
    """The platform file of this path, or the one in this folder or just below it that has this id; None: neither."""
    if is_path(named):
        found = find_file(named)
        return found if found.is_file() else None
    files = [Path("platform.yaml"), *sorted(Path().glob("*/platform.yaml"))]
    return next((each for each in files if named and _id_of(each) == named), None)


def content_roots() -> list[Path]:
    """Where drills/ may be: here, beside a checkout's package, inside an installed package."""
    package = Path(__file__).resolve().parent.parent
    roots = [Path.cwd() / "drills", package.parent / "drills", package / "content" / "drills"]
    return [root for number, root in enumerate(roots) if root.is_dir() and root not in roots[:number]]


def running_file(named: str) -> Path | None:
    """The resolved file of a platform that `up` started, all of it; named by its id, its folder, its file's stem, or by
    the very path that `up` printed.

    Another path never means one that is up: it is somebody's own file, to be started as it says.
    """
    if is_path(named):
        return home.standing_at(Path(named))
    if not PLAIN_NAME.fullmatch(named):
        return None
    found = home.standing_file(named)
    if found is None and home.names():
        name = id_named(named)
        found = None if name is None else home.standing_file(name)
    return found


def id_named(named: str) -> str | None:
    """The id in the platform file of this name or path; None when there is no such file, or no id in it."""
    try:
        found = _id_of(find_file(named))
    except BadInput:
        return None
    return found if PLAIN_NAME.fullmatch(found) else None


def filled(platform: Platform, file: Path, state: Path) -> Platform:
    """`platform` with every argv and path filled in, for processes whose folder is `state`."""
    values = {
        "{python}": sys.executable,
        "{here}": str(file.resolve().parent),
        "{state}": str(state),
        "{platform}": str(state / "platform.yaml"),
    }

    def fill(text: str) -> str:
        for mark, value in values.items():
            text = text.replace(mark, value)
        return text

    def fill_service(service: Service) -> Service:
        ready = service.ready
        if ready is not None and ready.file is not None:
            ready = ready.model_copy(update={"file": fill(ready.file)})
        run = None if service.run is None else [fill(part) for part in service.run]
        return service.model_copy(update={"run": run, "ready": ready})

    def fill_disorder(disorder: Disorder) -> Disorder:
        argvs = {"break_": disorder.break_, "heal": disorder.heal, "look": disorder.look}
        return disorder.model_copy(update={name: [fill(part) for part in argv] for name, argv in argvs.items()})

    return platform.model_copy(
        update={
            "services": [fill_service(service) for service in platform.services],
            "events": [each.model_copy(update={"file": fill(each.file)}) for each in platform.events],
            "commands": {name: [fill(part) for part in argv] for name, argv in platform.commands.items()},
            "disorders": {name: fill_disorder(each) for name, each in platform.disorders.items()},
            "stop_conditions": [
                each.model_copy(update={"look": [fill(part) for part in each.look]})
                for each in platform.stop_conditions
            ],
            "docker": platform.docker
            and platform.docker.model_copy(
                update={"image": platform.docker.image and [fill(part) for part in platform.docker.image]}
            ),
            "state": str(state),
        }
    )


def _id_of(file: Path) -> str:
    """Empty when there is none, or the file can't be read: its neighbours are looked through all the same."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found = next((line for line in lines if line.startswith("id:")), "")
    return found.removeprefix("id:").partition(" #")[0].strip().strip("\"'")


def _locked(platform: Platform, holder: str) -> PlatformLock:
    lock, held_by = try_lock(platform.id, holder)
    if lock is None:
        raise Refused(
            _("another drill is running on platform {platform}").format(platform=platform.id),
            because=held_by,
            now=_("wait until it has ended; two drills on one platform would measure each other"),
        )
    return lock


def read_unplaced(named: str) -> Platform:
    """A platform's file as data, with a made-up net where it wants one: for lint, not for starting."""
    running = running_file(named)
    return yamlfile.read(running or find_file(named), Platform, values={"net": MADE_UP})
