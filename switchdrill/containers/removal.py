"""Taking a project away: only what carries our labels, one by one."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from docker.models.networks import Network
from docker.models.volumes import Volume

from switchdrill.containers.engine import Engine
from switchdrill.containers.found import Found
from switchdrill.containers.labels import OWNER, PROJECT
from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.text import _

AT_ONCE = 4
LOG_LINES = 1000
"""Of one container; a program that prints without end must not fill the run's folder."""


def keep_logs(engine: Engine, *, project: str, owner: Path) -> None:
    """What every container of this owner printed last, into `<owner>/<container>.log`, before they are removed.

    Evidence only: one that can't be had, or written, is left out.
    """

    def keep(container: Found) -> None:
        with contextlib.suppress(SwitchdrillError, OSError):
            said = engine.log(container.id, lines=LOG_LINES)
            (owner / f"{container.name}.log").write_text(f"{said}\n", encoding="utf-8")

    with ThreadPoolExecutor(AT_ONCE) as pool, contextlib.suppress(SwitchdrillError):
        list(pool.map(keep, engine.every(f"{PROJECT}={project}", f"{OWNER}={owner}")))


def remove(engine: Engine, *, project: str, owner: Path | None = None) -> int:
    """Remove every container, network and volume of the project that carries our label (and this owner's); how many
    containers there were. May be repeated. CouldNotHeal, naming them, when something stays.
    """
    labels = [f"{PROJECT}={project}", *([f"{OWNER}={owner}"] if owner is not None else [])]
    found = engine.every(*labels)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda each: _tried(lambda: engine.kill(each.id)), found))
    left: list[str] = []
    for container in found:
        _try(left, container.name, partial(engine.remove, container.id))
    networks = engine.use("list networks", lambda client: client.networks.list(filters={"label": labels}))
    volumes = engine.use("list volumes", lambda client: client.volumes.list(filters={"label": labels}))
    parts: list[Network | Volume] = [*networks, *volumes]
    for part in parts:
        _try(left, str(part.name), partial(_remove_part, engine, part))
    if left:
        raise CouldNotHeal(
            _("parts of project {project} could not be removed").format(project=project),
            where=", ".join(left),
            because=_("Docker did not do it"),
            now=_("see why:  docker rm -f {first}   then:  switchdrill heal --all").format(first=left[0]),
        )
    return len(found)


def owners(engine: Engine, project: str) -> set[str]:
    """On whose behalf anything of this project was made, as our labels say."""
    label = f"{PROJECT}={project}"
    found = {each.labels.get(OWNER, "") for each in engine.every(label)}
    networks = engine.use("list networks", lambda client: client.networks.list(filters={"label": label}))
    volumes = engine.use("list volumes", lambda client: client.volumes.list(filters={"label": label}))
    found |= {str((each.attrs.get("Labels") or {}).get(OWNER, "")) for each in [*networks, *volumes]}
    return found


def _remove_part(engine: Engine, part: Network | Volume) -> None:
    engine.use(f"remove {part.name}", lambda _client: part.remove())


def _try(left: list[str], name: str, call: Callable[[], object]) -> None:
    if not _tried(call):
        left.append(name)


def _tried(call: Callable[[], object]) -> bool:
    with contextlib.suppress(SwitchdrillError):
        call()
        return True
    return False
