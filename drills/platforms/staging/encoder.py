"""Picture and tone, encoded once and without end, as FLV tags that every site gets alike."""

from dataclasses import replace

import av
from coding import AS_PROMISED, Coding, Tone, add_picture, add_sound, frame_of, strides
from flv import Tag, TagCutter
from picture import FRAMES_PER_SECOND

MS_PER_S = 1000
SAMPLES_PER_S = 24_000


class Encoder:
    """H.264 and AAC, into FLV."""

    def __init__(self, coding: Coding = AS_PROMISED, *, tone: Tone | None = None) -> None:
        """`tone`: of the encoder whose place this one takes; it goes on."""
        self.coding = coding
        self._cutter = TagCutter()
        options = {"flvflags": "no_duration_filesize", "flush_packets": "1"}
        self._container = av.open(self._cutter, "w", format="flv", options=options)
        self._video = add_picture(self._container, ticks_per_s=MS_PER_S, coding=coding)
        self._audio = add_sound(self._container, samples_per_s=SAMPLES_PER_S, options={"aac_coder": "fast"})
        self._container.start_encoding()
        self.tone = tone or Tone(SAMPLES_PER_S)
        self.strides = strides()

    def picture(self, at_ms: int, planes: tuple[bytes, bytes, bytes]) -> list[Tag]:
        """Encode the picture due at `at_ms` since the start, and the tone up to the next one; the tags that came."""
        frame = frame_of(planes, at=at_ms, ticks_per_s=MS_PER_S, coding=self.coding)
        for packet in self._video.encode(frame):
            self._container.mux(packet)
        until = at_ms * SAMPLES_PER_S // MS_PER_S + SAMPLES_PER_S // FRAMES_PER_SECOND
        if until - self.tone.next_sample > SAMPLES_PER_S:  # the program was stopped
            self.tone.skip_to(until)
        for sound in self.tone.frames(until=until):
            for packet in self._audio.encode(sound):
                self._container.mux(packet)
        return [replace(tag, at_ms=at_ms) if tag.is_setup else tag for tag in self._cutter.tags()]

    def finish(self) -> list[Tag]:
        """What the muxer still had: another encoder takes the place of this one. A frame of sound, 43 ms, is lost."""
        self._container.close()
        return [tag for tag in self._cutter.tags() if not tag.is_end]
