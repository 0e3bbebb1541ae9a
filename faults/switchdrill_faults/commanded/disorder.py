"""A disorder that a platform's file declares, as a fault means it: found, made, looked at, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotHeal, CouldNotStart, DeadlinePassed, Refused
from switchdrill.fault import Counted
from switchdrill.platform.disorder import Disorder, Known
from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.record.plan import PlannedEffect
from switchdrill.record.samples import Outcome
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.commanded import playing
from switchdrill_faults.commanded.playing import AS_IT_WAS, play
from switchdrill_faults.links.ends import site_called

_AGAIN_S = 0.2
_PLAYS = 4
"""Commands while healing, at worst: a look, the healing, looks until their time is up, the last begun just then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisorderFault:
    """What faults have in common that the platform makes by a command of its own."""

    kind: ClassVar[str]
    needs: ClassVar[str] = marked("commands of the platform's own: `disorders` in its file")
    disorder: ClassVar[Known]
    seen_as: ClassVar[tuple[Outcome, ...]] = ()
    """What probes that go straight to the site see of it; none: nothing that a single question shows."""
    shows_within_s: ClassVar[float] = 30.0
    """Until `look` says that it acts: some disorders show only after a while."""

    def _site(self) -> str:
        """A role or a name; empty: the platform as a whole."""
        return ""

    def _what(self) -> str:
        """What `{what}` is."""
        return ""

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused, with the reason, when the platform's file declares no such disorder there."""
        declared = platform.disorders.get(self.disorder)
        if declared is None:
            raise self._refusal(
                _("its file declares no disorder {name}").format(name=self.disorder),
                now=_(
                    "say in the platform's file how it is made, healed and looked at:  disorders: {{{name}: ...}}"
                ).format(name=self.disorder),
            )
        site = self._found_site(declared, platform)
        what = self._what()
        if declared.what and what not in declared.what:
            raise self._refusal(
                _("its disorder {name} is possible for {known}, not for {what!r}").format(
                    name=self.disorder, known=", ".join(declared.what), what=what
                )
            )
        if platform.state is None:
            raise self._refusal(_("the platform has no folder yet, so its commands are not known"))
        argvs = {
            name: [word.replace("{site}", site).replace("{what}", what) for word in argv]
            for name, argv in declared.argvs().items()
        }
        eyes = [each for each in targets(platform) if each.kind == "hls" and each.site == site]
        within_ms = playing.in_ms(declared.within)
        return [
            Undo(
                kind=self.kind,
                target=(f"site {site}" if site else "platform") + (f", {what}" if what else ""),
                says=f"plays the platform's own command that takes {self.disorder} back, and looks if it did",
                mechanism=f"the platform's own disorder {self.disorder}",
                facts={
                    "site": site if eyes else "",
                    "cwd": platform.state,
                    "within_ms": within_ms,
                    **argvs,
                },
                heal_limit_s=_PLAYS * within_ms / playing.MS_PER_S,
            )
        ]

    def inject(self, undos: Sequence[Undo]) -> None:
        """Play `break`. CouldNotStart, with its last words, when it does not end with 0."""
        for undo in undos:
            played = play(undo, "break")
            if played.code != 0:
                raise CouldNotStart(
                    _("the platform could not be put in disorder"),
                    where=playing.by_hand(undo, "break"),
                    because=played.said,
                )

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        """What `look` finds is the proof; and what the site's own probes see, where they can."""
        site = str(undos[0].facts["site"]) if self.seen_as else ""
        return PlannedEffect(
            site=site, outcomes=[int(each) for each in self.seen_as if site], within_s=self.shows_within_s
        )

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """What the platform's own `look` measures there, in its words."""
        looked = [play(undo, "look") for undo in undos]
        return Counted(ok=all(each.code == 0 for each in looked), said="; ".join(each.said for each in looked))

    @staticmethod
    def heal(undo: Undo) -> str:
        """Play `heal`, unless all is as it was, and look until it is. CouldNotHeal, with the command for a person."""
        before = play(undo, "look")
        if before.code == AS_IT_WAS:
            return f"{undo.target} was as it should be; nothing was done"
        healed = play(undo, "heal")
        seen = [before]

        def is_as_it_was() -> bool:
            seen.append(play(undo, "look"))
            return seen[-1].code == AS_IT_WAS

        try:
            within_s = playing.limit_s(undo)
            wait_until(is_as_it_was, within_s=within_s, every_s=_AGAIN_S, what=undo.target)
        except DeadlinePassed as problem:
            raise _not_healed(undo, healed if healed.code != 0 else seen[-1]) from problem
        return f"{undo.target} is as it was: {seen[-1].said}"

    def _found_site(self, declared: Disorder, platform: Platform) -> str:
        named = self._site()
        if not named:
            return ""
        site = site_called(named, platform, where=repr(self))
        if site not in declared.sites:
            raise self._refusal(
                _("its disorder {name} is possible at {known}, not at {site}").format(
                    name=self.disorder, known=", ".join(declared.sites) or "-", site=site
                )
            )
        return site

    def _refusal(self, because: str, *, now: str | None = None) -> Refused:
        return Refused(
            _("this platform can't be put in disorder like this"), where=repr(self), because=because, now=now
        )


def _not_healed(undo: Undo, last: playing.Played) -> CouldNotHeal:
    return CouldNotHeal(
        _("{target} could not be put in order again").format(target=undo.target),
        where=playing.by_hand(undo, "look"),
        because=last.said,
        now=_("{command}\nthen:  switchdrill heal --all").format(command=playing.by_hand(undo, "heal")),
        meanwhile=_("what {mechanism} does may still act").format(mechanism=undo.mechanism),
    )
