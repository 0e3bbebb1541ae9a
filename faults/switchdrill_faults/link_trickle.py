"""A link over which data only trickles: in small pieces, with a pause after each."""

from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.fault import EXAMPLE, Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links import knock
from switchdrill_faults.links.direction import Direction, streams
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import OWN_OUTAGE_S, ProxyFault
from switchdrill_faults.links.quantity import milliseconds, size_bytes

_LEAST_MS = 5
"""Less is lost in what a busy machine does by itself."""
_SLACK_S = 2.0
_LONGEST_S = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTrickle(ProxyFault):
    """Data passes these links in pieces of at most `piece`, with a `pause` after each."""

    kind: ClassVar[str] = "link-trickle"
    toxic_type: ClassVar[str] = "slicer"
    legend: ClassVar[Legend] = Legend(
        name=marked("Trickling link"),
        looks_like=marked(
            "data arrives in small pieces, one by one; unless its clients are steady, its connections are cut for a"
            " moment when it begins and when it ends"
        ),
        pattern="dots",
        own_outage_s=OWN_OUTAGE_S,
    )

    piece: str = field(metadata={EXAMPLE: "64B"})
    """`64B`, `1kB`: what is longer is halved until it is not."""
    pause: str = field(metadata={EXAMPLE: "20ms"})
    direction: Direction = "both"

    def __post_init__(self) -> None:
        ProxyFault.__post_init__(self)
        self.attributes()

    def attributes(self) -> dict[str, dict[str, int]]:
        each = {
            "average_size": size_bytes(self.piece, where=self.where()),
            "size_variation": 0,
            "delay": 1000 * milliseconds(self.pause, where=self.where()),
        }
        return {stream: dict(each) for stream in streams(self.direction, where=self.where())}

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        """How much later the answer is whole, by as many pauses as the greeting and its answer have pieces."""
        piece, on = size_bytes(self.piece, where=self.where()), self.attributes()
        lengths = [len(before.greeting.says)] * ("upstream" in on) + [before.got] * ("downstream" in on)
        pauses = sum(_pieces(length, piece) - 1 for length in lengths)
        asked = pauses * milliseconds(self.pause, where=self.where())
        name = before.greeting.name
        if not _LEAST_MS <= asked <= _LONGEST_S * 1000:
            return Counted(ok=False, said=f"{name}: {pauses} pauses in a greeting, {asked} ms, show nothing")
        now = knock.again(endpoint, before, within_s=(asked + before.whole_ms) / 1000 * 1.5 + _SLACK_S)
        later = now.whole_ms - before.whole_ms
        said = f"{name}: {now.how}, whole {later:.0f} ms later than before, {pauses} pauses are {asked} ms"
        return Counted(ok=now.how == "answered" and 0.9 * asked <= later, said=said)

    def where(self) -> str:
        return f"LinkTrickle(link={self.link!r}, piece={self.piece!r}, pause={self.pause!r})"


def _pieces(length: int, piece: int) -> int:
    """As Toxiproxy halves it."""
    return 1 if length <= piece else _pieces(length // 2, piece) + _pieces(length - length // 2, piece)
