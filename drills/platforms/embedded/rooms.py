"""What a site must know of a room before it can serve it, and the danmaku that goes round in it."""

from typing import Literal

from pydantic import Field

from switchdrill.platform.model import Name
from switchdrill.yamlfile import Strict


class EncoderParameters(Strict):
    """What the publisher sends; without them an origin can't accept a push."""

    video: str
    audio: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    frames_per_second: int = Field(gt=0)
    segment_ms: int = Field(gt=0)


class Room(Strict):
    """Room metadata."""

    room: Name
    state: Literal["live", "ended"] = "live"
    push: dict[str, str] = {}
    """Push address per site."""
    encoder: EncoderParameters | None = None
    cdn: list[str] = []
    """CDN nodes that serve it."""


class NewestSegment(Strict):
    """An origin tells its API: this is what arrived last."""

    sequence: int
    started_ns: int
    """CLOCK_MONOTONIC of the segment's first picture."""
