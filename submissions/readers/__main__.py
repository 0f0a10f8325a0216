"""The reading process: one file in on stdin, one answer out as JSON on stdout.

Stdin: a line of JSON (``limits``, ``kind``, ``wanted``; without it a list's rows are read), then the file's bytes.
Stdout: ``{"filled": ...}``, ``{"rows": ...}`` or ``{"refusal": ...}``. The limits are taken on before a byte of the file is read.
"""

import json
import os
import sys
import traceback
from dataclasses import asdict
from typing import Any

from submissions.readers.process.confined import confine
from submissions.readers.process.process_limits import Limits


def main() -> None:
    """Read one file, and tell."""
    asked = json.loads(sys.stdin.buffer.readline())
    Limits.from_json(asked["limits"]).hold()
    confine()
    from submissions.readers.refusal import TOO_MUCH_MEMORY, UNREADABLE

    try:
        answer = _read(asked)
    except MemoryError:
        answer = {"refusal": asdict(TOO_MUCH_MEMORY)}
    except BaseException:  # whatever a library throws, panics too: it is told, and the reason goes to the log
        traceback.print_exc()
        answer = {"refusal": asdict(UNREADABLE)}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # the answer is out; taking a large file's remains apart would only take time


def _read(asked: dict[str, Any]) -> dict[str, Any]:
    from submissions.readers.here import read_here, read_list_here
    from submissions.readers.refusal import Refusal
    from submissions.readers.wanted import Wanted

    content, kind = sys.stdin.buffer.read(), asked["kind"]
    if "wanted" not in asked:
        rows = read_list_here(content, kind)
        return {"refusal": asdict(rows)} if isinstance(rows, Refusal) else {"rows": rows}
    found = read_here(content, kind, Wanted.from_json(asked["wanted"]))
    return {"refusal": asdict(found)} if isinstance(found, Refusal) else {"filled": found.to_json()}


if __name__ == "__main__":
    main()
