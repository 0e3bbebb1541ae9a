"""The ladder: where a Toxiproxy server comes from, the first way that works.

environment URL -> environment BIN -> PATH -> cache -> Docker image -> release download -> go install. The last three
put a plain binary into the cache, so that from here on there are two kinds: somebody else's server, and a file.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from switchdrill.carrier import Rung
from switchdrill.errors import CouldNotStart, SwitchdrillError
from switchdrill.text import _
from switchdrill_faults.toxiproxy import cache, image, release, source
from switchdrill_faults.toxiproxy.binary import check_age, sha256_of, version_of
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.rung import RungFailed, Say, one_line, say_on_stderr

URL = "SWITCHDRILL_TOXIPROXY_URL"
BIN = "SWITCHDRILL_TOXIPROXY_BIN"

_PROBLEMS = (RungFailed, SwitchdrillError, OSError)


def climb(say: Say = say_on_stderr) -> Rung:
    """The first rung that works. Raises CouldNotStart with every rung and why it failed, one line each.

    `say` hears of every slow rung that is tried, and what came of it.
    """
    failed: list[str] = []
    found = _at_hand(failed, say) or _make(failed, say)
    if found is not None:
        return found
    raise CouldNotStart(
        _("no Toxiproxy server could be provided"),
        because="\n".join(failed),
        now=_("put a toxiproxy-server on PATH, or name one with {variable}=/path/to/toxiproxy-server").format(
            variable=BIN
        ),
    )


def at_hand(say: Say = say_on_stderr) -> Rung:
    """The first rung that works without fetching or building anything; changes nothing, and takes seconds at most.

    `say` hears of what was asked for and does not work. Raises CouldNotStart: what was looked for, and which ways a
    drill would try next.
    """
    failed: list[str] = []
    found = _at_hand(failed, say)
    if found is not None:
        return found
    raise CouldNotStart(
        _("no Toxiproxy server is on this machine yet; a drill would try, in this order: {ways}").format(
            ways=", ".join(name for name, _way in _SLOW)
        ),
        because="\n".join(failed),
    )


def _at_hand(failed: list[str], say: Say) -> Rung | None:
    for name, variable, way in _QUICK:
        try:
            return way()
        except _PROBLEMS as problem:
            failed.append(f"{name}: {one_line(problem)}")
        if os.environ.get(variable):
            say(_("asked for, and does not work: {reason}").format(reason=failed[-1]))
    return None


def _from_url() -> Rung:
    named = os.environ.get(URL)
    if not named:
        raise RungFailed(_("{variable} is not set").format(variable=URL))
    with closing(Server(named if "://" in named else f"http://{named}")) as server:
        version = server.version()
        check_age(version)
        server.table()  # proves more than /version does: a wedged server still answers that one
        says = f"{URL}: Toxiproxy {version} at {server.url}, somebody else's"
        return Rung(name="environment URL", says=says, url=server.url)


def _from_bin() -> Rung:
    named = os.environ.get(BIN)
    if not named:
        raise RungFailed(_("{variable} is not set").format(variable=BIN))
    return _plain("environment BIN", Path(named).absolute())


def _from_path() -> Rung:
    found = shutil.which("toxiproxy-server")
    if found is None:
        raise RungFailed(_("there is no toxiproxy-server on PATH"))
    return _plain("PATH", Path(found).absolute())


def _plain(name: str, binary: Path) -> Rung:
    version = version_of(binary)
    says = f"{name}: Toxiproxy {version}, {binary}, sha256 {sha256_of(binary)}"
    return Rung(name=name, says=says, binary=str(binary))


def _from_cache() -> Rung:
    return _cached("cache", *cache.find())


def _cached(name: str, binary: Path, cached: cache.Cached) -> Rung:
    says = f"{name}: Toxiproxy {cached.version}, {cached.source}, {binary}, sha256 {cached.sha256}"
    return Rung(name=name, says=says, binary=str(binary))


def _make(failed: list[str], say: Say) -> Rung | None:
    """Put a server into the cache by the slow rungs; whoever waited for another process finds its work done."""
    try:
        with cache.workshop(say) as work:
            try:
                return _from_cache()
            except _PROBLEMS:  # why is known already: it was asked before the wait
                pass
            say(_("no Toxiproxy server is on this machine yet; getting one"))
            for number, (name, way) in enumerate(_SLOW):
                bench = work / name.replace(" ", "-")
                bench.mkdir()
                try:
                    made, origin = way(bench, say)
                    rung = _cached(name, *cache.install(made, source=origin))
                except _PROBLEMS as problem:
                    failed.append(f"{name}: {one_line(problem)}")
                    following = [each for each, _way in _SLOW[number + 1 : number + 2]]
                    say(_came_to_nothing(name, one_line(problem, limit=160), following))
                else:
                    say(_("{rung}: done; it stays in {folder}").format(rung=name, folder=cache.folder()))
                    return rung
    except _PROBLEMS as problem:
        names = ", ".join(name for name, _way in _SLOW)
        failed.append(f"{names}: {one_line(problem)}")
    return None


def _came_to_nothing(rung: str, why: str, following: list[str]) -> str:
    """One calm line: a rung that does not work is no trouble while there is another."""
    if not following:
        return _("{rung}: not possible ({why}); there is no other way").format(rung=rung, why=why)
    return _("{rung}: not possible ({why}); next: {following}").format(rung=rung, why=why, following=following[0])


_QUICK: list[tuple[str, str, Callable[[], Rung]]] = [
    ("environment URL", URL, _from_url),
    ("environment BIN", BIN, _from_bin),
    ("PATH", "", _from_path),
    ("cache", "", _from_cache),
]
_SLOW: list[tuple[str, Callable[[Path, Say], tuple[Path, str]]]] = [
    ("Docker image", image.copy_out),
    ("release download", release.download),
    ("go install", source.build),
]
