"""A service that shows its clients a certificate which has expired."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from switchdrill.clock import wait_until, wall_s
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.engine import Held, NoSuchContainer
from switchdrill.errors import CouldNotHeal, CouldNotStart, DeadlinePassed, Refused, SwitchdrillError
from switchdrill.fault import Counted
from switchdrill.platform import program
from switchdrill.platform.certificate import Certificate
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Fact, Undo
from switchdrill_faults.services import expired, handshake, service
from switchdrill_faults.services.files import files
from switchdrill_faults.services.hold import held

_RELOADED_S = 10.0
_GLANCE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateExpired(service.ServiceFault):
    """New connections see a certificate that has expired; those that are open go on.

    It is signed by itself: a client that trusts only its own authorities refuses it for that as well. The former one
    stays beside it, where it was, and is put back byte by byte.
    """

    kind: ClassVar[str] = "certificate-expired"
    verb: ClassVar[str] = "an expired certificate"
    legend: ClassVar[Legend] = Legend(
        name=marked("Certificate expired"),
        looks_like=marked("players and browsers that verify it break off the handshake; plain HTTP is as before"),
    )

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused when the platform's file names no certificate of this service."""
        certificate = self._certificate(platform)
        made = []
        for undo in service.ServiceFault.plan(self, platform):
            whose = hashlib.sha256(f"{platform.id}\0{platform.state}\0{certificate.file}".encode()).hexdigest()[:12]
            facts: dict[str, Fact] = {
                "files": [certificate.file, *([certificate.key] if certificate.key else [])],
                "beside": f".switchdrill-{whose}",
                "at": certificate.at,
                "name": certificate.name,
                "reload": certificate.reload,
            }
            draft = undo.model_copy(
                update={
                    "facts": {**undo.facts, **facts},
                    "says": f"puts the former certificate of {undo.target} back, and sees it in a handshake",
                    "mechanism": f"{certificate.file} of {held(undo).name}, and {' '.join(certificate.reload)}",
                }
            )
            self._refuse_without_file(draft)
            made.append(draft)
        return made

    def inject(self, undos: Sequence[Undo]) -> None:
        """In place, and read by the service. CouldNotStart."""
        for undo in undos:
            where, paths = files(undo), _paths(undo)
            made = expired.make(str(undo.facts["name"]) or "localhost")
            contents = made if len(paths) > 1 else (made[0] + made[1],)
            for path, content in zip(paths, contents, strict=True):
                former = where.read(path)
                if former is None:
                    raise CouldNotStart(_("the certificate's file is not there"), where=path)
                if where.read(_beside(undo, path)) is None:
                    where.write(_beside(undo, path), former)
                where.write(path, Held(content, former.mode, former.uid, former.gid))
            where.run(_argv(undo))

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """What a client is shown."""
        at = str(undos[0].facts["at"])
        try:
            ends = handshake.ends(_shown(undos[0]))
        except (OSError, ValueError) as problem:
            return Counted(ok=False, said=f"no handshake at {at}: {problem}")
        is_over = ends.timestamp() < wall_s()
        return Counted(ok=is_over, said=f"the certificate at {at} is valid until {ends:%Y-%m-%d %H:%M} UTC")

    @staticmethod
    def heal(undo: Undo) -> str:
        """The former files, byte by byte; read by the service, and shown to a client. CouldNotHeal."""
        try:
            former = _put_back(undo)  # first: a service that has to be started reads the right one
            home = held(undo).come_home()
            if former and home != "ended with its platform":
                _wait_until_shown(undo, former)
            if former:
                _tidy(undo)
        except DeadlinePassed as problem:
            raise _not_back(undo, problem.because or str(problem)) from problem
        except CouldNotHeal:
            raise
        except (SwitchdrillError, OSError) as problem:
            raise _not_back(undo, str(problem)) from problem
        return service.told_home(undo, "has its former certificate again" if former else "", home)

    def _certificate(self, platform: Platform) -> Certificate:
        wanted = self.named(platform).name
        found = {each.service: each for each in platform.certificates}
        why = expired.why_not()
        if wanted in found and not why:
            return found[wanted]
        names = ", ".join(found)
        raise Refused(
            _("service {name} can't be given an expired certificate").format(name=wanted),
            where=self.where(),
            because=why
            or (
                _("certificates are known of {names}").format(names=names)
                if found
                else _("no service of this platform serves TLS")
            ),
            now=None if why else _("if it does, name it in the platform's file, as `certificates`"),
        )

    def _refuse_without_file(self, undo: Undo) -> None:
        """On paper, where nothing runs that could be asked, it may be there."""
        if "program" in undo.facts and program.read(Path(str(undo.facts["program"]))) is None:
            return
        try:
            missing = [path for path in _paths(undo) if files(undo).read(path) is None]
        except (NoSuchContainer, NoEngine):
            return
        if missing:
            raise Refused(
                _("the certificate's file is not there"),
                where=self.where(),
                because=_("{path} of {target}").format(path=missing[0], target=undo.target),
            )


def _put_back(undo: Undo) -> bytes:
    """The former certificate; empty when nothing had to be put back."""
    where, former = files(undo), b""
    for path in reversed(_paths(undo)):
        try:
            found = where.read(_beside(undo, path))
        except NoSuchContainer:
            return b""  # with its platform, or its way home tells it
        if found is not None:
            where.write(path, found)
            former = found.content
    return former


def _wait_until_shown(undo: Undo, former: bytes) -> None:
    """Read again by the service, more than once if that is just being started. DeadlinePassed."""
    where, wanted, last = files(undo), handshake.first_of(former), [""]

    def is_shown() -> bool:
        try:
            where.run(_argv(undo))
            return bool(wait_until(lambda: _shown(undo) == wanted, within_s=_GLANCE_S, what="its former certificate"))
        except (SwitchdrillError, OSError) as problem:
            last[0] = str(problem)
            return False

    wait_until(is_shown, within_s=_RELOADED_S, every_s=0.5, what="its former certificate", saw=lambda: last[0])


def _tidy(undo: Undo) -> None:
    for path in _paths(undo):
        files(undo).remove(_beside(undo, path))


def _shown(undo: Undo) -> bytes:
    return handshake.shown(str(undo.facts["at"]), str(undo.facts["name"]))


def _paths(undo: Undo) -> list[str]:
    found = undo.facts["files"]
    return found if isinstance(found, list) else []


def _beside(undo: Undo, path: str) -> str:
    return f"{path}{undo.facts['beside']}"


def _argv(undo: Undo) -> list[str]:
    found = undo.facts["reload"]
    return found if isinstance(found, list) else []


def _not_back(undo: Undo, because: str) -> CouldNotHeal:
    first = _paths(undo)[0]
    return CouldNotHeal(
        _("the former certificate of {target} is not back").format(target=undo.target),
        where=str(undo.facts["at"]),
        because=because,
        now=_("move {saved} to {path}, make the service read it:  {argv}   then:  switchdrill heal --all").format(
            saved=_beside(undo, first), path=first, argv=" ".join(_argv(undo))
        ),
        meanwhile=_("clients of {target} may see an expired certificate").format(target=undo.target),
    )
