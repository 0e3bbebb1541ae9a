"""A link that is too narrow: what passes it is held back to a rate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.fault import EXAMPLE, Counted, PutBack
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.links import hold, knock
from switchdrill_faults.links.chosen import chosen
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import OWN_OUTAGE_S, ProxyFault
from switchdrill_faults.links.rate import bytes_per_s
from switchdrill_faults.packets import way

_LEAST_MS = 5
"""What a greeting has to be held back for, or a busy machine could have done it."""
_BUSY_MS = 500
_SLACK_S = 1.0
_POUR_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBandwidth(ProxyFault):
    """Both directions of these links are held back to `rate`.

    Through Toxiproxy it is the rate of each connection, and unless clients are known to be steady, connections are cut
    for a moment when it begins and when it ends: a change under live connections may wedge the server for good. On a
    link without a proxy packets above the rate are dropped, whosesoever they are.
    """

    kind: ClassVar[str] = "link-bandwidth"
    needs: ClassVar[str] = marked("a Toxiproxy on the link, or the packet path")
    toxic_type: ClassVar[str] = "bandwidth"
    pours_s: ClassVar[float] = 0.1
    legend: ClassVar[Legend] = Legend(
        name=marked("Narrow link"),
        looks_like=marked(
            "data passes the link no faster than the rate; its connections are cut for a moment when it begins and"
            " when it ends"
        ),
        pattern="dots",
        own_outage_s=OWN_OUTAGE_S,
    )

    rate: str = field(metadata={EXAMPLE: "500kbit"})
    """For each direction: `500kbit`, `2.5mbit`."""

    def __post_init__(self) -> None:
        ProxyFault.__post_init__(self)
        self._bytes_per_s()

    def attributes(self) -> dict[str, dict[str, int]]:
        kilobytes = self._bytes_per_s() // 1000
        return {"upstream": {"rate": kilobytes}, "downstream": {"rate": kilobytes}}

    def meant(self, platform: Platform) -> list[Link]:
        """All of a pattern: those that pass no Toxiproxy are narrowed by the packet path."""
        return chosen(self.link, platform, where=self.where())

    def planned(self, link: Link, platform: Platform) -> Undo:
        if link.hops:
            return ProxyFault.planned(self, link, platform)
        table = way.table_for(self.kind, platform.id, str(platform.state), link.name)
        laid = hold.planned(link, platform, act="police", rate=self._bytes_per_s(), where=self.where(), table=table)
        return Undo(
            kind=self.kind,
            target=f"link {link.name}",
            says=f"makes link {link.name} as wide as before",
            mechanism=laid.says(),
            facts={"link": link.name, "packets": laid.model_dump_json()},
        )

    def inject(self, undos: Sequence[Undo]) -> None:
        """Link by link: cut, changed, opened; or one transaction."""
        for undo in _by_packets(undos):
            way.lay(way.of(undo))
        ProxyFault.inject(self, _by_proxy(undos))

    def proof(self, undo: Undo) -> Counted:
        """Packets dropped above the rate; through a Toxiproxy, which counts nothing, how slowly it is answered."""
        return way.counted(way.of(undo)) if "packets" in undo.facts else ProxyFault.proof(self, undo)

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        """How much later an answer is whole, or, where one is too short, how much passes one connection."""
        rate, name = self._bytes_per_s(), before.greeting.name
        asked = 1000 * (len(before.greeting.says) + before.got) / rate
        if asked >= _LEAST_MS:
            now = knock.again(endpoint, before, within_s=(2 * asked + before.whole_ms) / 1000 + _SLACK_S)
            later = now.whole_ms - before.whole_ms
            said = f"{name}: {now.how}, whole {later:.0f} ms later than before, {self.rate} are {asked:.0f} ms"
            return Counted(ok=now.how == "answered" and 0.8 * asked <= later <= 2 * asked + _BUSY_MS, said=said)
        wide = before.bytes_per_s
        if wide < 2 * rate:
            said = f"{name} is too short to show {self.rate}, and what its Toxiproxy tells is no proof; ask for less"
            return Counted(ok=False, said=said)
        now_wide = knock.poured(endpoint, before, until_bytes=rate, within_s=_POUR_S).bytes_per_s
        said = f"{name}: {now_wide / 1000:.0f} kB/s pass, before {wide / 1000:.0f}, asked for {rate / 1000:.0f}"
        return Counted(ok=rate / 5 <= now_wide <= 1.2 * rate, said=said)

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """A rule in a container is gone when that was started anew, and so is a toxic with its server; laid again."""
        packets = [back for undo in _by_packets(undos) for back in way.put_back(undo)]
        return [*packets, *ProxyFault.keep(self, _by_proxy(undos))]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take our toxics off, or our rule away; everything else on the server stays as it is."""
        laid = way.read(undo)
        return ProxyFault.heal(undo) if laid is None else f"link {undo.facts['link']}: {way.heal(laid)}"

    def where(self) -> str:
        return f"LinkBandwidth(link={self.link!r}, rate={self.rate!r})"

    def _bytes_per_s(self) -> int:
        return bytes_per_s(self.rate, where=self.where())


def _by_packets(undos: Sequence[Undo]) -> list[Undo]:
    return [undo for undo in undos if "packets" in undo.facts]


def _by_proxy(undos: Sequence[Undo]) -> list[Undo]:
    return [undo for undo in undos if "packets" not in undo.facts]
