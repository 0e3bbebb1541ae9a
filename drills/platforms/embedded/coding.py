"""How picture and sound are coded, whatever they are packed into: x264, AAC, and a tone that goes with the clock.

The staging platform's publisher uses it, too, mounted into its container: of the framework, nothing is imported here.
"""

import array
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av
from picture import FRAMES_PER_SECOND, HEIGHT, WIDTH

_AUDIO_FRAME = 1024
"""Samples that AAC codes at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What of the picture's coding a room's metadata promises."""

    codec: Literal["libx264", "mpeg2video"] = "libx264"
    width: int = WIDTH
    height: int = HEIGHT
    key_every_s: int = 1


AS_PROMISED = Coding()
WRONG = {
    "resolution": Coding(width=WIDTH // 2, height=HEIGHT // 2),
    "codec": Coding(codec="mpeg2video"),
    "gop": Coding(key_every_s=10),
}
"""One parameter each that is not as promised, for drills."""


def add_picture(
    container: av.container.OutputContainer, *, ticks_per_s: int, coding: Coding = AS_PROMISED
) -> av.VideoStream:
    """H.264 in `container`: x264, ultrafast, zero latency, a key picture each second, or as `coding` says."""
    keys = FRAMES_PER_SECOND * coding.key_every_s
    options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "forced-idr": "1",
        "threads": "1",
        "x264-params": f"keyint={keys}:min-keyint={keys}:scenecut=0",
    }
    stream = container.add_stream(
        coding.codec, rate=FRAMES_PER_SECOND, options=options if coding.codec == "libx264" else None
    )
    stream.width, stream.height, stream.pix_fmt = coding.width, coding.height, "yuv420p"
    stream.bit_rate = 200_000
    is_right = coding.codec == AS_PROMISED.codec
    stream.codec_context.time_base = Fraction(1, ticks_per_s if is_right else FRAMES_PER_SECOND)
    stream.codec_context.gop_size = keys
    return stream


def add_sound(
    container: av.container.OutputContainer, *, samples_per_s: int, options: dict[str, str] | None = None
) -> av.AudioStream:
    """AAC in `container`."""
    stream = container.add_stream("aac", rate=samples_per_s, layout="mono", options=options)
    stream.bit_rate = 48_000
    return stream


def strides() -> tuple[int, ...]:
    """Bytes of a line of each plane, as `frame_of` wants them."""
    return tuple(plane.line_size for plane in av.VideoFrame(WIDTH, HEIGHT, "yuv420p").planes)


def frame_of(
    planes: tuple[bytes, bytes, bytes], *, at: int, ticks_per_s: int, coding: Coding = AS_PROMISED
) -> av.VideoFrame:
    """The picture of tick `at`; at a full second it is a key picture, or as often as `coding` says."""
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, content in zip(frame.planes, planes, strict=True):
        plane.update(content)
    if (coding.width, coding.height) != (WIDTH, HEIGHT):
        frame = frame.reformat(width=coding.width, height=coding.height)
    frame.pts, frame.time_base = at, Fraction(1, ticks_per_s)
    if at % (ticks_per_s * coding.key_every_s) == 0:
        frame.pict_type = av.video.frame.PictureType.I
    return frame


class Tone:
    """A quiet 440 Hz, with a short 880 Hz at the full second to set a watch by, in frames that follow one another."""

    def __init__(self, samples_per_s: int) -> None:
        self._samples_per_s = samples_per_s
        self._second = _second_of_tone(samples_per_s)
        self.next_sample = 0

    def skip_to(self, sample: int) -> None:
        """After a gap: go on with the frame that ends at `sample` or soon after it, on the encoder's grid."""
        self.next_sample = max(self.next_sample, -(-(sample - _AUDIO_FRAME) // _AUDIO_FRAME) * _AUDIO_FRAME)

    def frames(self, *, until: int) -> Iterator[av.AudioFrame]:
        """Those that end at sample `until`, or before."""
        while self.next_sample + _AUDIO_FRAME <= until:
            frame = av.AudioFrame(format="fltp", layout="mono", samples=_AUDIO_FRAME)
            frame.sample_rate = self._samples_per_s
            at = self.next_sample % self._samples_per_s * 4
            frame.planes[0].update(self._second[at : at + _AUDIO_FRAME * 4])
            frame.pts = self.next_sample
            frame.time_base = Fraction(1, self._samples_per_s)
            self.next_sample += _AUDIO_FRAME
            yield frame


def _second_of_tone(samples_per_s: int) -> bytes:
    """And a frame more: it wraps around."""
    samples = array.array("f")
    for number in range(samples_per_s + _AUDIO_FRAME):
        position = number % samples_per_s
        hertz, loudness = (880, 0.2) if position < samples_per_s // 10 else (440, 0.05)
        samples.append(loudness * math.sin(2 * math.pi * hertz * position / samples_per_s))
    return samples.tobytes()
