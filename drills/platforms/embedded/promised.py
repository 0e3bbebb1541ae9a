"""A segment, held against what the room's metadata promises of it.

The staging platform's commands use it, too: of this platform nothing is imported here.
"""

import io
from itertools import pairwise

import av
from pydantic import BaseModel

from switchdrill.platform.asking import CommandFailed, Reply

LONGER = 1.5
"""So many segments without a key picture are no chance: a picture that was left out, a clock that is rounded."""


class _Encoder(BaseModel):
    video: str
    width: int
    height: int
    segment_ms: int


class _Room(BaseModel):
    encoder: _Encoder | None = None


def held_against(room: Reply, segment: bytes) -> dict[str, str]:
    """What of the segment is not as the metadata says, which an API answered, and what it is instead.

    A size that no key picture tells is not wrong; of another codec, only that is told.
    """
    promised = room.read(_Room).encoder
    if promised is None:
        raise CommandFailed("the room's metadata has no encoder parameters to hold a segment against")
    with av.open(io.BytesIO(segment), "r") as container:
        stream = container.streams.video[0]
        found = {
            "resolution": (f"{stream.width}x{stream.height}", f"{promised.width}x{promised.height}"),
            "codec": (stream.codec_context.name, promised.video),
            "gop": (_keys(container, stream, most_s=LONGER * promised.segment_ms / 1000), ""),
        }
    wrong = {name: is_ for name, (is_, should_be) in found.items() if is_ != should_be and is_ != "0x0"}
    return {name: is_ for name, is_ in wrong.items() if name != "gop" or "codec" not in wrong}


def _keys(container: av.container.InputContainer, stream: av.VideoStream, *, most_s: float) -> str:
    """What is wrong with its key pictures; empty: nothing."""
    pictures = [
        (float(packet.dts * packet.time_base), packet.is_keyframe)
        for packet in container.demux(stream)
        if packet.dts is not None
    ]
    if not pictures or not pictures[0][1]:
        return "no key picture at its start"
    keys_s = [at_s for at_s, is_key in pictures if is_key]
    longest_s = max(after - before for before, after in pairwise([*keys_s, pictures[-1][0]]))
    return f"no key picture for {longest_s:.1f} s" if longest_s > most_s else ""
