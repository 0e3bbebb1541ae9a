"""What is in disorder on purpose: one small file each in the platform's folder, which its programs look at.

Files, so that it can be made and taken back while a program hangs, and lasts when one is started again.
"""

from pathlib import Path

from switchdrill.platform.disorder import Known


class Disarray:
    """Every disorder of one platform."""

    def __init__(self, folder: Path) -> None:
        """`folder`: where the resolved platform file is."""
        self._folder = folder / "disorders"

    def what(self, name: Known, site: str = "") -> str:
        """What was asked for; empty when nothing is in disorder there."""
        try:
            return self.file(name, site).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def make(self, name: Known, site: str, what: str) -> None:
        """In one step: a reader sees all of it or nothing."""
        self._folder.mkdir(exist_ok=True)
        fresh = self.file(name, site).with_suffix(".new")
        fresh.write_text(what, encoding="utf-8")
        fresh.replace(self.file(name, site))

    def take_back(self, name: Known, site: str) -> bool:
        """Whether there was something."""
        was = bool(self.what(name, site))
        self.file(name, site).unlink(missing_ok=True)
        return was

    def file(self, name: Known, site: str) -> Path:
        return self._folder / f"{name}.{site or 'all'}.txt"
