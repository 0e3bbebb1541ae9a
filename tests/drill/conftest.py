"""A platform that stays up, and a runner to be mistreated on it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill.machine.process import ProcessName, is_frozen, owned_by
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.running.watch import carrier_records
from switchdrill.yamlfile import read
from tests.drill.quickened import Quickened, quickened

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FOR_A_MOMENT = "test_a_site_is_lost_for_a_moment"
FOR_A_WHILE = "test_a_site_is_lost_for_a_while"
UNTIL_SOMEBODY_ACTS = "test_a_site_is_lost_until_somebody_acts"
HOLD = {"kind": "began", "part": "hold"}


def environment(state: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHDRILL_")}
    return {**kept, "XDG_STATE_HOME": str(state), "SWITCHDRILL_LANG": "en"}


def switchdrill(*words: object, state: Path, timeout_s: float = 180, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "switchdrill", *map(str, words)],
        env={**environment(state), **more}, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="session")
def command():
    """`command("lint", file, state=...)`: run a command of ours to its end."""
    return switchdrill


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """The platform and the runbook that the quick drills are played by."""
    return quickened(tmp_path_factory.mktemp("quick"))


def quick_run(pair: Quickened, drill: str, *, runs: Path, platform: Path | str = "") -> list[str]:
    """The command that plays `drill`, as `site_loss.py::NAME`; on a platform of its own, if no other is given."""
    options = ["--platform", str(platform or pair.platform), "--runbook", str(pair.runbook), "--runs", str(runs)]
    return [sys.executable, "-m", "switchdrill", "run", f"{HERE}/quick/{drill}", *options]


@dataclass
class Standing:
    """The embedded platform, up."""

    state: Path
    platform: Platform
    home: Path
    pair: Quickened

    def is_whole(self) -> str:
        """Empty when every link of every site lets bytes through and both playlists are served; else what is not."""
        for link in self.platform.links:
            for hop in link.hops:
                try:
                    socket.create_connection(split_endpoint(hop.listen), timeout=5).close()
                except OSError as problem:
                    return f"{link.name} at {hop.listen}: {problem}"
        for name, site in self.platform.sites.items():
            entry = self.platform.entries["live"]
            connection = http.client.HTTPConnection(site.address, entry.port, timeout=5)
            try:
                connection.request("GET", entry.path, headers={"Host": entry.name})
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException) as problem:
                return f"site {name}: {problem!r}"
            finally:
                connection.close()
            if status != 200:
                return f"site {name}: HTTP {status}"
        return ""

    def frozen(self) -> list[str]:
        """Sites whose server stands still: it holds every link of the site, and nothing comes through."""
        records = carrier_records(self.home)
        return [each.site for each in records if is_frozen(ProcessName(pid=each.pid, started=each.started))]

    def healer(self) -> int:
        """The process that would heal the run that is open now."""
        pointer = next((self.state / "switchdrill" / "open").glob("*.json"))
        return int(json.loads(pointer.read_text())["healer"]["pid"])

    def reset(self) -> None:
        """Back to the primary, by the platform's own command: a drill that was cut short may have left it switched."""
        if self.is_reset():
            return
        argv = self.platform.commands["reset"]
        subprocess.run(argv, capture_output=True, timeout=60, check=False, env=environment(self.state))

    def is_reset(self) -> bool:
        """Whether the command would find nothing to do: the primary is active and answers, the standby is in step."""
        primary, standby = map(self.platform.site_with_role, ("primary", "standby"))
        knows = self.steering()
        return knows["role"]["active"] == knows["answering"] == primary and not knows["sites"][standby]["why_not"]

    def steering(self):
        """What the GSLB knows now, as it tells it."""
        connection = http.client.HTTPConnection(*split_endpoint(self.platform.settings["gslb_admin"]), timeout=10)
        with closing(connection):
            connection.request("GET", "/state")
            return json.loads(connection.getresponse().read())

    def wait_switched(self) -> None:
        """Until the standby has taken over from a site that stays lost."""
        standby = self.platform.site_with_role("standby")
        wait_until(lambda: self.steering()["role"]["active"] == standby, within_s=30, what=f"{standby} to take over")

    def wait_whole(self, within_s: float) -> float:
        """Seconds until it is whole."""
        begun = time.monotonic()
        wait_until(lambda: not self.is_whole(), within_s=within_s, what="the platform to be whole", saw=self.is_whole)
        return time.monotonic() - begun


@pytest.fixture(scope="session")
def standing(quick, tmp_path_factory):
    """`switchdrill up`, once for all tests of a session, in a state folder of its own."""
    state = tmp_path_factory.mktemp("state")
    up = switchdrill("up", quick.platform, state=state)
    assert up.returncode == 0, up.stdout + up.stderr
    resolved = Path(up.stdout.splitlines()[0])
    platform = read(resolved, Platform)
    yield Standing(state=state, platform=platform, home=resolved.parent, pair=quick)
    home = resolved.parent
    down = switchdrill("down", "embedded", state=state)

    assert down.returncode == 0, down.stdout + down.stderr
    assert owned_by(home) == []
    assert list(state.rglob("*")) == []


