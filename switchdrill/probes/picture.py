"""A media segment, looked at as a player would: container and codec parse, pictures come out, the mark is read."""

import io
from dataclasses import dataclass

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

from switchdrill import mark
from switchdrill.mark import Mark

LEAST_SHARE = 0.9
"""Of the pictures that a segment's duration and frame rate promise; fewer is a broken segment."""
MOST_PICTURES = 20_000

_TS_SYNC = 0x47
_EIGHT_BIT_LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12")
_MP4_BOXES = {b"ftyp", b"styp", b"moof", b"sidx", b"moov", b"emsg", b"prft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is in a segment."""

    pictures: int
    expected: float
    """Listed duration times frame rate."""
    mark: Mark | None
    """Of the last picture; None when it has none that can be read."""
    digest: bytes = b""
    """Of the bytes: the same ones again are no new picture, whatever the playlist calls them."""

    @property
    def is_whole(self) -> bool:
        return self.pictures >= LEAST_SHARE * self.expected and self.pictures > 0


NOTHING = Look(pictures=0, expected=0, mark=None)
"""Of bytes that are no MPEG-TS or MP4, hold no video, or break the decoder."""


def look(segment: bytes, duration_s: float) -> Look:
    """Decode every picture of `segment`. Runs in a worker thread; nothing but the bytes decides what it returns."""
    kind = _container(segment)
    if kind is None:
        return NOTHING
    try:
        # The format is named: guessing could take a hostile body for a playlist and open what it points to.
        with av.open(io.BytesIO(segment), mode="r", format=kind) as container:
            return _watch(container, duration_s)
    except (av.FFmpegError, ValueError, IndexError):
        return NOTHING


def _container(segment: bytes) -> str | None:
    if segment[:1] == bytes([_TS_SYNC]):
        return "mpegts"
    return "mp4" if segment[4:8] in _MP4_BOXES else None


def _watch(container: InputContainer, duration_s: float) -> Look:
    if not container.streams.video:
        return NOTHING
    stream = container.streams.video[0]
    stream.thread_type = "NONE"  # a prober is one of many processes on the machine
    pictures = 0
    last: VideoFrame | None = None
    for frame in container.decode(stream):
        if isinstance(frame, VideoFrame) and not frame.is_corrupt:
            pictures += 1
            last = frame
        if pictures > MOST_PICTURES:
            return NOTHING
    rate = stream.guessed_rate or stream.average_rate
    if not rate or last is None:
        return NOTHING
    return Look(pictures=pictures, expected=duration_s * float(rate), mark=_mark_of(last))


def _mark_of(frame: VideoFrame) -> Mark | None:
    if not frame.format.name.startswith(_EIGHT_BIT_LUMA):
        frame = frame.reformat(format="yuv420p")
    luma = frame.planes[0]
    rows = bytes(memoryview(luma)[: luma.line_size * mark.MIN_HEIGHT])
    return mark.read(rows, luma.line_size, width=frame.width, height=frame.height)
