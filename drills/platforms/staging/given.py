"""What compose.yaml gives a program in a container."""

import os
import sys


def setting(name: str) -> str:
    """A variable that compose.yaml gives; the program ends when it does not."""
    value = os.environ.get(name, "")
    if not value:
        sys.stderr.write(f"{sys.argv[0]}: compose.yaml gives this container no {name}\n")
        raise SystemExit(1)
    return value