@dataclass
class Run:
    """One `switchdrill run` on the standing platform, alive or ended."""

    standing: Standing
    runs: Path
    child: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        def found() -> Path | None:
            return next((path for path in self.runs.glob("*") if (path / "run.jsonl").exists()), None)

        wait_until(lambda: found() or self.child.poll() is not None, within_s=30, what="the run's folder")
        there = found()
        assert there is not None, self.end()[1]
        return there

    def entries(self) -> list[dict[str, object]]:
        lines = (self.folder / "run.jsonl").read_bytes().split(b"\n")
        return [json.loads(line) for line in lines[:-1]]

    def has(self, **wanted: object) -> bool:
        return any(wanted.items() <= entry.items() for entry in self.entries())

    def wait_for(self, within_s: float = 40, **wanted: object) -> None:
        wait_until(
            lambda: self.has(**wanted) or self.child.poll() is not None, within_s=within_s, every_s=0.01,
            what=f"record {wanted}",
        )  # fmt: skip
        assert self.has(**wanted), self.end()[1]

    def helpers(self, *, running: str) -> list[ProcessName]:
        """Processes of this run whose command line holds `running`."""
        return [process for process in owned_by(self.folder) if running in command_line(process)]

    def end(self, timeout_s: float = 90) -> tuple[int, str]:
        """(exit code, everything it printed)."""
        out, _err = self.child.communicate(timeout=timeout_s)
        if out:
            self.said.append(out)
        return self.child.returncode, "".join(self.said)

    def runner(self) -> int:
        """The id of the process that drills: ours, or one that a shell has started."""
        opened = wait_until(self.entries, within_s=30, what="the first line of the journal")[0]
        return int(opened["runner_pid"])

    def clean_up(self) -> None:
        """End it by force if it still runs, and wait until nothing of it is left."""
        if self.child.poll() is None:
            if any(self.runs.glob("*/run.jsonl")):
                with suppress(ProcessLookupError):
                    os.kill(self.runner(), signal.SIGKILL)
            self.child.kill()
        self.child.communicate(timeout=60)
        self.standing.wait_whole(within_s=60)
        self.standing.reset()
        for folder in self.runs.glob("*"):
            wait_until(
                lambda f=folder: not owned_by(f),
                within_s=30,
                what="its helpers' end",
                saw=lambda f=folder: str(owned_by(f)),
            )
        opened = self.standing.state / "switchdrill" / "open"
        wait_until(
            lambda: not list(opened.glob("*")), within_s=60, what="no open run", saw=lambda: str(list(opened.glob("*")))
        )

    def result(self) -> dict[str, object]:
        return json.loads((self.folder / "run.json").read_text())


def command_line(process: ProcessName) -> str:
    try:
        return Path(f"/proc/{process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:  # it has just ended
        return ""


def as_from_a_terminal() -> None:
    """In a child of ours: these tests may run in the background, or under nohup, where some signals are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def start(standing, tmp_path):
    """Start a quick drill on the standing platform; afterwards nothing of it may be left."""
    with starting(standing, tmp_path) as started:
        yield started


@pytest.fixture
def commanded_by(standing, tmp_path):
    """The file of somebody else's platform: the standing one, with other commands; None takes one away."""

    def _commanded_by(**commands: list[str] | None) -> Path:
        platform = standing.platform
        services = [service.model_copy(update={"run": None}) for service in platform.services]
        kept = {name: argv for name, argv in {**platform.commands, **commands}.items() if argv is not None}
        changed = platform.model_copy(update={"services": services, "commands": kept})
        said = changed.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"state", "carried"})
        file = tmp_path / "other.yaml"
        file.write_text(json.dumps(said), encoding="utf-8")
        return file

    return _commanded_by


@pytest.fixture
def own_commanded_by(quick):
    """The file of a platform of a run's own, quick, with other commands; None takes one away."""
    made: list[Path] = []

    def _own_commanded_by(**commands: list[str] | None) -> Path:
        lines = quick.platform.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not any(line.startswith(f"  {name}: [") for name in commands)]
        kept += [f"  {name}: {json.dumps(argv)}" for name, argv in commands.items() if argv is not None]
        made.append(quick.platform.with_name(f"commanded-{len(made)}.yaml"))
        made[-1].write_text("\n".join(kept) + "\n", encoding="utf-8")
        return made[-1]

    yield _own_commanded_by
    for file in made:
        file.unlink()


@contextmanager
def starting(standing: Standing, folder: Path) -> Iterator[Callable[..., Run]]:
    """As `start`, for a run that several tests look at: it is over, and nothing of it is left, when they do."""
    started: list[Run] = []

    def _start(
        drill: str = f"{FOR_A_MOMENT}[fast_fail]", *, file: str = "site_loss.py", runs: Path | None = None,
        cwd: Path = ROOT, through: str = "", platform: Path | None = None, **more: str,
    ) -> Run:  # fmt: skip
        """`through`: the line of sh that starts it, as "$@". `platform`: another file of the one that stands."""
        runs = runs or folder / f"runs-{len(started)}"
        argv = quick_run(standing.pair, f"{file}::{drill}", runs=runs, platform=platform or standing.platform.id)
        child = subprocess.Popen(
            ["sh", "-c", through, "sh", *argv] if through else argv,
            env={**environment(standing.state), **more}, cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            preexec_fn=as_from_a_terminal,
        )  # fmt: skip
        started.append(Run(standing=standing, runs=runs, child=child))
        return started[-1]

    try:
        yield _start
    finally:
        for run in started:
            run.clean_up()
