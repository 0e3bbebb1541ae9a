"""Small files that are there as a whole or not at all, also after a power cut."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` by `content`: written beside it, fsynced, renamed, the folder fsynced."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:  # whatever ends it, Ctrl-C too: no half-written file is left beside
        Path(beside).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def may_be_there(path: Path) -> bool:
    """Whether it exists, as far as this user can see: what lies in a folder that we may not enter may be there."""
    try:
        return path.exists()
    except PermissionError:
        return True
