"""The mark in the picture: room, site, frame number and the encoder's clock, drawn as a block code.

A publisher draws it into the luma plane, a probe reads it from decoded frames: so freshness and the right room are seen
in the picture itself, not believed from a header. 200 cells of 8 x 8 pixels, five rows of 40, from the top left corner;
white (235) is 1, black (16) is 0, most significant bit first. The 25 bytes are, big-endian: CRC-32 of the room's name
(4), site (1), frame number (4), CLOCK_MONOTONIC in ns (8), CRC-32 of the boot id (4), CRC-32 of all that (4).
"""

import struct
import zlib
from dataclasses import dataclass

CELL = 8
COLUMNS = 40
ROWS = 5
MIN_WIDTH = CELL * COLUMNS
MIN_HEIGHT = CELL * ROWS
WHITE = 235
BLACK = 16
EVERY_SITE = 255
"""The site byte of a picture that is pushed to all sites alike."""

_BODY = struct.Struct(">IBIQI")
_THRESHOLD = (WHITE + BLACK) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one picture says of itself."""

    room_crc: int
    site: int
    frame: int
    captured_ns: int
    boot_crc: int


def crc(text: str) -> int:
    """How a room's name or a boot id stands in the mark."""
    return zlib.crc32(text.encode())


def draw(mark: Mark, luma: bytearray, stride: int) -> None:
    """Draw `mark` into a luma plane of at least 320 x 40 pixels, `stride` bytes a line, in place."""
    body = _BODY.pack(mark.room_crc, mark.site, mark.frame & 0xFFFFFFFF, mark.captured_ns, mark.boot_crc)
    bits = int.from_bytes(body + zlib.crc32(body).to_bytes(4, "big"), "big")
    total = COLUMNS * ROWS
    for row in range(ROWS):
        line = bytearray()
        for column in range(COLUMNS):
            bit = bits >> (total - 1 - row * COLUMNS - column) & 1
            line += bytes([WHITE if bit else BLACK]) * CELL
        for y in range(row * CELL, (row + 1) * CELL):
            luma[y * stride : y * stride + len(line)] = line


def read(luma: bytes, stride: int, *, width: int, height: int) -> Mark | None:
    """The mark of a decoded picture; None when there is none, or its checksum does not fit."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return None
    bits = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            bits = bits << 1 | (_brightness(luma, stride, row, column) > _THRESHOLD)
    raw = bits.to_bytes(COLUMNS * ROWS // 8, "big")
    body, checksum = raw[: _BODY.size], raw[_BODY.size :]
    if zlib.crc32(body).to_bytes(4, "big") != checksum:
        return None
    room_crc, site, frame, captured_ns, boot_crc = _BODY.unpack(body)
    return Mark(room_crc=room_crc, site=site, frame=frame, captured_ns=captured_ns, boot_crc=boot_crc)


def _brightness(luma: bytes, stride: int, row: int, column: int) -> int:
    """Mean of the four pixels in the middle of a cell, where compression smears least."""
    x = column * CELL + CELL // 2
    y = row * CELL + CELL // 2
    above, below = (y - 1) * stride + x, y * stride + x
    return (luma[above - 1] + luma[above] + luma[below - 1] + luma[below]) // 4
