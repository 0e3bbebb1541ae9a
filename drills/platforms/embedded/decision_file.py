"""The GSLB's memory: which epoch it is and what it says, on disk before anybody is told."""

import os
from pathlib import Path

from pydantic import ValidationError
from role import Role

from switchdrill import yamlfile
from switchdrill.errors import BadInput
from switchdrill.yamlfile import Strict


class Decision(Strict):
    """Everything that must survive a restart of the GSLB."""

    role: Role
    answering: str
    """The site whose address is given to viewers."""
    declared_down: list[str] = []


def remembered(file: Path) -> Decision | None:
    """The last decision; None when there was none. BadInput when the file can't be read: then nothing is safe."""
    if not file.exists():
        return None
    try:
        return Decision.model_validate_json(yamlfile.read_text(file))
    except ValidationError as problem:
        raise BadInput(
            "the GSLB's memory can't be read",
            where=str(file),
            because=str(problem),
            now="stop the whole platform, then remove its state folder",
        ) from problem


def remember(file: Path, decision: Decision) -> None:
    """Write it, synced, in one step: a reader sees the old one or the new one."""
    fresh = file.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(decision.model_dump_json())
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
