"""Where everything of a run is, and nothing else."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunFolder:
    """`runs/<id>/`. Each file has one writer: the runner, the prober (`samples/`), Locust (`load/`), the judge."""

    path: Path

    @property
    def run_id(self) -> str:
        return self.path.name

    @property
    def plan(self) -> Path:
        """What was promised and meant, as it was before anything was touched."""
        return self.path / "plan.json"

    @property
    def journal(self) -> Path:
        """Every record, hash-chained, written as it happens."""
        return self.path / "run.jsonl"

    @property
    def samples(self) -> Path:
        return self.path / "samples"

    @property
    def load(self) -> Path:
        return self.path / "load"

    @property
    def viewers(self) -> Path:
        """What the load saw: one line a second, one per outage."""
        return self.load / "viewers.jsonl"

    @property
    def events(self) -> Path:
        """Copies of the platform's own logs, `<name>.jsonl`."""
        return self.path / "events"

    @property
    def ledgers(self) -> Path:
        """What was read back from the platform's ledgers, `<ledger>.<site>.<when>.json`."""
        return self.path / "ledgers"

    @property
    def undo(self) -> Path:
        return self.path / "undo"

    @property
    def inputs(self) -> Path:
        """Runbook, platform file, drill source as they were; versions."""
        return self.path / "inputs"

    @property
    def digests(self) -> Path:
        """SHA-256 of each file in `inputs/`; its own stands in the first record."""
        return self.inputs / "SHA256SUMS"

    @property
    def platform(self) -> Path:
        """State and logs of the platform's processes, when the run owns them."""
        return self.path / "platform"

    @property
    def result(self) -> Path:
        return self.path / "run.json"

    @property
    def junit(self) -> Path:
        return self.path / "junit.xml"

    def report(self, language: str) -> Path:
        return self.path / f"report.{language}.html"

    def make(self) -> None:
        """Create the folders of every writer in it. FileExistsError when the run exists already."""
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in (self.samples, self.load, self.events, self.ledgers, self.undo, self.inputs):
            folder.mkdir()
        for lock in (".lock", ".recovering"):
            (self.undo / lock).touch()  # now, while there is room for it
