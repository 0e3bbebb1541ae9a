"""What a chart is made of: a few kinds of marks, placed by Python, drawn by `templates/drawing.svg.jinja`.

Charts carry presentation attributes only (no CSS, no script), so they read the same under any content security policy.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Literal

INK = "#1c1f24"
QUIET = "#565c66"
FAINT = "#c9cdd3"
PAPER = "#ffffff"
GOOD = "#9cc3b0"
GOOD_EDGE = "#1f6b4a"
BAD = "#a3201d"
BAD_MAYBE = "#e2a9a3"
PLANNED = "#2f4b6e"
SITES = ("#2f4b6e", "#b9d3e8", "#6d5a86", "#dccdb0")
"""By order of first appearance: dark, light, dark, light, so that neighbours differ in grey too."""
PHASES = ("#2f4b6e", "#7da0c4", "#c6d7e8", "#e5e0d3")
BUDGET = "#eceef1"
FAULT = "#8a2b26"

TEXT_SIZE = 12.0
ASIDE_GAP = 10.0
_BOLDER = 1.08

Pattern = Literal["dots", "stripes", "solid"]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of words; `x` is its start, middle or end, `y` its base line."""

    x: float
    y: float
    text: str
    aside: str = ""
    """More words on the same line, in plain and quiet letters."""
    size: float = TEXT_SIZE
    anchor: Anchor = "start"
    fill: str = INK
    bold: bool = False
    halo: bool = False
    """A paper-coloured rim, for words that stand on a pattern."""
    kind: str = field(default="text", init=False)

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the room it may take, in any usual font."""
        width = text_width(self.text, self.size) * (_BOLDER if self.bold else 1)
        if self.aside:
            width += ASIDE_GAP + text_width(self.aside, self.size)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - 0.95 * self.size, left + width, self.y + 0.25 * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    fill: str = "none"
    pattern: Pattern | None = None
    """Drawn in `fill` over nothing."""
    opacity: float = 1.0
    stroke: str | None = None
    dash: str | None = None
    kind: str = field(default="rect", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str = INK
    width: float = 1.0
    dash: str | None = None
    kind: str = field(default="line", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    d: str
    fill: str = "none"
    stroke: str | None = None
    width: float = 1.0
    dash: str | None = None
    kind: str = field(default="path", init=False)


Mark = Text | Rect | Line | Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A finished chart."""

    id: str
    """Unique on the page; patterns and labels are named after it."""
    width: float
    height: float
    title: str
    desc: str
    """What it shows, in a sentence made of the same numbers."""
    marks: list[Mark]

    def texts(self) -> list[Text]:
        return [mark for mark in self.marks if isinstance(mark, Text)]


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Room that a line of text may need, in the widest of the usual fonts."""
    return sum(_advance(letter) for letter in text) * size


def heading_width(text: str) -> float:
    """Room of a bold line."""
    return text_width(text) * _BOLDER


def fitted(text: str, room: float, size: float = TEXT_SIZE) -> str:
    """`text`, cut with an ellipsis when it needs more than `room`."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _advance(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in " .,:;|!'ijlI()[]-·":
        return 0.4
    if letter in "mwMW@%…—":
        return 1.0
    return 0.72 if letter.isupper() else 0.64
