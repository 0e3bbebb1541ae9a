"""A second Docker engine, in a network namespace of its own: to this host it is as one on another machine.

In this host's namespace it would rewrite the first engine's rules. Its containers are reached by a route, as those of a
site are by an operator; its socket's processes are in another namespace, so that no rule of this host meets them.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from switchdrill.clock import wait_until

TLS_PORT = 2376
NETWORK = "far"


@dataclass(slots=True, kw_only=True)
class Second:
    """The engine; `number` makes its addresses its own."""

    folder: Path
    number: int
    flags: list[str] = field(default_factory=list)
    daemon: "subprocess.Popen[bytes] | None" = None

    @property
    def space(self) -> str:
        """Its network namespace."""
        return f"switchdrill-test-{self.number}"

    @property
    def address(self) -> str:
        """Where the machine that it pretends to be is reached."""
        return f"10.201.{self.number}.2"

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    def of(self, last: int) -> str:
        """An address for a container."""
        return f"10.203.{self.number}.{last}"

    def inside(self, *argv: str) -> list[str]:
        """A command in its namespace. `ip netns exec` would hide the cgroups."""
        return ["nsenter", f"--net=/run/netns/{self.space}", *argv]

    def docker(self, *words: str) -> str:
        done = subprocess.run(
            ["docker", "-H", self.url, *words], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def start(self) -> None:
        log = (self.folder / "dockerd.log").open("ab")
        self.daemon = subprocess.Popen(
            self.inside(
                "dockerd", "--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec",
                "--pidfile", f"{self.folder}/dockerd.pid", "-H", self.url, *self.flags,
                "--containerd-namespace", self.space, "--containerd-plugins-namespace", f"{self.space}-plugins",
                "--bip", f"10.202.{self.number}.1/24", "--storage-driver", "vfs", "--iptables=false",
            ),
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        wait_until(self.answers, within_s=20, what="a second dockerd", saw=self.last_words)

    def answers(self) -> bool:
        """While it begins it accepts, and answers later."""
        asked = ["timeout", "2", "docker", "-H", self.url, "version"]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def last_words(self) -> str:
        return (self.folder / "dockerd.log").read_text(encoding="utf-8", errors="replace")[-600:]

    def kill(self) -> None:
        """As the kernel does when memory is short: at once, its containers are left to themselves."""
        assert self.daemon is not None
        self.daemon.kill()
        self.daemon.wait()
        runtime = self.folder / "exec" / "containerd" / "containerd.pid"
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int(runtime.read_text()), signal.SIGKILL)
        wait_until(lambda: not _working(self.folder, "containerd.toml"), within_s=10, what="containerd's end")
        for stale in (runtime, self.folder / "dockerd.pid"):
            stale.unlink(missing_ok=True)

    def end(self) -> None:
        if self.daemon is None or self.daemon.poll() is not None:
            return
        ids = self.docker("ps", "-aq").split()
        for each in ids:  # one by one: a dozen at once may lock an engine up
            self.docker("rm", "-f", each)
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(timeout=30)

    def run(
        self, name: str, image: str, *argv: str, last: int, labels: Sequence[str] = (), mounts: Sequence[Path] = ()
    ) -> None:
        """A container at a fixed address, which this host reaches."""
        marked = [word for label in labels for word in ("--label", label)]
        bound = [word for mount in mounts for word in ("-v", f"{mount}:{mount}:ro")]
        where = ["--network", NETWORK, "--ip", self.of(last), *bound]
        self.docker("run", "-d", "--stop-timeout", "1", "--name", name, *where, *marked, image, *argv)


@contextmanager
def second_engine(folder: Path, flags: list[str], number: int) -> Iterator[Second]:
    """Up, with a network whose containers this host reaches; afterwards nothing of it is left."""
    second = Second(folder=folder, number=number, flags=flags)
    near, far = f"sdt{number}n", f"sdt{number}f"
    _ip("netns", "add", second.space)
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", second.space)
        _ip("addr", "add", f"10.201.{number}.1/30", "dev", near)
        _ip("link", "set", near, "up")
        for words in (
            f"addr add {second.address}/30 dev {far}", f"link set {far} up", "link set lo up",
            f"route add default via 10.201.{number}.1",
        ):  # fmt: skip
            subprocess.run(second.inside("ip", *words.split()), check=True, capture_output=True)
        _ip("route", "add", f"10.203.{number}.0/24", "via", second.address)
        try:
            second.start()
            second.docker("network", "create", "--subnet", f"10.203.{number}.0/24", NETWORK)
            yield second
        finally:
            second.end()
            _sweep(folder)
    finally:
        _ip("netns", "del", second.space)
        subprocess.run(["ip", "link", "del", near], capture_output=True, check=False)


def free_number() -> int:
    """Of addresses that nobody here has."""
    routes = subprocess.run(["ip", "-o", "route"], capture_output=True, text=True, check=True).stdout
    start = os.getpid()
    for offset in range(200):
        number = (start + offset) % 200 + 20
        if f"10.201.{number}." not in routes and f"10.203.{number}." not in routes:
            return number
    raise AssertionError("no range of addresses is free")


def _sweep(folder: Path) -> None:
    """What the engine has mounted or left running goes; then its folder."""
    for pid in _working(folder, str(folder)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((each for each in mounts if each.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "-l", mount], capture_output=True, check=False)
    for _attempt in range(20):
        shutil.rmtree(folder / "data", ignore_errors=True)
        shutil.rmtree(folder / "exec", ignore_errors=True)
        if not (folder / "data").exists():
            return
        time.sleep(0.1)


def _working(folder: Path, word: str) -> list[int]:
    """Processes that the engine has started, by the folder on their command lines."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(folder) in line and word in line and "containerd" in line:
                found.append(int(entry.parent.name))
    return found


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
