"""A media playlist as a viewer reads it."""

from dataclasses import dataclass
from functools import lru_cache

import m3u8

LONGEST_SEGMENT_S = 60.0
"""For as long as two and a half of them a viewer counts as good: no playlist may make him so for ever."""


class NoReel(Exception):
    """The answer is no playlist with segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """The listed segments; `sequence` is the first one's."""

    sequence: int
    uris: tuple[str, ...]
    durations_s: tuple[float, ...]
    is_sealed: bool = False
    """Encrypted: what the bytes are can't be told."""
    variant: str | None = None
    """Of a master playlist, which lists no segments: the media playlist to go on with, the first one listed."""

    @property
    def newest(self) -> int:
        return self.sequence + len(self.uris) - 1

    def after(self, sequence: int | None, most: int) -> list[tuple[int, str, float]]:
        """The segments after `sequence`, oldest first, at most the newest `most`: (sequence, URI, duration)."""
        listed = list(zip(range(self.sequence, self.newest + 1), self.uris, self.durations_s, strict=True))
        return [each for each in listed if sequence is None or each[0] > sequence][-most:]


@lru_cache(maxsize=64)
def read_reel(text: bytes) -> Reel:
    """Raises NoReel. Cached: hundreds of viewers get the same text within the same second."""
    try:
        parsed = m3u8.loads(text.decode("utf-8"))
        segments = list(parsed.segments)
        reel = Reel(
            sequence=int(parsed.media_sequence or 0),
            uris=tuple(str(segment.uri) for segment in segments),
            durations_s=tuple(float(segment.duration) for segment in segments),
            is_sealed=any(segment.key is not None and segment.key.method != "NONE" for segment in segments),
            variant=str(parsed.playlists[0].uri) if parsed.is_variant else None,
        )
    except Exception as problem:  # whatever a parser of hostile text falls over
        raise NoReel(f"{type(problem).__name__}: {problem}") from problem
    if not all(0 < duration_s <= LONGEST_SEGMENT_S for duration_s in reel.durations_s):
        raise NoReel("a segment of impossible length")
    if not reel.uris and reel.variant is None:
        raise NoReel("no segment is listed")
    return reel
