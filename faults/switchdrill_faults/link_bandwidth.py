"""A link that is too narrow: what passes it is held back to a rate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.containers.labels import TABLE
from switchdrill.errors import BadInput, Refused
from switchdrill.fault import EXAMPLE, Counted, PutBack
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.links import hold, proxied
from switchdrill_faults.links.chosen import chosen
from switchdrill_faults.links.rate import bytes_per_s
from switchdrill_faults.packets import way
from switchdrill_faults.toxiproxy import lent

_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBandwidth:
    """Both directions of these links are held back to `rate`.

    Through Toxiproxy it is the rate of each connection, and connections are cut for a moment when it begins and when
    it ends: a change under live connections may wedge the server for good. On a link without a proxy packets above the
    rate are dropped, whosesoever they are.
    """

    kind: ClassVar[str] = "link-bandwidth"
    legend: ClassVar[Legend] = Legend(
        name=marked("Narrow link"),
        looks_like=marked(
            "data passes the link no faster than the rate; its connections are cut for a moment when it begins and"
            " when it ends"
        ),
        pattern="dots",
    )

    link: str
    """A link's name, or a pattern whose sites may be roles: `primary.*--standby.*`."""
    rate: str = field(metadata={EXAMPLE: "500kbit"})
    """For each direction: `500kbit`, `2.5mbit`."""

    def __post_init__(self) -> None:
        if not isinstance(self.link, str) or not self.link:
            raise BadInput(_("LinkBandwidth: link must be a name or a pattern, not {value!r}").format(value=self.link))
        bytes_per_s(self.rate, where=self._where())

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each link."""
        return [self._undo(link, platform) for link in chosen(self.link, platform, where=self._where())]

    def inject(self, undos: Sequence[Undo]) -> None:
        """Link by link: cut, changed, opened; or one transaction."""
        for undo in undos:
            laid = way.read(undo)
            if laid is not None:
                way.lay(laid)
                continue
            api, name = proxied.find(undo)
            lent.slow_down(api, name, str(undo.facts["toxic"]), kilobytes_per_s=self._bytes_per_s() // 1000)

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site's probes need see it: a link that was wide enough is as good as before."""
        return PlannedEffect(site="", outcomes=[], within_s=_WITHIN_S)

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Packets dropped above the rate; of a Toxiproxy what it tells, since it counts nothing."""
        if all("packets" in undo.facts for undo in undos):
            return way.counted_in(undos)
        slow = [undo for undo in undos if "packets" not in undo.facts]
        held_back = sum(lent.is_slowed(*proxied.find(undo), str(undo.facts["toxic"])) for undo in slow)
        said = f"{held_back} of {len(slow)} proxies hold both directions back to {self.rate}"
        return Counted(ok=held_back == len(slow), said=said)

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """A rule in a container is gone when that was started anew; it is laid again."""
        return [back for undo in undos for back in way.put_back(undo)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take our toxics off, or our rule away; everything else on the server stays as it is."""
        link, laid = undo.facts["link"], way.read(undo)
        if laid is not None:
            return f"link {link}: {way.heal(laid)}"
        if proxied.is_gone(undo):
            return f"the Toxiproxy of link {link} is gone, and what narrowed it with it"
        api, name = proxied.find(undo)
        is_enabled = bool(undo.facts.get("is_enabled", True))
        did = lent.speed_up(api, name, str(undo.facts["toxic"]), is_enabled=is_enabled)
        return f"link {link} " + ("is as wide as before" if did else "was whole; nothing was done")

    def _undo(self, link: Link, platform: Platform) -> Undo:
        rate = self._bytes_per_s()
        table = way.table_for(self.kind, platform.id, str(platform.state), link.name)
        if not link.hops:
            laid = hold.planned(link, platform, act="police", rate=rate, where=self._where(), table=table)
            facts, mechanism = {"packets": laid.model_dump_json()}, laid.says()
            return self._made(link, {**facts}, mechanism)
        if platform.carried == "nobody" and platform.sites[link.hops[0].site].toxiproxy is None:
            raise Refused(
                _("nobody whom we may ask carries link {link}").format(link=link.name),
                where=self._where(),
                because=_("somebody else has started this platform, and names no Toxiproxy of its sites"),
                now=_("name theirs as `toxiproxy` of the site in the platform's file"),
            )
        facts_, whose = proxied.facts_of(link, platform)
        toxic = table.replace(TABLE, lent.OURS)
        return self._made(link, {**facts_, "toxic": toxic}, f"{whose}, toxics of type bandwidth")

    def _made(self, link: Link, facts: dict[str, str | int | bool | list[str]], mechanism: str) -> Undo:
        return Undo(
            kind=self.kind,
            target=f"link {link.name}",
            says=f"makes link {link.name} as wide as before",
            mechanism=mechanism,
            facts={"link": link.name, **facts},
        )

    def _bytes_per_s(self) -> int:
        return bytes_per_s(self.rate, where=self._where())

    def _where(self) -> str:
        return f"LinkBandwidth(link={self.link!r}, rate={self.rate!r})"
