"""A site that does not know everything about its streams: viewers connect, and there is no picture."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.platform.disorder import Known
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.commanded.disorder import DisorderFault
from switchdrill_faults.parameter import refuse_empty

Field = Literal["push_address", "encoder", "cdn_nodes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMetadataMissing(DisorderFault):
    """One field of the streams' metadata is gone at `site`; everything else of them is there.

    Rehearses "only the video files were synced, not the push address and the encoder parameters: viewers connected, and
    there was no picture" (rows 10, 48, 73).
    """

    kind: ClassVar[str] = "stream-metadata-missing"
    disorder: ClassVar[Known] = "stream-metadata"
    legend: ClassVar[Legend] = Legend(
        name=marked("Stream metadata missing"),
        looks_like=marked("viewers connect; once they are sent there, no picture comes, or none that goes on"),
    )

    site: str = "standby"
    """A role, or a site's own name."""
    field: Field = "push_address"

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site, field=self.field)

    def _site(self) -> str:
        return self.site

    def _what(self) -> str:
        return self.field
