"""The loss of a whole site: everything that passes its Toxiproxy stalls, or is refused, in one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from switchdrill.clock import NS_PER_MS
from switchdrill.errors import BadInput, Refused
from switchdrill.fault import Counted
from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.record.samples import Outcome
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.toxiproxy import records, site

_SEEN_AS = {"stall": [Outcome.TIMED_OUT], "fast_fail": [Outcome.REFUSED, Outcome.RESET]}
_NEED_PACKETS = ("blackhole", "power_off")
_SLACK_MS = 1000
"""For a prober on a busy machine; the judge looks at the samples again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLoss:
    """Every link that passes `site` is lost at once, links to the other site included.

    `stall`: it connects, then silence (once the accept queue is full, connects time out, too).
    `fast_fail`: refused within a millisecond, live connections closed.
    """

    kind: ClassVar[str] = "site-loss"
    legend: ClassVar[Legend] = Legend(
        name=marked("Site loss"),
        looks_like=marked("the site connects and is silent (stall), or refuses at once (fast_fail)"),
    )

    site: str
    """A role (`primary`), or a site's own name."""
    shape: str = "stall"

    def __post_init__(self) -> None:
        for name, value in (("site", self.site), ("shape", self.shape)):
            if not isinstance(value, str) or not value:
                raise BadInput(_("SiteLoss: {name} must be a name, not {value!r}").format(name=name, value=value))

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo: the site's. Touches nothing; the platform need not run yet."""
        lost = self._lost_site(platform)
        self._check_shape(platform)
        eyes = [target for target in targets(platform) if target.kind == "hls" and target.site == lost]
        if not eyes:
            raise self._refusal(
                _("no hls probe goes straight to site {site}, so nobody could see it").format(site=lost)
            )
        if platform.state is None:
            raise self._refusal(_("the platform has no folder yet, so its Toxiproxy servers are unknown"))
        slowest_ns = max(eye.timeout_ns + 2 * eye.every_ns for eye in eyes)
        argv = platform.commands.get("fence", [])
        return [
            Undo(
                kind=self.kind,
                target=f"site {lost}",
                says=f"fences site {lost}, then starts its Toxiproxy again with the same proxies"
                if argv
                else f"starts the Toxiproxy of site {lost} again with the same proxies",
                facts={
                    "site": lost,
                    "shape": self.shape,
                    "record": str(records.path_of(Path(platform.state), lost)),
                    "fence": [word.replace("{site}", lost) for word in argv],
                    "cwd": platform.state,
                    "within_ms": slowest_ns // NS_PER_MS + _SLACK_MS,
                },
            )
        ]

    def inject(self, undos: Sequence[Undo]) -> None:
        """Freeze or kill the site's server: one signal, whatever the number of links."""
        for undo in undos:
            (site.stall if self.shape == "stall" else site.cut)(Path(str(undo.facts["record"])))

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        facts = undos[0].facts
        return PlannedEffect(
            site=str(facts["site"]),
            outcomes=[int(outcome) for outcome in _SEEN_AS[self.shape]],
            within_s=int(str(facts["within_ms"])) / 1000,
        )

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Nothing counts here: the probes that go straight to the site are the proof."""
        return Counted(ok=True, said=f"{len(undos)} Toxiproxy server(s) of the site")

    @staticmethod
    def heal(undo: Undo) -> str:
        """Fence, open the way again, prove it; a site that is whole is left alone. CouldNotHeal when not proven."""
        words = undo.facts["fence"]
        return site.open_again(
            Path(str(undo.facts["record"])),
            site=str(undo.facts["site"]),
            fence_argv=words if isinstance(words, list) else [],
            cwd=Path(str(undo.facts["cwd"])),
        )

    def _lost_site(self, platform: Platform) -> str:
        try:
            lost = platform.site_with_role(self.site)
        except KeyError as problem:
            known = ", ".join(f"{name} ({each.role})" for name, each in platform.sites.items())
            raise self._refusal(
                _("there is no site {site!r}; there are {known}").format(site=self.site, known=known)
            ) from problem
        if not any(hop.site == lost for link in platform.links for hop in link.hops):
            raise self._refusal(_("no link of site {site} passes a Toxiproxy").format(site=lost))
        return lost

    def _check_shape(self, platform: Platform) -> None:
        if self.shape in _NEED_PACKETS:
            raise self._refusal(_("{shape} needs the packet path, which is not built yet").format(shape=self.shape))
        if self.shape not in _SEEN_AS:
            raise self._refusal(
                _("the shapes are {known}, not {shape!r}").format(known=", ".join(_SEEN_AS), shape=self.shape)
            )
        if self.shape == "stall" and platform.carried == "foreign":
            raise self._refusal(_("the Toxiproxy server is not ours, so it can't be frozen; fast_fail is possible"))

    def _refusal(self, because: str) -> Refused:
        return Refused(
            _("this platform can't lose a site like this"),
            where=f"SiteLoss(site={self.site!r}, shape={self.shape!r})",
            because=because,
        )
