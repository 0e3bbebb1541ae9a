"""Platforms that faults are held to their contract on: Toxiproxies of ours, containers, and programs."""

import dataclasses
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from switchdrill.containers.labels import TABLE
from switchdrill.containers.limits import limits_of
from switchdrill.machine import process
from switchdrill.platform.model import Platform
from switchdrill_faults.packets import nft
from switchdrill_faults.toxiproxy import carrier, server, spawn
from switchdrill_faults.toxiproxy.client import Server
from tests.faults import seen
from tests.faults.boxed import Boxed
from tests.faults.programs import Programs

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py


class Stage(Protocol):
    """A platform that can be looked at as a whole."""

    def on_paper(self, fence: list[str] | None = None) -> Platform:
        """Nothing of it runs."""
        ...

    def running(self, fence: list[str] | None = None) -> Platform: ...

    def everything(self) -> dict[str, str]:
        """Equal means that nothing was touched."""
        ...

    def is_good(self) -> bool:
        """Whether every client of it is answered."""
        ...

    def kill_what_breaks(self, site: str) -> None: ...

    def end(self) -> None: ...

    def what_runs(self) -> list[str]: ...


class Carried:
    """The small platform of tests/conftest.py: its links pass Toxiproxy servers of ours."""

    def __init__(self, small: Make, carried: Make) -> None:
        self._small, self._carried = small, carried
        self.it: Any = None

    def on_paper(self, fence: list[str] | None = None) -> Platform:
        platform = self._small(fence=fence).platform
        assert isinstance(platform, Platform)
        return platform

    def running(self, fence: list[str] | None = None) -> Platform:
        self.it = self._carried(fence=fence)
        platform = self.it.platform
        assert isinstance(platform, Platform)
        return platform

    def everything(self) -> dict[str, str]:
        found = {str(path): path.read_text() for path in sorted(self.it.state.rglob("*")) if path.is_file()}
        for record in self.it.records:
            stat = Path(f"/proc/{record.pid}/stat")
            found[f"pid {record.pid}"] = stat.read_text().rsplit(")", 1)[1].split()[19] if stat.exists() else "gone"
            name = server.name_in(record)
            if process.is_running(name) and not process.is_frozen(name):
                with closing(Server(record.api)) as client:
                    found[record.api] = str(client.table())  # also while its site is cut off
        answers = {str(endpoint): answer for endpoint, answer in self.it.answers().items()}
        return {**found, **answers, "tables": _tables()}

    def is_good(self) -> bool:
        return bool(self.it.answers() == self.it.all_good())

    def kill_what_breaks(self, site: str) -> None:
        for record in self.it.records:
            if record.site == site and process.name_of(record.pid) is not None:
                os.kill(record.pid, signal.SIGKILL)

    def end(self) -> None:
        carrier.stop(self.it.state)

    def what_runs(self) -> list[str]:
        return [str(name.pid) for name, _record in spawn.marked(self.it.state)]


class Contained:
    """The platform of tests/faults/boxed.py."""

    def __init__(self, boxed: Boxed) -> None:
        self._boxed = boxed
        self._is_gone = False

    def on_paper(self, fence: list[str] | None = None) -> Platform:
        nobody = dataclasses.replace(self._boxed, name="nobody-has-this")
        return nobody.platform(fence=fence or [], is_ours=True)

    def running(self, fence: list[str] | None = None) -> Platform:
        return self._boxed.platform(fence=fence or [], is_ours=True)

    def everything(self) -> dict[str, str]:
        boxes = {each.name: f"{each.state} {each.started}" for each in self._all()}
        front, other = self._boxed.address("front"), self._boxed.address("other")
        held = {f"limits of {each.name}": str(limits_of(self._boxed.engine, each.id)) for each in self._all()}
        is_up = self._boxed.state_of("other") == "running" if self._all() else False
        disks = {"disk": self._boxed.disk(self._boxed.called("other"))} if is_up else {}
        return {**boxes, **held, **disks, "tables": _tables(), "front": seen.tcp(front), "other": seen.tcp(other)}

    def is_good(self) -> bool:
        front, other, back = (self._boxed.address(who) for who in ("front", "other", "back"))
        seen_here = [seen.tcp(front), seen.tcp(other)]
        return seen_here == ["good", "good"] and self._boxed.seen_by("front", back) == ["good good"]

    def kill_what_breaks(self, site: str) -> None:
        """Nothing lives that does it: the kernel, or the engine, has done it."""

    def end(self) -> None:
        self._is_gone = True
        for who in ("front", "back", "other", "outsider"):
            self._boxed.engine.kill(self._boxed.called(who))
            self._boxed.engine.remove(self._boxed.called(who))

    def what_runs(self) -> list[str]:
        return [each.name for each in self._all()]

    def restore(self) -> None:
        """Afterwards: for the tests that follow."""
        if self._is_gone:
            self._boxed.run_all()

    def _all(self) -> list[Any]:
        return self._boxed.engine.every(f"switchdrill.tests={self._boxed.name}")


class Started:
    """The platform of tests/faults/programs.py."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    def on_paper(self, fence: list[str] | None = None) -> Platform:
        return self._programs.platform

    def running(self, fence: list[str] | None = None) -> Platform:
        return self._programs.start()

    def everything(self) -> dict[str, str]:
        return {
            **self._programs.processes(),
            **self._programs.limits(),
            **self._programs.answers(),
            **self._programs.certificate(),
        }

    def is_good(self) -> bool:
        return set(self._programs.answers().values()) == {"good"}

    def kill_what_breaks(self, site: str) -> None:
        """Nothing lives that does it."""

    def end(self) -> None:
        self._programs.stop()

    def what_runs(self) -> list[str]:
        return list(self._programs.processes())


def _tables() -> str:
    listed = subprocess.run([nft.found("nft"), "list", "tables"], capture_output=True, text=True, check=False).stdout
    shaped = sorted(device.name for device in Path("/sys/class/net").iterdir() if device.name.startswith("sd"))
    return "\n".join([*(line for line in listed.splitlines() if TABLE in line), *shaped])
