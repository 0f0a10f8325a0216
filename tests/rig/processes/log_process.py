"""A process that logs and chains, a few rows a turn, until it is killed. Says each turn on a line."""

import sys
from datetime import UTC, datetime

from store.database import open_store
from store.log.log_chain import chain
from store.log.writing import log

if __name__ == "__main__":
    store = open_store(sys.argv[1])
    turn = 0
    while True:
        turn += 1
        with store.begin() as session:
            for number in range(20):
                log(session, datetime.now(UTC), "vem", "role.held", f"{turn}-{number}", {"turn": turn})
        print(turn, flush=True)
        with store.begin() as session:
            chain(session, limit=15)
