"""One second of picture and tone, encoded into one MPEG-TS segment that can be played by itself.

Numbers and time stamps come from CLOCK_MONOTONIC: second k is segment k and carries the time stamps k s to k + 1 s. So
a publisher that was started again goes on where the clock is, and never counts backwards.
"""

import io
from dataclasses import dataclass

import av
from coding import AS_PROMISED, Coding, Tone, add_picture, add_sound, frame_of, strides
from picture import FRAMES_PER_SECOND

TICKS_PER_S = 90_000
SAMPLES_PER_S = 48_000
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
    """H.264 and AAC; encodes without end, cuts into segments."""

    def __init__(self, coding: Coding = AS_PROMISED) -> None:
        self.coding = coding
        # Owns the two encoders; its own output is never used.
        self._owner = av.open(io.BytesIO(), "w", format="mpegts")
        self._video = add_picture(self._owner, ticks_per_s=TICKS_PER_S, coding=coding)
        self._audio = add_sound(self._owner, samples_per_s=SAMPLES_PER_S)
        self._owner.start_encoding()
        self._tone = Tone(SAMPLES_PER_S)
        self._continuity: dict[int, int] = {}
        self.strides = strides()

    def begin(self, sequence: int) -> None:
        """Start the segment of second `sequence`."""
        self._sequence = sequence
        self._output = io.BytesIO()
        self._container = av.open(self._output, "w", format="mpegts", options={"mpegts_copyts": "1"})
        self._video_out = self._container.add_stream_from_template(self._video)
        self._audio_out = self._container.add_stream_from_template(self._audio)
        self._tone.skip_to(sequence * SAMPLES_PER_S)

    def picture(self, number: int, planes: tuple[bytes, bytes, bytes]) -> None:
        """Encode picture `number` (0 to 24) of this second, and the tone up to its end."""
        at = self._sequence * TICKS_PER_S + number * TICKS_PER_S // FRAMES_PER_SECOND
        frame = frame_of(planes, at=at, ticks_per_s=TICKS_PER_S, coding=self.coding)
        for packet in self._video.encode(frame):
            packet.stream = self._video_out
            self._container.mux_one(packet)
        until = self._sequence * SAMPLES_PER_S + (number + 1) * SAMPLES_PER_S // FRAMES_PER_SECOND
        for sound in self._tone.frames(until=until):
            for packet in self._audio.encode(sound):
                packet.stream = self._audio_out
                self._container.mux_one(packet)

    def finish(self) -> bytes:
        """The segment's bytes."""
        self._container.close()
        data = bytearray(self._output.getvalue())
        self._count_on(data)
        return bytes(data)

    def _count_on(self, data: bytearray) -> None:
        """Each segment has a muxer of its own that counts packets from 0; players want the counters to go on."""
        for at in range(0, len(data), _TS_PACKET):
            if data[at + 3] & 0x10:
                pid = (data[at + 1] & 0x1F) << 8 | data[at + 2]
                counter = self._continuity.get(pid, 0)
                data[at + 3] = data[at + 3] & 0xF0 | counter
                self._continuity[pid] = (counter + 1) & 0x0F
