"""What some tests need of a machine. One that lacks it deselects them, and says why; CI lacks nothing."""

import os
import shutil
from collections.abc import Callable

import pytest

from switchdrill.machine.netem import why_no_netem
from switchdrill_faults.services import skew
from tests.drill.ordinary import why_nobody_ordinary

WHY = pytest.StashKey[list[str]]()


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out, with the reason, what this machine can't run."""
    reasons: list[str] = []
    for name, why_not in NEEDS.items():
        wanting = [item for item in items if item.get_closest_marker(name)]
        why = why_not() if wanting else ""
        if why:
            config.hook.pytest_deselected(items=wanting)
            items[:] = [item for item in items if item not in wanting]
            reasons.append(f"{len(wanting)} test(s) deselected: {why}")
    config.stash[WHY] = reasons


def _no_engine() -> str:
    import docker
    from docker.errors import DockerException

    try:
        docker.from_env(timeout=3).close()
    except DockerException as problem:
        return f"no Docker engine answers: {problem}"
    return ""


def _no_program(*names: str) -> Callable[[], str]:
    return lambda: "" if any(map(shutil.which, names)) else f"there is no {names[0]} on PATH"


def _no_second_engine() -> str:
    """One in a network namespace of its own."""
    if os.geteuid() != 0:
        return "only root can make a network namespace with a second Docker engine in it"
    wanted = ("dockerd", "docker", "ip", "nsenter", "unshare", "nft", "openssl", "ssh", "ssh-keygen")
    missing = [name for name in wanted if shutil.which(name) is None]
    return f"there is no {missing[0]} on PATH" if missing else _no_engine()


def _no_mount() -> str:
    return "" if os.geteuid() == 0 else "only root can mount a small disk"


def _no_root() -> str:
    return "" if os.geteuid() == 0 else "only root has this host's packet filter"


def _no_faketime() -> str:
    return "" if skew.library_here() else "there is no libfaketime on this machine"


NEEDS: dict[str, Callable[[], str]] = {
    "needs_docker": _no_engine,
    "needs_second_engine": _no_second_engine,
    "needs_chromium": _no_program("chromium", "chromium-browser", "google-chrome"),
    "needs_node": _no_program("node"),
    "needs_mount": _no_mount,
    "needs_root": _no_root,
    "needs_ordinary_user": why_nobody_ordinary,
    "needs_netem": why_no_netem,
    "needs_faketime": _no_faketime,
}
