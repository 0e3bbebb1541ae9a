"""The resolved platform file, as a platform's own programs read it to learn where everybody is.

`switchdrill up`, or a drill, writes it into the platform's state folder; a program is told its path by `{platform}` in
its argv. The key `settings` is the programs' own: what may stand there says a model of theirs.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from switchdrill import yamlfile
from switchdrill.errors import BadInput
from switchdrill.platform.address import NET_MARK
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.yamlfile import Strict

Settings = TypeVar("Settings", bound=Strict)


def read_resolved(file: Path) -> Platform:
    """BadInput, with line and path, when it can't be right, or is the template that still wants its addresses."""
    text = yamlfile.read_text(file)
    if NET_MARK in text:
        raise BadInput(
            _("this is the template of a platform file: {mark} is not filled in").format(mark=NET_MARK),
            where=str(file),
            now=_("give --platform the resolved file: the path that `switchdrill up` printed"),
        )
    return yamlfile.parse(text, Platform, where=str(file))


def settings_of(platform: Platform, model: type[Settings]) -> Settings:
    """What stands under `settings`, as `model`; BadInput names each one that is wrong."""
    try:
        return model.model_validate(platform.settings)
    except ValidationError as problem:
        wrong = [
            f"settings.{'.'.join(str(part) for part in error['loc'])}: {yamlfile.expected(error)}"
            for error in problem.errors()
        ]
        raise BadInput(
            _("the settings of platform {platform} can't be right").format(platform=platform.id),
            because="\n".join(wrong),
            now=_("mend `settings` in its file, and start it anew"),
        ) from problem
