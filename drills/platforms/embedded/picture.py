"""What the camera sees: the mark on top, a clock to read, a bar that sweeps once a second, colours that turn.

Drawn by hand into yuv420p planes of 320 x 180: no image library is needed, and a frame costs a tenth of a millisecond.
"""

from datetime import datetime

from switchdrill.mark import Mark, draw

WIDTH = 320
HEIGHT = 180
FRAMES_PER_SECOND = 25
_GREY = 96
_INK = 235
_CLOCK_TOP, _CLOCK_SCALE = 56, 5
_LINE_TOP, _LINE_SCALE = 104, 2
_BAR_TOP, _BAR_HEIGHT, _BAR_WIDTH = 140, 24, 16

# Seven rows of five dots; only what the picture writes.
_FONT = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00010 00100 01000 11111",
    "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    ":": "00000 00100 00100 00000 00100 00100 00000",
    "-": "00000 00000 00000 11111 00000 00000 00000",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}
# A turn of the colour wheel in twelve steps, as (u, v) around grey.
_COLOURS = [
    (128 + round(u * 40), 128 + round(v * 40))
    for u, v in [
        (1.0, 0.0),
        (0.87, 0.5),
        (0.5, 0.87),
        (0.0, 1.0),
        (-0.5, 0.87),
        (-0.87, 0.5),
        (-1.0, 0.0),
        (-0.87, -0.5),
        (-0.5, -0.87),
        (0.0, -1.0),
        (0.5, -0.87),
        (0.87, -0.5),
    ]
]


def luma(mark: Mark, *, date: datetime, frame_in_second: int, stride: int) -> bytes:
    """The brightness plane of one picture."""
    plane = bytearray([_GREY]) * (stride * HEIGHT)
    draw(mark, plane, stride)
    _write(plane, stride, date.strftime("%H:%M:%S"), top=_CLOCK_TOP, scale=_CLOCK_SCALE)
    _write(plane, stride, f"{date:%Y-%m-%d}  {frame_in_second:02d}", top=_LINE_TOP, scale=_LINE_SCALE)
    left = (WIDTH - _BAR_WIDTH) * frame_in_second // (FRAMES_PER_SECOND - 1)
    bar = bytes([_INK]) * _BAR_WIDTH
    for y in range(_BAR_TOP, _BAR_TOP + _BAR_HEIGHT):
        plane[y * stride + left : y * stride + left + _BAR_WIDTH] = bar
    return bytes(plane)


def chroma(second: int, stride: int) -> tuple[bytes, bytes]:
    """The two colour planes: another colour every second, grey under the mark."""
    u, v = _COLOURS[second % len(_COLOURS)]
    grey_rows, rows = 20, HEIGHT // 2
    grey = bytes([128]) * (stride * grey_rows)
    rest = stride * (rows - grey_rows)
    return grey + bytes([u]) * rest, grey + bytes([v]) * rest


def _write(plane: bytearray, stride: int, text: str, *, top: int, scale: int) -> None:
    """Bright letters on the grey, centred."""
    width = len(text) * 6 * scale
    left = (WIDTH - width) // 2
    glyphs = [_FONT[letter].split() for letter in text]
    for row in range(7):
        dots = "".join(glyph[row] + "0" for glyph in glyphs)
        line = b"".join(bytes([_INK if dot == "1" else _GREY]) * scale for dot in dots)
        for y in range(top + row * scale, top + (row + 1) * scale):
            plane[y * stride + left : y * stride + left + width] = line
