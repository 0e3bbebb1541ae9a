"""libfaketime: a library that is loaded before all others, and tells a process another time of day.

It is loaded when a process starts, so a service gets it, and loses it, by being started anew. Its monotonic clock must
stay as it is, or every wait of the service would be wrong as well.
"""

from pathlib import Path

LIBRARY = "libfaketimeMT.so.1"
"""For programs with threads."""
FOLDERS = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/lib64/faketime", "/usr/local/lib/faketime")
ONLY_TIME_OF_DAY = "FAKETIME_DONT_FAKE_MONOTONIC"
"""=1 in the environment."""
OFFSET = "FAKETIME"


def library_here() -> str:
    """Its path on this machine; empty: none."""
    found = [path for folder in FOLDERS for path in Path("/").glob(f"{folder.lstrip('/')}/{LIBRARY}")]
    return str(found[0]) if found else ""


def is_loaded(maps: str) -> bool:
    """Whether a process has it, by its /proc/PID/maps."""
    return LIBRARY in maps


def maps_of(pid: int) -> str:
    """Empty when it is gone, or another user's."""
    try:
        return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
