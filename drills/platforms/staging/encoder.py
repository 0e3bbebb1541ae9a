"""Picture and tone, encoded once and without end, as FLV tags that every site gets alike."""

import array
import math
from fractions import Fraction

import av
from flv import Tag, TagCutter
from picture import FRAMES_PER_SECOND, HEIGHT, WIDTH  # type: ignore[import-not-found]  # the sibling's, mounted

MS_PER_S = 1000
SAMPLES_PER_S = 24_000
_AUDIO_FRAME = 1024


class Encoder:
    """H.264 (x264, ultrafast, zero latency, a key picture each second) and AAC, into FLV."""

    def __init__(self) -> None:
        self._cutter = TagCutter()
        options = {"flvflags": "no_duration_filesize", "flush_packets": "1"}
        self._container = av.open(self._cutter, "w", format="flv", options=options)
        self._video = self._container.add_stream(
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
        self._video.codec_context.time_base = Fraction(1, MS_PER_S)
        self._video.codec_context.gop_size = FRAMES_PER_SECOND
        self._audio = self._container.add_stream(
            "aac", rate=SAMPLES_PER_S, layout="mono", options={"aac_coder": "fast"}
        )
        self._audio.bit_rate = 48_000
        self._container.start_encoding()
        self._tone = _tone()
        self._next_sample = 0
        self.strides = tuple(plane.line_size for plane in av.VideoFrame(WIDTH, HEIGHT, "yuv420p").planes)

    def picture(self, at_ms: int, planes: tuple[bytes, bytes, bytes]) -> list[Tag]:
        """Encode the picture due at `at_ms` since the start, and the tone up to the next one; the tags that came."""
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, content in zip(frame.planes, planes, strict=True):
            plane.update(content)
        frame.pts, frame.time_base = at_ms, Fraction(1, MS_PER_S)
        if at_ms % MS_PER_S == 0:
            frame.pict_type = av.video.frame.PictureType.I
        for packet in self._video.encode(frame):
            self._container.mux(packet)
        self._sound(until=(at_ms * SAMPLES_PER_S) // MS_PER_S + SAMPLES_PER_S // FRAMES_PER_SECOND)
        return self._cutter.tags()

    def _sound(self, *, until: int) -> None:
        # After a gap (the program was stopped) the tone goes on where the clock is.
        if until - self._next_sample > SAMPLES_PER_S:
            self._next_sample = until // _AUDIO_FRAME * _AUDIO_FRAME
        while self._next_sample + _AUDIO_FRAME <= until:
            frame = av.AudioFrame(format="fltp", layout="mono", samples=_AUDIO_FRAME)
            frame.sample_rate = SAMPLES_PER_S
            at = self._next_sample % SAMPLES_PER_S * 4
            frame.planes[0].update(self._tone[at : at + _AUDIO_FRAME * 4])
            frame.pts = self._next_sample
            frame.time_base = Fraction(1, SAMPLES_PER_S)
            self._next_sample += _AUDIO_FRAME
            for packet in self._audio.encode(frame):
                self._container.mux(packet)


def _tone() -> bytes:
    """One second of a quiet 440 Hz, with a short 880 Hz at the full second to set a watch by; it wraps around."""
    samples = array.array("f")
    for number in range(SAMPLES_PER_S + _AUDIO_FRAME):
        position = number % SAMPLES_PER_S
        hertz, loudness = (880, 0.2) if position < SAMPLES_PER_S // 10 else (440, 0.05)
        samples.append(loudness * math.sin(2 * math.pi * hertz * position / SAMPLES_PER_S))
    return samples.tobytes()
