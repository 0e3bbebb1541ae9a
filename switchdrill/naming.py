"""Words that files may hold: names that become file names, lines and prose that reach terminals and reports."""

import re
from typing import Annotated

from pydantic import AfterValidator

from switchdrill.text import _, visible

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text) or not text.strip("."):
        raise ValueError(
            _("a name of 1 to 100 letters, digits, '.', '_' and '-' is expected, not only dots, not {text!r}").format(
                text=text[:100]
            )
        )
    return text


def _line(text: str) -> str:
    if visible(text) != text or "\n" in text or "\t" in text:
        raise ValueError(_("one line of printable text is expected, not {text!r}").format(text=text[:100]))
    return text


def _prose(text: str) -> str:
    if visible(text) != text:
        raise ValueError(_("text without control characters is expected, not {text!r}").format(text=text[:100]))
    return text


Name = Annotated[str, AfterValidator(_name)]
"""A pydantic field: an id. It is safe as a file name, in a shell and as a key everywhere."""

Line = Annotated[str, AfterValidator(_line)]
"""A pydantic field: one line for people, in any script."""

Prose = Annotated[str, AfterValidator(_prose)]
"""A pydantic field: text for people, or for a program's argument; new lines and tabs may be in it."""
