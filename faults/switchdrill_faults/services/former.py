"""The former certificate of a service: kept beside the expired one, put back, and shown to a client again."""

from switchdrill.clock import wait_until
from switchdrill.containers.engine import NoSuchContainer
from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.services import handshake
from switchdrill_faults.services.files import files

_RELOADED_S = 10.0
_GLANCE_S = 2.0


def put_back(undo: Undo) -> bytes:
    """The former certificate; empty when nothing had to be put back."""
    where, former = files(undo), b""
    for path in reversed(undo.words("files")):
        try:
            found = where.read(beside(undo, path))
        except NoSuchContainer:
            return b""  # with its platform, or its way home tells it
        if found is not None:
            where.write(path, found)
            former = found.content
    return former


def wait_until_shown(undo: Undo, former: bytes) -> None:
    """Read again by the service, more than once if that is just being started. DeadlinePassed."""
    where, wanted, last = files(undo), handshake.first_of(former), [""]

    def is_shown() -> bool:
        try:
            where.run(undo.words("reload"))
            return bool(wait_until(lambda: shown(undo) == wanted, within_s=_GLANCE_S, what="its former certificate"))
        except (SwitchdrillError, OSError) as problem:
            last[0] = str(problem)
            return False

    wait_until(is_shown, within_s=_RELOADED_S, every_s=0.5, what="its former certificate", saw=lambda: last[0])


def tidy(undo: Undo) -> None:
    """It is back: the copy goes."""
    for path in undo.words("files"):
        files(undo).remove(beside(undo, path))


def shown(undo: Undo) -> bytes:
    """What a client sees now. OSError, ValueError."""
    return handshake.shown(str(undo.facts["at"]), str(undo.facts["name"]))


def beside(undo: Undo, path: str) -> str:
    """Where the former one is kept while the fault acts."""
    return f"{path}{undo.facts['beside']}"


def not_back(undo: Undo, because: str) -> CouldNotHeal:
    """With what a person does then."""
    first = undo.words("files")[0]
    return CouldNotHeal(
        _("the former certificate of {target} is not back").format(target=undo.target),
        where=str(undo.facts["at"]),
        because=because,
        now=_("move {saved} to {path}, make the service read it:  {argv}   then:  switchdrill heal --all").format(
            saved=beside(undo, first), path=first, argv=" ".join(undo.words("reload"))
        ),
        meanwhile=_("clients of {target} may see an expired certificate").format(target=undo.target),
    )
