"""A user who is nobody special: no root, no group, folders of his own. Programs of root's that lie where only root may
look are shown to him where they are, in a mount namespace of each command's own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from switchdrill.machine.process import name_of

ROOT = Path(__file__).parent.parent.parent
USER = 23456
_SHOW = """
set -e
aside=$1 user=$2; shift 2
number=0
for each in $SHOWN; do number=$((number + 1)); mount --rbind "$each" "$aside/$number"; done
for each in $HIDDEN; do mount -t tmpfs -o mode=755 tmpfs "$each"; done
number=0
for each in $SHOWN; do number=$((number + 1)); mkdir -p "$each"; mount --rbind "$aside/$number" "$each"; done
unset SHOWN HIDDEN
exec setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinary:
    """Who runs commands, with a home of his own."""

    home: Path

    def command(self, words: Sequence[str]) -> list[str]:
        """As root, the command that runs these words as him."""
        return ["unshare", "--mount", "sh", "-c", _SHOW, "sh", str(self.home.parent / "aside"), str(USER), *words]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHDRILL_")}
        shown = [path for path in (Path(sys.base_prefix).resolve(), ROOT) if _closed(path)]
        return {
            **kept,
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "TMPDIR": str(self.home),
            "SWITCHDRILL_LANG": "en",
            "SWITCHDRILL_TOXIPROXY_BIN": str(self.home / "toxiproxy-server"),
            "SHOWN": " ".join(map(str, shown)),
            "HIDDEN": " ".join(sorted({str(_closed(path)) for path in shown})),
        }

    def start(self, *words: object) -> "subprocess.Popen[str]":
        """`switchdrill ...`, as he would type it."""
        return subprocess.Popen(
            self.command([sys.executable, "-m", "switchdrill", *map(str, words)]),
            env=self.environment(), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, *words: object, timeout_s: float = 120) -> tuple[int, str]:
        """(exit code, everything it printed)."""
        child = self.start(*words)
        try:
            said, _none = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        return child.returncode, said

    def processes(self) -> list[int]:
        """All that run as him; what is dead, and was not collected yet, is none."""
        his = [int(each.name) for each in Path("/proc").glob("[0-9]*") if _is_his(each)]
        return [pid for pid in his if name_of(pid) is not None]


@contextmanager
def ordinary(toxiproxy: Path) -> Iterator[Ordinary]:
    """Him, with a copy of that server; pytest's own folders are nobody else's to look at."""
    folder = Path(mkdtemp(prefix="switchdrill-tests-"))
    try:
        folder.chmod(0o755)
        for name in ("home", "aside/1", "aside/2"):
            (folder / name).mkdir(parents=True)
        shutil.copy(toxiproxy, folder / "home" / "toxiproxy-server")
        os.chown(folder / "home", USER, USER)
        yield Ordinary(home=folder / "home")
    finally:
        shutil.rmtree(folder)


def why_nobody_ordinary() -> str:
    """Why no test can be such a user here."""
    if os.geteuid() != 0:
        return "only root can run a test as somebody else"
    missing = [name for name in ("unshare", "mount", "setpriv", "nft") if shutil.which(name) is None]
    if missing:
        return f"there is no {missing[0]} on PATH"
    tried = subprocess.run(
        ["setpriv", "--reuid", str(USER), "--regid", str(USER), "--clear-groups", "unshare", "-Urn", "nft", "list",
         "tables"], capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    return f"no network namespace for users here: {tried.stderr.strip()}" if tried.returncode else ""


def _closed(path: Path) -> Path | None:
    """The topmost folder on the way there that others may not enter."""
    return next((each for each in reversed([path, *path.parents]) if not each.stat().st_mode & 0o001), None)


def _is_his(entry: Path) -> bool:
    try:
        return entry.stat().st_uid == USER
    except OSError:
        return False
