"""A command, a file or a limit inside one of the platform's containers, on a way that needs none of its programs."""

from collections.abc import Callable, Sequence

from disarray import FOLDER
from docker.models.containers import Container

from switchdrill.containers.engine import Engine, Held, NoSuchContainer, reach
from switchdrill.platform.asking import CommandFailed
from switchdrill.platform.disordering import Where
from switchdrill.platform.service import PlacedContainer


def placed(where: Where, part: str) -> PlacedContainer:
    """The container of `part`: at the site, if it is about one."""
    name = f"{where.site}.{part}" if where.site else part
    found = next((each.container for each in where.platform.services if each.name == name), None)
    if found is None or found.placed is None:
        raise CommandFailed(f"the platform's file does not say which container {name} is")
    return found.placed


def has_ended(where: Where, part: str) -> bool:
    """It is not there any more, or does not run."""
    box = placed(where, part)
    found = reach(box.engine).find(box.name)
    return found is None or found.state not in ("running", "paused")


def run_in(where: Where, part: str, argv: Sequence[str]) -> str:
    """What it says; CommandFailed when it ends with anything but 0."""
    box = placed(where, part)

    def call(container: Container) -> tuple[int, bytes]:
        ended = container.exec_run(list(argv))
        return ended.exit_code or 0, ended.output if isinstance(ended.output, bytes) else b""

    code, said = _container(reach(box.engine), box.name, call)
    if code:
        raise CommandFailed(f"{argv[0]} in {box.name} ended with {code}", because=said.decode(errors="replace").strip())
    return said.decode(errors="replace").strip()


def upset(where: Where, part: str, name: str, what: str) -> None:
    """Leave a file for its program (disarray.py); the container need not run."""
    box = placed(where, part)
    reach(box.engine).write_file(box.name, f"{FOLDER}/{name}", Held(what.encode("ascii"), 0o644, 0, 0))


def upset_by(where: Where, part: str, name: str) -> str:
    """What that file says; empty when it says nothing, or when there is no such container any more."""
    box = placed(where, part)
    try:
        held = reach(box.engine).read_file(box.name, f"{FOLDER}/{name}")
    except NoSuchContainer:
        return ""
    return held.content.decode("ascii") if held else ""


def set_right(where: Where, part: str, name: str) -> bool:
    """Leave nothing there any more: an empty file. Whether there was something."""
    was = bool(upset_by(where, part, name))
    if was:
        upset(where, part, name, "")
    return was


def hold_back(where: Where, part: str, *, quota_us: int) -> None:
    """What it may have of a processor in each 100 ms; -1: all that there is."""
    box = placed(where, part)

    def call(container: Container) -> tuple[int, bytes]:
        container.update(cpu_period=100_000, cpu_quota=quota_us)
        return 0, b""

    _container(reach(box.engine), box.name, call)


def quota_us(where: Where, part: str) -> int:
    """0 or less: all that there is."""
    box = placed(where, part)

    def call(container: Container) -> tuple[int, bytes]:
        return int(container.attrs["HostConfig"]["CpuQuota"] or 0), b""

    quota, _nothing = _container(reach(box.engine), box.name, call)
    return quota


def _container(engine: Engine, name: str, call: Callable[[Container], tuple[int, bytes]]) -> tuple[int, bytes]:
    return engine.use("exec", lambda client: call(client.containers.get(name)))
