"""Fills a container's variables into its configuration files, then becomes the server: `TEMPLATE=TARGET ... -- ARGV`.

A template is a file of config/ with `${NAME}`; a name that the container lacks is an error, so that no server starts
with half a configuration. `$$` is one dollar sign.
"""

import os
import string
import sys
from pathlib import Path

CONFIG = Path(__file__).parent / "config"


def main(argv: list[str]) -> int:
    at = argv.index("--")
    for pair in argv[:at]:
        name, _equals, target = pair.partition("=")
        text = (CONFIG / name).read_text(encoding="utf-8")
        try:
            filled = string.Template(text).substitute(os.environ)
        except (KeyError, ValueError) as problem:
            sys.stderr.write(f"start.py: {name} can't be filled in: {problem!r}\n")
            return 1
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).write_text(filled, encoding="utf-8")
    return int(os.execvp(argv[at + 1], argv[at + 1 :]))  # noqa: S606  # the argv is compose.yaml's own


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
