"""An HTML page as a reader without a browser sees it: its elements, attributes and words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "br"}
_UNSEEN = {"style", "title", "desc"}


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str | None]


@dataclass(slots=True)
class Page:
    elements: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Every piece of visible text, in order."""
    unseen: list[str] = field(default_factory=list)
    """Titles and descriptions of charts."""
    styles: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]


def read(html: str) -> Page:
    """Parse a page; AssertionError when an element is not closed where it should be."""
    reader = _Reader()
    reader.feed(html)
    reader.close()

    assert [] == reader.open
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, dict(attrs)))
        assert len(attrs) == len(dict(attrs)), f"an attribute stands twice in <{tag}>"
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        if not data.strip():
            return
        inside = next((tag for tag in reversed(self.open) if tag in _UNSEEN), None)
        if inside == "style":
            self.page.styles.append(data)
        else:
            (self.page.unseen if inside else self.page.words).append(data.strip())
