"""Where platforms that `up` started live: a folder each in the user's state, and in it the mark that all of it came up.

A folder without the mark is what an `up` or a `down` left that was killed half-way: nobody may drill that, and the next
`up` or `down` of the same name clears it away.
"""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from switchdrill.carrier import Rung
from switchdrill.errors import CouldNotStart, Refused
from switchdrill.machine.files import write_whole
from switchdrill.machine.network import NetworkName
from switchdrill.platform.started import Started, ended
from switchdrill.state import state_home
from switchdrill.text import _

MARK = "is-up.json"


class Residents(BaseModel):
    """What the mark says: who was started."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    services: list[Started]
    rung: Rung | None = None
    """Where its Toxiproxy servers came from; None: none carries its links."""
    network: NetworkName | None = None
    """The network namespace that it stands in; None: its machine's."""

    def ended(self) -> list[Started]:
        """Those that do not run any more."""
        return ended(self.services)


def home_of(name: str) -> Path:
    """The folder of the platform called `name`, there or not.

    Refused when what is there can't be ours (its files say which programs we run), CouldNotStart when it can't be seen.
    """
    home = _platforms() / name
    for folder in (home.parent.parent, home.parent, home):
        try:
            facts = folder.lstat()
        except (FileNotFoundError, NotADirectoryError):
            break
        except OSError as problem:
            raise _unseen(folder, problem) from problem
        if facts.st_uid != os.geteuid() or folder.is_symlink():
            raise Refused(
                _("this folder is a link, or belongs to somebody else; what it names is never started"),
                where=str(folder),
                now=_("remove it, or set XDG_STATE_HOME to a folder of your own"),
            )
    return home


def standing_file(name: str) -> Path | None:
    """The resolved file of the platform that `up` started under this name, if all of it came up."""
    home = home_of(name)
    return home / "platform.yaml" if _is_there(home / MARK) and _is_there(home / "platform.yaml") else None


def standing_at(file: Path) -> Path | None:
    """`file`, if it is the resolved file of a platform that is up."""
    folder = file.resolve().parent
    found = standing_file(folder.name) if folder.parent == _platforms().resolve() else None
    return found if found is not None and found.resolve() == file.resolve() else None


def is_half(name: str) -> bool:
    """Whether an `up` or a `down` of it was killed half-way."""
    return _is_there(home_of(name)) and standing_file(name) is None


def names() -> list[str]:
    """Every platform that has a folder, whole or half."""
    folder = _platforms()
    try:
        return sorted(each.name for each in folder.iterdir() if each.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as problem:
        raise _unseen(folder, problem) from problem


def residents(name: str) -> Residents | None:
    """Who was started; None when the mark can't be read."""
    try:
        return Residents.model_validate_json((home_of(name) / MARK).read_bytes())
    except (OSError, ValidationError):
        return None


def mark_up(home: Path, residents: Residents) -> None:
    """All of it came up."""
    write_whole(home / MARK, residents.model_dump_json().encode())


def unmark(home: Path) -> None:
    """From here on it is half a platform, until its folder is gone."""
    (home / MARK).unlink(missing_ok=True)


def _platforms() -> Path:
    return state_home() / "platforms"


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as problem:
        raise _unseen(path, problem) from problem
    return True


def _unseen(path: Path, problem: OSError) -> CouldNotStart:
    return CouldNotStart(
        _("the folder of platforms that are up can't be read"),
        where=str(path),
        because=problem.strerror or str(problem),
        now=_("make it readable, or set XDG_STATE_HOME to a folder of your own"),
    )
