"""A playlist that stands still: every answer is 200, and no new segment comes."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.platform.disorder import Known
from switchdrill.record.plan import Legend
from switchdrill.record.samples import Outcome
from switchdrill.text import marked
from switchdrill_faults.commanded.disorder import DisorderFault
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistFrozen(DisorderFault):
    """Segments of `site` stop being added, while its playlist goes on being served.

    Rehearses "a short freeze kills the experience" (row 4) where HTTP 200 is no recovery (rows 60, 89), and the gap in
    the segments (rows 9, 46).
    """

    kind: ClassVar[str] = "playlist-frozen"
    disorder: ClassVar[Known] = "playlist-frozen"
    seen_as: ClassVar[tuple[Outcome, ...]] = (Outcome.STALE,)
    legend: ClassVar[Legend] = Legend(
        name=marked("Frozen playlist"),
        looks_like=marked("playlists are answered at once, with 200, and name the same segments for ever"),
    )

    site: str
    """A role (`primary`), or a site's own name."""

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site)

    def _site(self) -> str:
        return self.site
