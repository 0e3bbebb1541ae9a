"""A live window of segments, as an HLS media playlist. Kept in memory; built once a segment, not once a viewer."""

import math
from collections import OrderedDict
from dataclasses import dataclass

WINDOW = 6
"""Segments that the playlist names."""
KEPT = WINDOW + 4
"""Segments that can still be fetched: a slow viewer finishes what the playlist named a moment ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One segment as it was pushed."""

    sequence: int
    data: bytes
    duration_ms: int
    date: str


class Window:
    """The newest segments of one room.

    A segment's media sequence number is the publisher's own number, so that both sites agree, and it never changes
    while the segment is listed. HLS counts the lines of a playlist, so a list can't go on across a missing number:
    the window begins anew behind the gap, marked as a discontinuity.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Stored] = OrderedDict()
        self._listed: list[Stored] = []
        self._gaps: dict[int, int] = {}
        self._gap_count = 0
        self._text = b""

    def add(self, segment: Stored) -> bool:
        """True when it is the newest; an old or repeated one changes nothing."""
        newest = self.newest
        if newest is not None and segment.sequence <= newest:
            return False
        if newest is not None and segment.sequence != newest + 1:
            self._gap_count += 1
            self._gaps[segment.sequence] = self._gap_count
            self._listed.clear()
        self._listed = [*self._listed, segment][-WINDOW:]
        self._kept[segment.sequence] = segment
        while len(self._kept) > KEPT:
            self._gaps.pop(self._kept.popitem(last=False)[0], None)
        self._text = self._written().encode()
        return True

    @property
    def newest(self) -> int | None:
        return self._listed[-1].sequence if self._listed else None

    def text(self) -> bytes:
        """The playlist; empty before the first segment."""
        return self._text

    def segment(self, sequence: int) -> bytes | None:
        stored = self._kept.get(sequence)
        return None if stored is None else stored.data

    def _written(self) -> str:
        first = self._listed[0]
        longest_s = math.ceil(max(each.duration_ms for each in self._listed) / 1000)
        # How many discontinuities have left the list at its top.
        passed = self._gap_count - sum(each.sequence in self._gaps for each in self._listed)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:6",
            f"#EXT-X-TARGETDURATION:{longest_s}",
            f"#EXT-X-MEDIA-SEQUENCE:{first.sequence}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{passed}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        for each in self._listed:
            if each.sequence in self._gaps:
                lines.append("#EXT-X-DISCONTINUITY")
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{each.date}")
            lines.append(f"#EXTINF:{each.duration_ms / 1000:.3f},")
            lines.append(f"{each.sequence}.ts")
        return "\n".join(lines) + "\n"
