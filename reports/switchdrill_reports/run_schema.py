"""The JSON Schema of run.json, which is shipped with it.

`python -m switchdrill_reports.run_schema` writes it again after the model was changed.
"""

import json
from pathlib import Path

from switchdrill_reports.result import Result

FILE = Path(__file__).with_name("schema") / "run-1.json"


def schema() -> bytes:
    """What `FILE` must hold."""
    body = Result.model_json_schema(by_alias=True, mode="serialization")
    body = {"$schema": "https://json-schema.org/draft/2020-12/schema", **body, "title": "switchdrill.run/v1"}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(schema())
