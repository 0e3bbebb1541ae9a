"""`switchdrill ...`: every command, its exit code, and nothing else; the work is done elsewhere. One file a noun."""

from switchdrill.cli import beginning, catalogue, drills, healing, machine, platforms, promises, records
from switchdrill.cli.commands import main

__all__ = ["beginning", "catalogue", "drills", "healing", "machine", "main", "platforms", "promises", "records"]
