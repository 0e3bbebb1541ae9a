"""Links that are lost together, while who stands at their ends lives on: a site is fenced before they are opened."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, get_args

from switchdrill.clock import NS_PER_MS
from switchdrill.errors import BadInput, SwitchdrillError
from switchdrill.fault import Fault
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.record.plan import PlannedEffect
from switchdrill.record.samples import Outcome
from switchdrill.text import _, marked
from switchdrill.undo import Fact, Undo
from switchdrill_faults.composed import idle, inner
from switchdrill_faults.composed.fault import ComposedFault, heal_parts
from switchdrill_faults.fence import fence
from switchdrill_faults.link_blackhole import LinkBlackhole
from switchdrill_faults.link_cut import LinkCut
from switchdrill_faults.links import ends, laying
from switchdrill_faults.packets import way
from switchdrill_faults.toxiproxy.laid import Wanted

Shape = Literal["blackhole", "fast_fail"]

_SEEN_AS = {"blackhole": [Outcome.TIMED_OUT], "fast_fail": [Outcome.REFUSED, Outcome.RESET]}
_SLACK_MS = 1000
_FENCE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveredFault(ComposedFault, ABC):
    """One undo for all of them, so that no link is open before every site that was cut off is fenced."""

    kind: ClassVar[str]
    needs: ClassVar[str] = marked("of each link: the packet path (blackhole), or a Toxiproxy (fast_fail)")

    shape: Shape = "blackhole"
    """`blackhole`: connects time out, live connections fall silent. `fast_fail`: those are refused, these closed."""

    def __post_init__(self) -> None:
        if self.shape not in get_args(Shape):
            raise BadInput(
                _("{fault}: the shapes are {known}, not {value!r}").format(
                    fault=type(self).__name__, known=", ".join(get_args(Shape)), value=self.shape
                )
            )

    @abstractmethod
    def links(self, platform: Platform) -> Sequence[Link]:
        """Those that are lost. Refused when there is none."""

    @abstractmethod
    def target(self, platform: Platform) -> str:
        """All of them, in the platform's words."""

    def parts(self, platform: Platform) -> Sequence[Fault]:
        made: type[LinkBlackhole | LinkCut] = LinkCut if self.shape == "fast_fail" else LinkBlackhole
        return [made(link=link.name) for link in self.links(platform)]

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo, of all links."""
        planned = self.planned(platform)
        undo = inner.as_one(self.kind, self.target(platform), planned)
        argv = platform.commands.get("fence", [])
        cut_off = sorted({site for link in self.links(platform) if (site := ends.opened_at(link, platform))})
        facts: dict[str, Fact] = {
            "sites": cut_off,
            "fence": argv,
            "cwd": str(platform.state),
            "is_started_by_us": platform.is_started_by_us(),
            **_seen(planned, platform),
        }
        opens = f"opens {undo.target} again"
        return [
            undo.having(
                facts,
                says=f"fences site {', '.join(cut_off)}, then {opens}" if argv and cut_off else opens,
                heal_limit_s=undo.heal_limit_s + (_FENCE_S * len(cut_off) if argv else 0),
            )
        ]

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        """On the probes that go straight to a site, where all of them are cut off; else what the links count."""
        facts, counted = undos[0].facts, ComposedFault.effect(self, undos)
        if not facts["seen_at"]:
            return counted
        return PlannedEffect(
            site=str(facts["seen_at"]),
            outcomes=[int(outcome) for outcome in _SEEN_AS[self.shape]],
            within_s=max(counted.within_s, int(str(facts["within_ms"])) / 1000),
        )

    def stir(self, undos: Sequence[Undo]) -> None:
        """A link that nobody uses is knocked at from here."""
        idle.knock(undos)

    @staticmethod
    def heal(undo: Undo) -> str:
        """Fence, then open every link; links that are whole are left alone. CouldNotHeal: when fencing fails, with all
        of them still closed.
        """
        cwd, argv, sites = Path(str(undo.facts["cwd"])), undo.words("fence"), undo.words("sites")
        has_ended = bool(undo.facts["is_started_by_us"]) and not cwd.is_dir()
        if not has_ended and any(_is_cut(held) for held in inner.of(undo)):
            for site in sites:
                fence(site, [word.replace("{site}", site) for word in argv], cwd=cwd)
        return heal_parts(undo)


def _seen(planned: inner.Planned, platform: Platform) -> dict[str, Fact]:
    """The site whose own probes all meet a link that is lost, and how long until they must have seen it."""
    lost = {endpoint for _part, undos in planned for endpoint in idle.endpoints(undos)}
    eyes = [each for each in targets(platform) if each.kind == "hls" and each.site is not None]
    blind = {each.site for each in eyes if f"{each.address}:{each.port}" not in lost}
    sites = {each.site for each in eyes} - blind
    if len(sites) != 1:
        return {"seen_at": ""}
    site = str(sites.pop())
    slowest_ns = max(each.timeout_ns + 2 * each.every_ns for each in eyes if each.site == site)
    return {"seen_at": site, "within_ms": slowest_ns // NS_PER_MS + _SLACK_MS}


def _is_cut(held: inner.Held) -> bool:
    """What can't be seen is opened as if it were cut; what was closed before is none of ours."""
    laid, undo = way.read(held.undo), held.undo
    if laid is not None:
        return way.may_be_laid(laid)
    try:
        return bool(undo.facts.get("is_enabled", True)) and laying.is_laid(undo, Wanted(is_closed=True))
    except SwitchdrillError:
        return True
