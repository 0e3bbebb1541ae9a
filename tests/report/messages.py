"""What the reports say to people, held against the Chinese catalogue; as a program it brings that up to date."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

PACKAGE = Path(str(files("switchdrill_reports")))
CATALOGUE = PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "messages.po"
_JINJA_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def said_in_sources() -> Catalog:
    """Every message of the package, with the place where it stands."""
    found = Catalog(locale="zh", project="switchdrill_reports")
    for place, message in sorted(_messages()):
        found.add(message, locations=[(place, 0)])
    return found


def read_catalogue() -> Catalog:
    return read_po(CATALOGUE.open("rb"), locale="zh")


def _messages() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.glob("*.py")):
        with path.open("rb") as source:
            for _line, message, _comments, _context in extract(
                "python", source, keywords={"say": None, "marked": None}
            ):
                yield path.name, message if isinstance(message, str) else message[0]
    for path in sorted((PACKAGE / "templates").rglob("*.jinja")):
        with path.open("rb") as source:
            for _line, _function, message, _comments in babel_extract(source, ["_", "gettext"], [], _JINJA_OPTIONS):
                yield str(path.relative_to(PACKAGE)), message if isinstance(message, str) else message[0]


def bring_up_to_date() -> tuple[list[str], list[str]]:
    """Add what is missing, drop what nothing says any more; translations that fit stay. Returns both lists."""
    wanted, present = said_in_sources(), read_catalogue() if CATALOGUE.is_file() else Catalog(locale="zh")
    missing = [str(each.id) for each in wanted if each.id and each.id not in present]
    unused = [str(each.id) for each in present if each.id and each.id not in wanted]
    updated = Catalog(locale="zh", header_comment="# 简体中文 of the reports.", fuzzy=False)
    for each in wanted:
        if each.id:
            known = present.get(each.id)
            updated.add(each.id, known.string if known else "", locations=each.locations)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as target:
        write_po(target, updated, width=0, include_lineno=False, omit_header=True)
    return missing, unused


if __name__ == "__main__":
    added, dropped = bring_up_to_date()
    print(f"to translate: {len(added)}, dropped: {len(dropped)}")
