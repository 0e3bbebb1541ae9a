"""Control groups of this machine's kernel, of version 1 and 2: where a process is, what is held back there, how often.

Where both are mounted, a controller belongs to version 1 if it has a hierarchy of its own there.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Controller = Literal["cpu", "memory"]
PERIOD_US = 100_000
"""Of the scheduler's accounts: the kernel's own default."""
_MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group, of one controller."""

    controller: Controller
    version: Literal[1, 2]
    path: Path

    def at(self, path: Path) -> "Group":
        """Another one of the same hierarchy."""
        return replace(self, path=path)

    def processes(self) -> list[int]:
        return [int(line) for line in self._text("cgroup.procs").split()]

    def take(self, pid: int) -> None:
        """Move a process here. ProcessLookupError when it has ended; OSError."""
        self._write("cgroup.procs", str(pid))

    def hold_back(self, limit: int) -> None:
        """`cpu`: microseconds in each `PERIOD_US`; `memory`: bytes. OSError when the kernel does not take it."""
        if self.controller == "cpu" and self.version == 1:
            self._write("cpu.cfs_period_us", str(PERIOD_US))
            self._write("cpu.cfs_quota_us", str(limit))
        elif self.controller == "cpu":
            self._write("cpu.max", f"{limit} {PERIOD_US}")
        elif self.version == 1:
            self._write("memory.limit_in_bytes", str(limit))
            if (self.path / "memory.memsw.limit_in_bytes").exists():
                self._write("memory.memsw.limit_in_bytes", str(limit))
        else:
            self._write("memory.max", str(limit))
            if (self.path / "memory.swap.max").exists():
                self._write("memory.swap.max", "0")

    def limit(self) -> int:
        """As in `hold_back`; -1: none, or it can't be read."""
        name = {("cpu", 1): "cpu.cfs_quota_us", ("cpu", 2): "cpu.max"}.get(
            (self.controller, self.version), "memory.limit_in_bytes" if self.version == 1 else "memory.max"
        )
        first = (self._text(name).split() or [""])[0]
        return int(first) if first.lstrip("-").isdecimal() else -1

    def times_met(self) -> int:
        """How often the limit has held something back since the group was made: throttled periods, allocations that
        found it full, processes that were killed for it.
        """
        if self.controller == "cpu":
            return self._counter("cpu.stat", "nr_throttled")
        if self.version == 1:
            failed = sum(int(self._text(f"memory.{each}failcnt").strip() or 0) for each in ("", "memsw."))
            return failed + self._counter("memory.oom_control", "oom_kill")
        return self._counter("memory.events", "max") + self._counter("memory.events", "oom_kill")

    def used(self) -> int:
        """Bytes in use, without what the kernel would drop from its cache."""
        if self.version == 1:
            whole, cache = self._text("memory.usage_in_bytes"), self._counter("memory.stat", "total_inactive_file")
        else:
            whole, cache = self._text("memory.current"), self._counter("memory.stat", "inactive_file")
        return max(int(whole.strip() or 0) - cache, 0)

    def _counter(self, name: str, key: str) -> int:
        values = dict(line.split(maxsplit=1) for line in self._text(name).splitlines() if " " in line)
        return int(values.get(key, "0"))

    def _text(self, name: str) -> str:
        """Empty when it is not there."""
        try:
            return (self.path / name).read_text(encoding="ascii", errors="replace")
        except OSError:
            return ""

    def _write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="ascii")


def group_of(pid: int, controller: Controller) -> Group | None:
    """Where the process is now; None when it is gone, or this kernel has no such controller."""
    found = _hierarchy(controller)
    if found is None:
        return None
    version, root = found
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        _number, names, path = line.split(":", 2)
        if controller in names.split(",") if version == 1 else not names:
            return Group(controller=controller, version=version, path=root / path.lstrip("/"))
    return None


def group_for(pid: int, controller: Controller, name: str) -> Group | None:
    """Where a group of ours for this process would be: below its own, or of version 2, where a group with processes has
    no children, beside it. None when there is none, or the kernel has no such controller.
    """
    own, found = group_of(pid, controller), _hierarchy(controller)
    if own is None or found is None:
        return None
    parent = own.path if own.version == 1 or own.path == found[1] else own.path.parent
    return Group(controller=controller, version=own.version, path=parent / name)


def group_named(controller: Controller, name: str) -> Group | None:
    """The group of ours that is called so, wherever it lies."""
    found = _hierarchy(controller)
    if found is None:
        return None
    version, root = found
    path = next((Path(folder) / name for folder, names, _files in os.walk(root) if name in names), None)
    return None if path is None else Group(controller=controller, version=version, path=path)


def why_no_groups(group: Group | None) -> str:
    """Why no group can be made there; empty: it can."""
    if group is None:
        return "this kernel has no such control group"
    if os.geteuid() != 0:
        return "only root can make a control group"
    if group.version == 2:
        enabled = group.path.parent / "cgroup.subtree_control"
        try:
            given = enabled.read_text(encoding="ascii").split()
        except OSError as problem:
            return f"{enabled}: {problem.strerror}"
        if group.controller not in given:
            return f"{enabled} does not hand the controller {group.controller} down"
    return "" if os.access(group.path.parent, os.W_OK) and not _is_read_only(group.path.parent) else "it is read-only"


def _is_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _hierarchy(controller: Controller) -> tuple[Literal[1, 2], Path] | None:
    mounts = [line.split() for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()]
    for _source, target, kind, options, *_rest in mounts:
        if kind == "cgroup" and controller in options.split(","):
            return 1, Path(target)
    for _source, target, kind, _options, *_rest in mounts:
        if kind == "cgroup2" and controller in _controllers(Path(target)):
            return 2, Path(target)
    return None


def _controllers(root: Path) -> list[str]:
    try:
        return (root / "cgroup.controllers").read_text(encoding="ascii").split()
    except OSError:
        return []
