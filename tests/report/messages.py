"""What the reports say to people, and its Chinese catalogue.

As a program, `python -m tests.report.messages`, it brings the catalogue up to date.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from jinja2.ext import babel_extract

from tests.catalogue import Found, Held, in_python, tell, unreadable_in

PACKAGE = Path(str(files("switchdrill_reports")))
VERBS = frozenset({"say", "marked"})
_JINJA_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def _in_templates() -> Iterator[Found]:
    for path in sorted((PACKAGE / "shown" / "templates").rglob("*.jinja")):
        with path.open("rb") as source:
            for _line, _function, message, _comments in babel_extract(source, ["_", "gettext"], [], _JINJA_OPTIONS):
                yield str(path.relative_to(PACKAGE)), message if isinstance(message, str) else message[0]


HELD = Held(
    file=PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "messages.po",
    title="# 简体中文 of the reports.",
    found=(*in_python(PACKAGE, VERBS), *_in_templates()),
    too_early=tuple(unreadable_in(PACKAGE, VERBS)),
)

if __name__ == "__main__":
    tell(HELD)
