"""Words for people, in English and 简体中文.

Sources carry English; `locale/zh/LC_MESSAGES/messages.po` carries Chinese, compiled in memory at first use.
Identifiers, event names and recorded data are never translated.
"""

import io
import os
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
    return str(catalogue("switchdrill", spoken_language()).gettext(message))
