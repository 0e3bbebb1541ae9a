"""A media playlist as a viewer reads it."""

from dataclasses import dataclass
from functools import lru_cache

import m3u8


class NoReel(Exception):
    """The answer is no playlist with segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """The listed segments; `sequence` is the first one's."""

    sequence: int
    uris: tuple[str, ...]
    durations_s: tuple[float, ...]
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
            variant=str(parsed.playlists[0].uri) if parsed.is_variant else None,
        )
    except Exception as problem:  # whatever a parser of hostile text falls over
        raise NoReel(f"{type(problem).__name__}: {problem}") from problem
    if not reel.uris and reel.variant is None:
        raise NoReel("no segment is listed")
    return reel
