"""Whom the tests' clients believe: nobody but whom a test names, for all that they speak to is on loopback.

Left to itself each client of Prefect's and each post reads every root certificate of the machine, which takes more
computing than the rest of what it does. The one that is read instead is nobody's: its key was thrown away.
"""

import os
from pathlib import Path

NOBODYS_CA = Path(__file__).with_name("nobodys_ca.pem")
OF_PREFECT = "PREFECT_API_SSL_CERT_FILE"  #: what Prefect's clients read; it has its own


def trust_nobody() -> None:
    """Let this process, and what it starts, read one certificate where they would read the machine's."""
    os.environ |= {"SSL_CERT_FILE": str(NOBODYS_CA), OF_PREFECT: str(NOBODYS_CA)}
