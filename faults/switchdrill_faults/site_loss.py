"""The loss of a whole site: everything of it stalls, is refused, falls silent or loses its power, in one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.clock import NS_PER_MS
from switchdrill.errors import Refused
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.record.samples import Outcome
from switchdrill.text import _, marked
from switchdrill.undo import AT_ONCE_S, Fact, Undo
from switchdrill_faults.docker import home
from switchdrill_faults.docker.box import boxes_of
from switchdrill_faults.links.ends import site_called
from switchdrill_faults.loss import bordered, boxed, carried
from switchdrill_faults.packets import way
from switchdrill_faults.packets.choosing import NoWay
from switchdrill_faults.parameter import refuse_empty

Shape = Literal["stall", "fast_fail", "blackhole", "power_off"]

_SEEN_AS = {
    "stall": [Outcome.TIMED_OUT],
    "fast_fail": [Outcome.REFUSED, Outcome.RESET],
    "blackhole": [Outcome.TIMED_OUT],
    "power_off": [Outcome.TIMED_OUT, Outcome.REFUSED],
}
_SLACK_MS = 1000
"""For a prober on a busy machine; the judge looks at the samples again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLoss:
    """Everything of `site` is lost at once, links to the other site included.

    `stall`: it connects, then silence (once the accept queue is full, connects time out, too).
    `fast_fail`: refused within a millisecond, live connections closed.
    `blackhole`: connects time out, live connections fall silent; the processes live on.
    `power_off`: as blackhole, and the processes are gone.
    """

    kind: ClassVar[str] = "site-loss"
    needs: ClassVar[str] = marked(
        "stall: its containers, or a Toxiproxy of ours; fast_fail: one of theirs will do; blackhole: the packet path;"
        " power_off: containers and the packet path"
    )
    legend: ClassVar[Legend] = Legend(
        name=marked("Site loss"),
        looks_like=marked(
            "the site connects and is silent (stall), refuses at once (fast_fail), or connects time out (blackhole,"
            " power_off)"
        ),
    )

    site: str
    """A role (`primary`), or a site's own name."""
    shape: Shape = "stall"

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site, shape=self.shape)

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo: the site's. Touches nothing; the platform need not run yet."""
        lost = site_called(self.site, platform, where=repr(self))
        if self.shape not in _SEEN_AS:
            raise self._refusal(
                _("the shapes are {known}, not {shape!r}").format(known=", ".join(_SEEN_AS), shape=self.shape)
            )
        if platform.state is None:
            raise self._refusal(_("the platform has no folder yet, so its Toxiproxy servers are unknown"))
        facts, mechanism, way_home = self._means(lost, platform)
        eyes = [target for target in targets(platform) if target.kind == "hls" and target.site == lost]
        if not eyes:
            raise self._refusal(
                _("no hls probe goes straight to site {site}, so nobody could see it").format(site=lost)
            )
        slowest_ns = max(eye.timeout_ns + 2 * eye.every_ns for eye in eyes)
        argv = platform.commands.get("fence", [])
        return [
            Undo(
                kind=self.kind,
                target=f"site {lost}",
                says=f"fences site {lost}, then {way_home}" if argv else way_home,
                mechanism=mechanism,
                facts={
                    "site": lost,
                    "shape": self.shape,
                    "fence": [word.replace("{site}", lost) for word in argv],
                    "cwd": platform.state,
                    "is_started_by_us": platform.is_started_by_us(),
                    "within_ms": slowest_ns // NS_PER_MS + _SLACK_MS,
                    **facts,
                },
                heal_limit_s=home.limit_s(boxes_of(lost, platform)) if argv or "boxes" in facts else AT_ONCE_S,
            )
        ]

    def inject(self, undos: Sequence[Undo]) -> None:
        """In one instant as far as the means allow: one transaction, one signal; containers one beside the other."""
        for undo in undos:
            if undo.facts["how"] == "boxes":
                boxed.break_it(undo, self.shape)
            elif undo.facts["how"] == "border":
                way.lay(way.of(undo))
            else:
                carried.break_it(undo, self.shape)

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        facts = undos[0].facts
        return PlannedEffect(
            site=str(facts["site"]),
            outcomes=[int(outcome) for outcome in _SEEN_AS[self.shape]],
            within_s=int(str(facts["within_ms"])) / 1000,
        )

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Packets that met the rule, containers that are frozen or gone; a Toxiproxy of ours only probes see."""
        undo = undos[0]
        if undo.facts["how"] == "boxes":
            return boxed.counted(undo, self.shape)
        return way.counted(way.of(undo)) if undo.facts["how"] == "border" else carried.counted(undo)

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """A rule in a container is gone when that was started anew; it is laid again. A container that somebody woke or
        started is broken again.
        """
        backs = [back for undo in undos for back in way.put_back(undo)]
        return backs + [back for undo in undos if undo.facts["how"] == "boxes" for back in boxed.put_back(undo)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Fence, open the way again, prove it; a site that is whole is left alone. CouldNotHeal when not proven."""
        if undo.facts["how"] == "boxes":
            return boxed.open_again(undo)
        return bordered.open_again(undo) if undo.facts["how"] == "border" else carried.open_again(undo)

    def _means(self, lost: str, platform: Platform) -> tuple[dict[str, Fact], str, str]:
        """The facts, the mechanism, and the way home in words."""
        table = way.table_for(self.kind, platform.id, str(platform.state), lost, self.shape)
        boxes = boxes_of(lost, platform)
        try:
            if boxes:
                facts, mechanism = boxed.planned(lost, self.shape, platform, boxes, table)
                way_home = f"kills what is frozen of site {lost}, starts what does not run, and opens the way to it"
                return facts, mechanism, way_home
            if self.shape == "blackhole":
                facts, mechanism = bordered.planned(lost, platform, table)
                return facts, mechanism, f"lets packets of site {lost} pass again"
            return carried.planned(lost, self.shape, platform)
        except NoWay as problem:
            raise self._refusal(
                _("{shape} needs the packet path: {reasons}").format(
                    shape=self.shape, reasons=(problem.because or "").replace("\n", "; ")
                )
            ) from problem
        except carried.NotCarried as problem:
            raise self._refusal(problem.what) from problem

    def _refusal(self, because: str) -> Refused:
        return Refused(
            _("this platform can't lose a site like this"),
            where=f"SiteLoss(site={self.site!r}, shape={self.shape!r})",
            because=because,
        )
