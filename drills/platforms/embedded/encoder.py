"""One second of picture and tone, encoded into one MPEG-TS segment that can be played by itself.

Numbers and time stamps come from CLOCK_MONOTONIC: second k is segment k and carries the time stamps k s to k + 1 s. So
a publisher that was started again goes on where the clock is, and never counts backwards.
"""

import array
import io
import math
from dataclasses import dataclass
from fractions import Fraction

import av
from picture import FRAMES_PER_SECOND, HEIGHT, WIDTH

TICKS_PER_S = 90_000
SAMPLES_PER_S = 48_000
_AUDIO_FRAME = 1024
_TS_PACKET = 188


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A finished segment, as it is pushed."""

    sequence: int
    data: bytes
    started_ns: int
    """CLOCK_MONOTONIC of its first picture."""
    date: str
    """The wall-clock date of its first picture, ISO 8601."""


class Encoder:
    """H.264 (x264, ultrafast, zero latency) and AAC; encodes without end, cuts into segments."""

    def __init__(self) -> None:
        # Owns the two encoders; its own output is never used.
        self._owner = av.open(io.BytesIO(), "w", format="mpegts")
        self._video = self._owner.add_stream(
            "libx264",
            rate=FRAMES_PER_SECOND,
            options={
                "preset": "ultrafast",
                "tune": "zerolatency",
                "forced-idr": "1",
                "threads": "1",
                "x264-params": f"keyint={FRAMES_PER_SECOND}:min-keyint={FRAMES_PER_SECOND}:scenecut=0",
            },
        )
        self._video.width, self._video.height, self._video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._video.bit_rate = 200_000
        self._video.codec_context.time_base = Fraction(1, TICKS_PER_S)
        self._video.codec_context.gop_size = FRAMES_PER_SECOND
        self._audio = self._owner.add_stream("aac", rate=SAMPLES_PER_S, layout="mono")
        self._audio.bit_rate = 48_000
        self._owner.start_encoding()
        self._tone = _tone()
        self._next_sample = 0
        self._continuity: dict[int, int] = {}
        self.strides = tuple(plane.line_size for plane in av.VideoFrame(WIDTH, HEIGHT, "yuv420p").planes)

    def begin(self, sequence: int) -> None:
        """Start the segment of second `sequence`."""
        self._sequence = sequence
        self._output = io.BytesIO()
        self._container = av.open(self._output, "w", format="mpegts", options={"mpegts_copyts": "1"})
        self._video_out = self._container.add_stream_from_template(self._video)
        self._audio_out = self._container.add_stream_from_template(self._audio)
        # After a gap the tone goes on where the clock is, on the encoder's grid of 1024 samples.
        earliest = sequence * SAMPLES_PER_S - _AUDIO_FRAME
        if self._next_sample < earliest:
            self._next_sample = -(-earliest // _AUDIO_FRAME) * _AUDIO_FRAME

    def picture(self, number: int, planes: tuple[bytes, bytes, bytes]) -> None:
        """Encode picture `number` (0 to 24) of this second, and the tone up to its end."""
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, content in zip(frame.planes, planes, strict=True):
            plane.update(content)
        frame.pts = self._sequence * TICKS_PER_S + number * TICKS_PER_S // FRAMES_PER_SECOND
        frame.time_base = Fraction(1, TICKS_PER_S)
        if number == 0:
            frame.pict_type = av.video.frame.PictureType.I
        for packet in self._video.encode(frame):
            packet.stream = self._video_out
            self._container.mux_one(packet)
        self._sound(until=self._sequence * SAMPLES_PER_S + (number + 1) * SAMPLES_PER_S // FRAMES_PER_SECOND)

    def finish(self) -> bytes:
        """The segment's bytes."""
        self._container.close()
        data = bytearray(self._output.getvalue())
        self._count_on(data)
        return bytes(data)

    def _sound(self, *, until: int) -> None:
        while self._next_sample + _AUDIO_FRAME <= until:
            frame = av.AudioFrame(format="fltp", layout="mono", samples=_AUDIO_FRAME)
            frame.sample_rate = SAMPLES_PER_S
            at = self._next_sample % SAMPLES_PER_S * 4
            frame.planes[0].update(self._tone[at : at + _AUDIO_FRAME * 4])
            frame.pts = self._next_sample
            frame.time_base = Fraction(1, SAMPLES_PER_S)
            self._next_sample += _AUDIO_FRAME
            for packet in self._audio.encode(frame):
                packet.stream = self._audio_out
                self._container.mux_one(packet)

    def _count_on(self, data: bytearray) -> None:
        """Each segment has a muxer of its own that counts packets from 0; players want the counters to go on."""
        for at in range(0, len(data), _TS_PACKET):
            if data[at + 3] & 0x10:
                pid = (data[at + 1] & 0x1F) << 8 | data[at + 2]
                counter = self._continuity.get(pid, 0)
                data[at + 3] = data[at + 3] & 0xF0 | counter
                self._continuity[pid] = (counter + 1) & 0x0F


def _tone() -> bytes:
    """One second of a quiet 440 Hz, with a short 880 Hz at the full second to set a watch by; it wraps around."""
    samples = array.array("f")
    for number in range(SAMPLES_PER_S + _AUDIO_FRAME):
        position = number % SAMPLES_PER_S
        hertz, loudness = (880, 0.2) if position < SAMPLES_PER_S // 10 else (440, 0.05)
        samples.append(loudness * math.sin(2 * math.pi * hertz * position / SAMPLES_PER_S))
    return samples.tobytes()
