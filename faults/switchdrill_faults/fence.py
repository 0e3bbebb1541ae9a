"""The platform's own `fence`: a site that was lost must not take writes again before it knows that it was replaced."""

from collections.abc import Sequence
from pathlib import Path

from switchdrill.errors import CouldNotHeal
from switchdrill.machine.command import run
from switchdrill.text import _

_LIMIT_S = 10.0


def fence(site: str, argv: Sequence[str], *, cwd: Path) -> None:
    """Play the platform's command, at most 10 s. CouldNotHeal when it fails: then the way stays closed.

    No command: the platform has nothing that two sites could both write, and nothing is done. `cwd` is the platform's
    state, which only one that we have started has; elsewhere it runs at the root.
    """
    if not argv:
        return
    try:
        ran = run(argv, limit_s=_LIMIT_S, cwd=cwd if cwd.is_dir() else Path(cwd.anchor or "/"))
    except OSError as problem:
        raise _not_fenced(site, argv, str(problem)) from problem
    if not ran.is_fine:
        ended = (
            _("not done within {limit:g} s").format(limit=_LIMIT_S)
            if ran.code is None
            else _("ended with {code}").format(code=ran.code)
        )
        raise _not_fenced(site, argv, f"{ended}: {ran.last_words}" if ran.last_words else ended)


def _not_fenced(site: str, argv: Sequence[str], because: str) -> CouldNotHeal:
    return CouldNotHeal(
        _("site {site} could not be fenced, so its way stays closed").format(site=site),
        where=" ".join(argv),
        because=because,
        now=_("see that site {site} refuses writes, then:  switchdrill heal --all").format(site=site),
        meanwhile=_("nobody reaches site {site}: opened now, two sites could take writes").format(site=site),
    )
