"""A whole site behind its Toxiproxy: closed in one instant, looked at, opened again. Works from the record alone."""

from collections.abc import Sequence
from pathlib import Path

from switchdrill.errors import CouldNotHeal, Refused, SwitchdrillError
from switchdrill.machine.held import held
from switchdrill.text import _
from switchdrill_faults.fence import fence
from switchdrill_faults.toxiproxy import foreign, records, server

_LOCK_S = 60.0


def stall(path: Path) -> None:
    """From now on every link of the site accepts and is silent. Refused on a server that is not ours."""
    record = records.read(path)
    if record.owned == "foreign":
        raise Refused(_("a Toxiproxy server that is not ours is never frozen"), where=record.api)
    server.freeze(record)


def cut(path: Path) -> None:
    """From now on every link of the site refuses, and its connections are closed."""
    record = records.read(path)
    if record.owned == "foreign":
        foreign.disable(record)
    else:
        server.kill(record)


def open_again(path: Path, *, site: str, fence_argv: Sequence[str], cwd: Path) -> str:
    """Fence the site, carry it again with the same proxies, and prove each; says what was done.

    A site that is whole is left alone, and so is one that ended with its platform. Raises CouldNotHeal: when fencing
    fails, with the way still closed.
    """
    if not path.exists():
        if server.end_marked(path):
            raise CouldNotHeal(
                _(
                    "the record of site {site}'s Toxiproxy is gone; its server was ended, and nobody carries the site"
                ).format(site=site),
                where=str(path),
                now=_("start the platform anew"),
            )
        return f"site {site} was never carried, or ended with its platform"
    try:
        if not _what_is_wrong(path):
            return f"site {site} was whole; nothing was done"
        with held(records.lock_path(path), within_s=_LOCK_S):
            before = _what_is_wrong(path)  # whoever held the lock may have mended it
            if not before:
                return f"site {site} was opened by somebody else meanwhile"
            fence(site, fence_argv, cwd=cwd)
            _mend(path)
            after = _what_is_wrong(path)
    except CouldNotHeal:
        raise
    except (SwitchdrillError, OSError) as problem:
        raise _not_open(site, path, str(problem)) from problem
    if after:
        raise _not_open(site, path, "\n".join(after))
    done = "site {site} was fenced, and is carried again; every proxy was seen (before: {before})"
    unfenced = "site {site} is carried again; every proxy was seen (before: {before})"
    return (done if fence_argv else unfenced).format(site=site, before="; ".join(before))


def _what_is_wrong(path: Path) -> list[str]:
    record = records.read(path)
    return foreign.what_is_wrong(record) if record.owned == "foreign" else server.what_is_wrong(record)


def _mend(path: Path) -> None:
    """A server of ours is killed and started anew, never woken: it would still do what clients long gone had asked."""
    record = records.read(path)
    if record.owned == "foreign":
        foreign.mend(record)
    else:
        server.restart(path)


def _not_open(site: str, path: Path, because: str) -> CouldNotHeal:
    return CouldNotHeal(
        _("site {site} could not be opened again").format(site=site),
        where=_("site {site}, {path}").format(site=site, path=path),
        because=because,
        now=_("mend that, then:  switchdrill heal --all"),
        meanwhile=_("nobody reaches site {site}").format(site=site),
    )
