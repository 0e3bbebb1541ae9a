"""Words for people, in English and 简体中文.

Sources carry English; `locale/zh/LC_MESSAGES/messages.po` carries Chinese, compiled in memory at first use.
Identifiers, event names and whatever is recorded (undos, what healing did, which server) stay English, whoever ran
the drill.
"""

import io
import os
import unicodedata
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("en", "zh")


@cache
def catalogue(package: str, language: str) -> NullTranslations:
    """The translations that `package` ships for `language`; English, or a language it lacks, translates to itself."""
    source = files(package) / "locale" / language / "LC_MESSAGES" / "messages.po"
    if language == "en" or not source.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return Translations(compiled)


def spoken_language() -> str:
    """SWITCHDRILL_LANG, else what the terminal's locale says, else English."""
    for name in ("SWITCHDRILL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _(message: str) -> str:
    """`message` in the language of the person at the terminal."""
    # Gettext keeps the catalogue's own header under the empty message.
    return str(catalogue("switchdrill", spoken_language()).gettext(message)) if message else ""


def marked(message: str) -> str:
    """Marks a message that is only stored here, in English as records want it; `_` translates it where it is shown."""
    return message


def visible(text: str) -> str:
    """`text` as a terminal may have it: what would move, colour or reorder it stands as an escape such as `\\x1b`.

    New lines and tabs stay; a carriage return before a new line goes.
    """
    return "".join(
        each if each in "\n\t" or not _is_command(each) else each.encode("unicode_escape").decode()
        for each in text.replace("\r\n", "\n")
    )


def _is_command(character: str) -> bool:
    """Control characters (C0, DEL, C1), lone surrogates, separators of lines, and those that turn the direction."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in (
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    )  # fmt: skip


def cells_of(text: str) -> int:
    """How many cells of a terminal `text` takes: a Chinese character two, a combining mark none."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def padded(text: str, cells: int) -> str:
    """`text`, with spaces up to `cells` cells of a terminal; longer text is left as it is."""
    return text + " " * (cells - cells_of(text))
