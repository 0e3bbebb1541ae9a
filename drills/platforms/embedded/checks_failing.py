"""Health checks that fail because they were asked to: exactly so many, across restarts of whoever answers them."""

from pathlib import Path

from disarray import Disarray

from switchdrill.clock import now_ns


class ChecksFailing:
    """Of one site: `COUNT SINCE_NS` in the disorder's file, and how many have failed in one beside it."""

    def __init__(self, disarray: Disarray, site: str) -> None:
        self._disarray = disarray
        self._site = site

    def ask_for(self, count: int) -> None:
        """The next `count` fail."""
        self._given_file().unlink(missing_ok=True)
        self._disarray.make("failed-checks", self._site, f"{count} {now_ns()}")

    def take_back(self) -> bool:
        """Whether any were asked for."""
        was = self._disarray.take_back("failed-checks", self._site)
        self._given_file().unlink(missing_ok=True)
        return was

    def asked(self) -> tuple[int, int]:
        """How many, and since when; 0: none."""
        count, _space, since_ns = self._disarray.what("failed-checks", self._site).partition(" ")
        return int(count or 0), int(since_ns or 0)

    def given(self) -> int:
        """How many have failed so."""
        try:
            return int(self._given_file().read_text(encoding="ascii") or 0)
        except FileNotFoundError:
            return 0

    def fails_this_one(self) -> bool:
        """One more was asked; it fails if it is among those."""
        count, _since_ns = self.asked()
        given = self.given()
        if given >= count:
            return False
        self._given_file().write_text(str(given + 1), encoding="ascii")
        return True

    def _given_file(self) -> Path:
        return self._disarray.file("failed-checks", self._site).with_suffix(".given")
