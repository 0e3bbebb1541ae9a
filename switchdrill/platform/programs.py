"""The programs that a platform's file names: whether they are on this machine."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.platform.service import MARKS
from switchdrill.text import _

At = tuple[str | int, ...]


def missing_programs(platform: Platform, file: Path) -> Iterator[tuple[At, str]]:
    """Each that is not there, with its place in `file`, whose argv are filled in: of that file's folder every file that
    is named, of others' programs the first word. What the run itself will make is none of them.
    """
    disorders = platform.disorders.items()
    named: list[tuple[At, Sequence[str]]] = [
        *((("commands", name), argv) for name, argv in platform.commands.items()),
        *((("disorders", name, key), argv) for name, each in disorders for key, argv in each.argvs().items()),
        *((("stop_conditions", number, "look"), each.look) for number, each in enumerate(platform.stop_conditions)),
        *((("services", number), each.run or []) for number, each in enumerate(platform.services)),
        (("docker", "image"), (platform.docker and platform.docker.image) or []),
    ]
    here = str(file.resolve().parent)
    for at, argv in named:
        files = [word for word in argv[1:] if word.startswith(f"{here}/") and Path(word).suffix]
        files = [word for word in files if platform.state is None or not word.startswith(f"{platform.state}/")]
        for word in files:
            if not Path(word).exists():
                yield at, word
        for word in argv[:1]:
            if shutil.which(word) is None and not _has_marks(word):
                yield at, word


def refuse_missing_programs(platform: Platform, file: Path) -> None:
    """BadInput, before anything starts: a drill would find out when it wants to fence, or to send viewers back."""
    missing = list(missing_programs(platform, file))
    if missing:
        raise BadInput(
            _("a program that the platform names is not there"),
            where=str(file),
            because="\n".join(f"{'.'.join(map(str, at))}: {word}" for at, word in missing),
            now=_("install it, or correct the platform's file; `switchdrill lint` shows the lines"),
        )


def _has_marks(word: str) -> bool:
    return any("{" + mark + "}" in word for mark in (*MARKS, "site", "what"))
