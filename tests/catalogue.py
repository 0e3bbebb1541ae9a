"""A Chinese catalogue held against the sources that it is for: what is missing, what is unused, what can't be right."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

Found = tuple[str, str]
"""Where a message stands, and the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One catalogue, and every message that its sources say."""

    file: Path
    title: str
    found: tuple[Found, ...]
    too_early: tuple[str, ...] = ()
    """Where a message is filled in before it is looked up."""

    def said(self) -> Catalog:
        """What the catalogue should hold, with the places where each message stands."""
        wanted = Catalog(locale="zh")
        for place, message in sorted(self.found):
            wanted.add(message, locations=[(place, 0)])
        return wanted

    def read(self) -> Catalog:
        if not self.file.is_file():
            return Catalog(locale="zh")
        with self.file.open("rb") as source:
            return read_po(source, locale="zh")

    def messages(self) -> list[Message]:
        return [message for message in self.read() if message.id]

    def untranslated(self) -> list[str]:
        return sorted(_ids(self.said()) - {str(message.id) for message in self.messages() if message.string})

    def unused(self) -> list[str]:
        return sorted(_ids(self.read()) - _ids(self.said()))

    def doubtful(self) -> list[str]:
        """Fuzzy, or left in English."""
        return [str(message.id) for message in self.messages() if message.fuzzy or message.string == message.id]

    def with_other_holes(self) -> list[str]:
        translated = [each for each in self.messages() if each.string]
        return [str(each.id) for each in translated if holes(str(each.id)) != holes(str(each.string))]

    def mistakes(self) -> dict[str, list[str]]:
        """All that keeps it from being whole, by what is wrong; empty when a person can read everything."""
        found = {
            "untranslated": self.untranslated(),
            "unused": self.unused(),
            "doubtful": self.doubtful(),
            "placeholders differ": self.with_other_holes(),
            "filled in before it is looked up": list(self.too_early),
        }
        return {wrong: where for wrong, where in found.items() if where}

    def bring_up_to_date(self) -> tuple[list[str], list[str]]:
        """Add what is missing, drop what nothing says any more; translations that fit stay. Returns both lists."""
        wanted, present, dropped = self.said(), self.read(), self.unused()
        updated = Catalog(locale="zh", header_comment=self.title, fuzzy=False)
        for each in wanted:
            if each.id:
                known = present.get(each.id)
                updated.add(each.id, known.string if known else "", locations=each.locations)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("wb") as target:
            write_po(target, updated, width=0, include_lineno=False, omit_header=True)
        return self.untranslated(), dropped


def in_python(root: Path, verbs: frozenset[str]) -> Iterator[Found]:
    """Every message that a package's modules mark; inside f-strings, too, where Babel looks only on newer Pythons."""
    for place, _line, said in _marked_in(root, verbs):
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            yield place, said.value


def unreadable_in(root: Path, verbs: frozenset[str]) -> list[str]:
    """Where a message is filled in before it is looked up (f-string, `.format`, `+`, `%`): no catalogue can hold it."""
    return [
        f"{place}:{line}"
        for place, line, said in _marked_in(root, verbs)
        if isinstance(said, ast.JoinedStr | ast.BinOp)
        or (isinstance(said, ast.Call) and isinstance(said.func, ast.Attribute) and said.func.attr == "format")
    ]


def holes(text: str) -> list[tuple[str, str, str]]:
    """What is filled in, and how: name, conversion, format. Order differs between languages."""
    braces = [(name, how or "", form or "") for _text, name, form, how in Formatter().parse(text) if name is not None]
    return sorted([*braces, *((name, "", form) for name, form in re.findall(r"%\((\w+)\)(\w)", text))])


def tell(held: Held) -> None:
    """Bring it up to date, and say what is left to do."""
    missing, dropped = held.bring_up_to_date()
    print("\n".join(["to translate: " + str(len(missing)), *missing, "dropped: " + str(len(dropped)), *dropped]))


def _marked_in(root: Path, verbs: frozenset[str]) -> Iterator[tuple[str, int, ast.expr]]:
    for path in sorted(root.rglob("*.py")):
        place = str(path.relative_to(root))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in verbs and node.args:
                yield place, node.lineno, node.args[0]


def _ids(catalogue: Iterable[Message]) -> set[str]:
    return {str(message.id) for message in catalogue if message.id}
