"""A service that shows its clients a certificate which has expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from switchdrill.clock import wall_s
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
from switchdrill_faults.services import expired, former, handshake, service
from switchdrill_faults.services.files import files
from switchdrill_faults.services.hold import held


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateExpired(service.ServiceFault):
    """New connections see a certificate that has expired; those that are open go on.

    It is signed by itself: a client that trusts only its own authorities refuses it for that as well. The former one
    stays beside it, where it was, and is put back byte by byte.
    """

    kind: ClassVar[str] = "certificate-expired"
    needs: ClassVar[str] = marked("`certificates` in the platform's file, and openssl on this machine")
    verb: ClassVar[str] = "an expired certificate"
    legend: ClassVar[Legend] = Legend(
        name=marked("Certificate expired"),
        looks_like=marked("players and browsers that verify it break off the handshake; plain HTTP is as before"),
    )

    def detailed(self, undo: Undo, platform: Platform) -> Undo:
        """Refused when the platform's file names no certificate of this service."""
        certificate = self._certificate(platform)
        facts: dict[str, Fact] = {
            "files": [certificate.file, *([certificate.key] if certificate.key else [])],
            "beside": service.file_of_ours(platform, certificate.file),
            "at": certificate.at,
            "name": certificate.name,
            "reload": certificate.reload,
        }
        draft = undo.having(
            facts,
            says=f"puts the former certificate of {undo.target} back, and sees it in a handshake",
            mechanism=f"{certificate.file} of {held(undo).name}, and {' '.join(certificate.reload)}",
        )
        self._refuse_without_file(draft)
        return draft

    def inject(self, undos: Sequence[Undo]) -> None:
        """In place, and read by the service. CouldNotStart."""
        for undo in undos:
            where, paths = files(undo), undo.words("files")
            made = expired.make(str(undo.facts["name"]) or "localhost")
            contents = made if len(paths) > 1 else (made[0] + made[1],)
            for path, content in zip(paths, contents, strict=True):
                found = where.read(path)
                if found is None:
                    raise CouldNotStart(_("the certificate's file is not there"), where=path)
                if where.read(former.beside(undo, path)) is None:
                    where.write(former.beside(undo, path), found)
                where.write(path, Held(content, found.mode, found.uid, found.gid))
            where.run(undo.words("reload"))

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """What a client is shown."""
        at = str(undos[0].facts["at"])
        try:
            ends = handshake.ends(former.shown(undos[0]))
        except (OSError, ValueError) as problem:
            return Counted(ok=False, said=f"no handshake at {at}: {problem}")
        is_over = ends.timestamp() < wall_s()
        return Counted(ok=is_over, said=f"the certificate at {at} is valid until {ends:%Y-%m-%d %H:%M} UTC")

    @staticmethod
    def heal(undo: Undo) -> str:
        """The former files, byte by byte; read by the service, and shown to a client. CouldNotHeal."""
        try:
            certificate = former.put_back(undo)  # first: a service that has to be started reads the right one
            home = held(undo).come_home()
            if certificate and home != "ended with its platform":
                former.wait_until_shown(undo, certificate)
            if certificate:
                former.tidy(undo)
        except DeadlinePassed as problem:
            raise former.not_back(undo, problem.because or str(problem)) from problem
        except CouldNotHeal:
            raise
        except (SwitchdrillError, OSError) as problem:
            raise former.not_back(undo, str(problem)) from problem
        return service.told_home(undo, "has its former certificate again" if certificate else "", home)

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
            missing = [path for path in undo.words("files") if files(undo).read(path) is None]
        except (NoSuchContainer, NoEngine):
            return
        if missing:
            raise Refused(
                _("the certificate's file is not there"),
                where=self.where(),
                because=_("{path} of {target}").format(path=missing[0], target=undo.target),
            )
