"""An HLS playlist, as far as the prober needs it: the newest segment, or the variant to follow."""

from dataclasses import dataclass

import m3u8

from switchdrill.probes.answer import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest listed segment."""

    sequence: int
    uri: str
    duration_s: float
    opening: str | None
    """URI of the initialisation section (fMP4); None when the segment stands alone (MPEG-TS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A master playlist: go on with this media playlist, the first one listed, with which players begin."""

    uri: str


def read_listing(body: bytes) -> Newest | Variant:
    """Raises Unreadable for what is no playlist, is empty, or needs a key or byte ranges, which we do not have."""
    try:
        text = body.decode("utf-8")
        if not text.lstrip("\ufeff").startswith("#EXTM3U"):
            raise Unreadable("no #EXTM3U")
        return _newest(m3u8.loads(text))
    except Unreadable:
        raise
    except Exception as problem:  # whatever a parser of hostile text falls over, the text is unreadable
        raise Unreadable(f"{type(problem).__name__}: {problem}") from problem


def _newest(parsed: m3u8.M3U8) -> Newest | Variant:
    if parsed.is_variant:
        return Variant(uri=str(parsed.playlists[0].uri))
    if not parsed.segments:
        raise Unreadable("no segment is listed")
    last = parsed.segments[-1]
    if (last.key is not None and last.key.method not in (None, "NONE")) or last.byterange:
        raise Unreadable("encrypted, or a byte range")
    opening = last.init_section
    return Newest(
        sequence=int(parsed.media_sequence or 0) + len(parsed.segments) - 1,
        uri=str(last.uri),
        duration_s=float(last.duration),
        opening=None if opening is None else str(opening.uri),
    )
