"""What the agent may never forget: the newest epoch and whom it names; on a volume, synced before anybody is told."""

import json
import os
from pathlib import Path

from decree import Decree, Unreadable, read_decree, read_object, text_in


class Memory:
    """One small file, replaced as a whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def recall(self) -> tuple[Decree, str] | None:
        """The newest decree, and who was active before a switch that was under way; None at the very first start."""
        try:
            body = self._file.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return read_decree(body), text_in(read_object(body), "before")
        except Unreadable as problem:
            raise RuntimeError(f"{self._file} can't be read, and nobody else knows the epoch: {problem}") from problem

    def keep(self, decree: Decree, *, before: str = "") -> None:
        """`before`: who was active until this decree, while nobody is."""
        whole = {**decree.as_dict(), "before": before}
        fresh = self._file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as out:
            out.write(json.dumps(whole))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._file)
