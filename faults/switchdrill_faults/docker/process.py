"""A container's processes, where they are processes of this machine."""

import os
from pathlib import Path

from switchdrill.containers.found import Found


def is_ours_to_enter(container: Found) -> bool:
    """Whether its first process is one of this machine's, and we are root: then neither needs the engine."""
    return os.geteuid() == 0 and container.pid > 0 and is_in(container.pid, container.id)


def is_in(pid: int, container: str) -> bool:
    """Whether the process is one of the container with this id."""
    try:
        return container in Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
