"""What is in disorder on purpose: one small file each in a container's own file system, which its program looks at.

Docker puts them there (inner.py), while the program hangs or has ended, too; they last when it is started again.
"""

from pathlib import Path

FOLDER = Path("/srv")
"""Debian has it in every root, and keeps nothing there."""


def what(name: str) -> str:
    """What was asked for; empty when nothing is in disorder."""
    try:
        return (FOLDER / name).read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def note(name: str, told: str) -> None:
    """In one step: killed half-way, nothing is written."""
    fresh = FOLDER / f"{name}.new"
    fresh.write_text(told, encoding="ascii")
    fresh.replace(FOLDER / name)
