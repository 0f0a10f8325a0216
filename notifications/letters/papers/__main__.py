"""The process that fills one Word template in: the template on stdin, the paper on stdout.

Stdin: a line of JSON (``limits``, ``every``, ``tried``), then the template. Stdout: as
:func:`notifications.letters.papers.word_template.told` writes it. The limits are taken on before a byte of the template is read.
"""

import json
import os
import sys

from submissions.readers.process.confined import confine
from submissions.readers.process.process_limits import Limits


def main() -> None:
    """Fill it in, and tell."""
    asked = json.loads(sys.stdin.buffer.readline())
    Limits.from_json(asked["limits"]).hold()
    confine()
    from notifications.letters.papers.word_template import told

    sys.stdout.buffer.write(told(sys.stdin.buffer.read(), asked["every"], tried=asked["tried"]))
    sys.stdout.flush()
    os._exit(0)  # the answer is out; taking the rest apart would only take time


if __name__ == "__main__":
    main()
