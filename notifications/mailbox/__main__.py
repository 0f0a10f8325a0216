"""The process that reads one mail: its bytes in on stdin, what it says out on stdout.

Stdin: a line of JSON (``limits``), then the mail. Stdout: as :func:`notifications.mailbox.read_apart.told` writes it.
The limits are taken on before a byte of the mail is read.
"""

import json
import os
import sys

from submissions.readers.process.confined import confine
from submissions.readers.process.process_limits import Limits


def main() -> None:
    """Read one mail, and tell."""
    Limits.from_json(json.loads(sys.stdin.buffer.readline())["limits"]).hold()
    confine()
    from notifications.mailbox.mail_reading import read_mail
    from notifications.mailbox.mail_wire import told

    sys.stdout.buffer.write(told(read_mail(sys.stdin.buffer.read())))
    sys.stdout.flush()
    os._exit(0)  # the answer is out; taking a large mail's remains apart would only take time


if __name__ == "__main__":
    main()
