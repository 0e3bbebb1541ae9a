"""What of ours an engine still has whose owner is gone: containers, networks, volumes, locks, helpers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from switchdrill.containers.engine import Engine
from switchdrill.containers.found import Found
from switchdrill.containers.labels import OWNER
from switchdrill.doctor.need import Need
from switchdrill.platform.docker_lock import HOLDER, LOCK, is_dead
from switchdrill.state import open_runs
from switchdrill.text import _

HELPER = "switchdrill.helper"


@dataclass(slots=True)
class _Owned:
    """What one owner has made."""

    containers: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def says(self) -> str:
        parts = (
            (_("containers"), self.containers),
            (_("networks"), self.networks),
            (_("volumes"), self.volumes),
        )
        return "; ".join(f"{what}: {_few(names)}" for what, names in parts if names)

    def removal(self) -> str:
        """One after another: several removals at once lock an engine up."""
        commands = []
        if self.containers:
            commands.append(f"for each in {' '.join(self.containers)}; do docker rm -f -v $each; done")
        if self.networks:
            commands.append(f"docker network rm {' '.join(self.networks)}")
        if self.volumes:
            commands.append(f"docker volume rm {' '.join(self.volumes)}")
        return "\n".join(commands)


def needs(engine: Engine) -> Iterator[Need]:
    """Only what is left behind; nothing, when there is nothing."""
    for owner, owned in sorted(_by_owner(engine).items()):
        why = _why_dead(owner)
        if why:
            yield _need(f"{owned.says()}\n{why}", owned.removal())
    locks = engine.every(LOCK)
    for lock in locks:
        if is_dead(lock, engine):
            holder = _("lock {name}, of {holder}, which has ended").format(
                name=lock.name, holder=lock.labels.get(HOLDER, "?")
            )
            yield _need(holder, f"docker rm {lock.name}")
    helpers = [each for each in engine.every(HELPER) if each.state in ("exited", "created", "dead")]
    if helpers:
        names = [each.name for each in helpers]
        yield _need(
            _("helpers of a fault that was killed meanwhile: {names}").format(names=_few(names)),
            f"for each in {' '.join(names)}; do docker rm $each; done",
        )


def _need(found: str, mend: str) -> Need:
    return Need(
        name=_("left behind"),
        is_met=False,
        found=found,
        purpose=_("takes names, addresses and memory that the next platform wants"),
        mend=mend,
        is_needed=False,
    )


def _by_owner(engine: Engine) -> dict[str, _Owned]:
    found: dict[str, _Owned] = {}
    containers: Sequence[Found] = engine.every(OWNER)
    for each in containers:
        found.setdefault(each.labels[OWNER], _Owned()).containers.append(each.name)
    networks = engine.use("list networks", lambda client: client.networks.list(filters={"label": OWNER}))
    for network in networks:
        found.setdefault(_owner(network.attrs), _Owned()).networks.append(str(network.name))
    volumes = engine.use("list volumes", lambda client: client.volumes.list(filters={"label": OWNER}))
    for volume in volumes:
        found.setdefault(_owner(volume.attrs), _Owned()).volumes.append(str(volume.name))
    return found


def _owner(attributes: dict[str, dict[str, str]]) -> str:
    return (attributes.get("Labels") or {}).get(OWNER, "")


def _why_dead(owner: str) -> str:
    """Empty: it may be alive. A run that is open belongs to its healer, a platform that is up, or half, to `down`."""
    folder = Path(owner)
    if not folder.is_dir():
        return _("their owner's folder is gone: {folder} (on another machine with this engine it may be there)").format(
            folder=owner
        )
    run = folder.parent
    is_a_runs = (run / "plan.json").is_file()
    is_open = any(Path(each.folder) == run for each in open_runs())
    return _("the run that made them has ended: {run}").format(run=run) if is_a_runs and not is_open else ""


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (_(" and {count} more").format(count=len(names) - 6) if len(names) > 6 else "")
