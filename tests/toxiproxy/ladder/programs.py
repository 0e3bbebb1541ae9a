"""Programs that are only scripts, in the place of real ones."""

from pathlib import Path

from switchdrill_faults.toxiproxy import cache

SERVER = "#!/bin/sh\necho toxiproxy-server version {version}\n"


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def install(text: str) -> Path:
    """A script as the cached server."""
    cache.folder().mkdir(parents=True, exist_ok=True)
    made = script(cache.folder() / "made", text)
    return cache.install(made, source="a test")[0]


def say_nothing(line: str) -> None:
    pass
