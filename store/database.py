"""The database: one URL, SQLite or PostgreSQL, the same code."""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar
from weakref import finalize

from sqlalchemy import Connection, Engine, create_engine, create_mock_engine, event, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import StaticPool

from arshjul.errors import RefusedError
from store.acting import KEY, Acting
from store.tables import Table
from store.tokens import SHORTEST, without_tokens

logger = logging.getLogger(__name__)
_T = TypeVar("_T")
GAVE_WAY = frozenset({"40001", "40P01"})  #: SQLSTATE of a serialization fault and of a deadlock: nothing was done
SAME_KEY = "23505"  #: and of a row whose key is there already
SAME_KEY_TRIES = (
    2  #: how often that is tried again: whoever does not see the other's row by then has a fault of its own
)
MEETS = "arshjul_meets"  #: marks a session whose work is done again where another wrote the same key first
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  #: seconds at most between the tries of what had to give way

OVERWRITTEN = "arshjul_overwritten"  #: marks a session that let something be overwritten
IN_MEMORY = frozenset({None, "", ":memory:"})

ROUNDS_LOCK = 0x6172736A  #: any number of our own: the advisory lock's name on PostgreSQL
CHAIN_LOCK = ROUNDS_LOCK + 1  #: the one that chains the log
STATEMENTS = 1000  #: that SQLite keeps ready; a round asks some hundreds, and Python's own number is 128
_encode = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps makes a new one for each row
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"})


class Store:
    """Sessions on one database. Each ``begin()`` is one transaction: all of it happens, or nothing."""

    def __init__(self, engine: Engine, acting: Acting | None = None) -> None:
        self.engine = engine
        self._acting = acting
        self._of: Store | None = None  #: whose engine it is, when it was not made for this one
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        event.listen(self._sessions, "after_commit", partial(_committed, engine))

    def by(self, acting: Acting) -> "Store":
        """Return the same store as somebody uses it: what its transactions log is theirs, where no other is named.

        It is there as long as either is.
        """
        theirs = Store(self.engine, acting)
        theirs._of = self
        return theirs

    @contextmanager
    def begin(self, acting: Acting | None = None) -> Iterator[Session]:
        """Open a transaction that writes; on SQLite it takes the write lock at once, so it cannot deadlock.

        ``acting`` is who the log says did what is done in it.
        """
        with self._sessions(info={KEY: acting or self._acting}) as session, session.begin():
            yield session

    def carry_out(self, work: Callable[[Session], _T], acting: Acting | None = None) -> _T:
        """Do ``work`` in a transaction that writes; from its beginning again when it had to give way to another.

        PostgreSQL lets one of two that wait for each other (a deadlock), or whose order it cannot tell (a
        serialization fault), give way: nothing of it was done, and nobody shall be told. So does the later of two that
        write the same key for the first time: done again, it reads what the other wrote. A key that is there still
        after ``SAME_KEY_TRIES`` is a fault of the work's own. So ``work`` keeps nothing outside its session, and
        whoever writes obligations writes through here. What it does in a savepoint asks :func:`is_to_be_done_again`.
        """
        met = 0
        for pause in PAUSES:
            meets = met < SAME_KEY_TRIES
            try:
                with self.begin(acting) as session:
                    session.info[MEETS] = meets
                    return work(session)
            except DBAPIError as error:
                if not _again(error, meets=meets):
                    raise
                met += sqlstate(error) == SAME_KEY
                logger.info("transaction.again sqlstate=%s", sqlstate(error))
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - so that the two do not meet again
        with self.begin(acting) as session:
            return work(session)

    @contextmanager
    def read(self, *, still: bool = False) -> Iterator[Session]:
        """Open a session that only reads; nothing in it is kept.

        ``still`` shows the store as it stands at the first question, however long the reading takes. SQLite
        always does.
        """
        options: dict[str, Any] = {"arshjul_reads": True}
        if still and self.engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"
        with self._sessions() as session:
            session.connection(execution_options=options)
            yield session

    def empty_wal(self) -> None:
        """Let nothing that was overwritten stay in SQLite's ``-wal``; what others still read waits for the next time.

        After a transaction, not within one. PostgreSQL writes its own log over by itself.
        """
        _empty_wal(self.engine)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _committed(engine: Engine, session: Session) -> None:
    if session.info.get(OVERWRITTEN) and not session.in_nested_transaction():
        del session.info[OVERWRITTEN]
        _empty_wal(engine)


def _empty_wal(engine: Engine) -> None:
    if engine.dialect.name == "sqlite" and engine.url.database not in IN_MEMORY:
        with closing(engine.raw_connection()) as connection:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            logger.warning("wal.not_emptied: somebody reads; tried again after the next removal and at the next start")


def is_to_be_done_again(session: Session, error: BaseException) -> bool:
    """Tell whether work failed only because another was let by, so that :meth:`Store.carry_out` does all of it again.

    Whoever catches a fault in a savepoint lets such a one go on. A key that is there already is one only while
    ``session`` is to be tried again for it: after that, and outside ``carry_out``, it is a fault like any other.
    """
    return _again(error, meets=session.info.get(MEETS, False))


def _again(error: BaseException, *, meets: bool) -> bool:
    state = sqlstate(error)
    return state in GAVE_WAY or (meets and state == SAME_KEY)


def sqlstate(error: BaseException) -> str | None:
    """Return what PostgreSQL calls a fault; None for others' faults, and for SQLite's, which has one writer."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def open_store(url: str) -> Store:
    """Open the database at ``url``; its tables must be there (see :func:`migrate`).

    Raises RefusedError when an SQLite file would lie on a network share, where its locks do not hold.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        server = create_engine(parsed, pool_pre_ping=True, json_serializer=_json, hide_parameters=True)
        event.listen(server, "before_cursor_execute", _hide_tokens, retval=True)
        return Store(server)
    in_memory = parsed.database in IN_MEMORY
    if not in_memory:
        refuse_network_share(Path(str(parsed.database)))
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {}
    arguments = {"check_same_thread": False, "timeout": 30, "cached_statements": STATEMENTS}
    engine = create_engine(parsed, connect_args=arguments, json_serializer=_json, hide_parameters=True, **options)
    event.listen(engine, "before_cursor_execute", _hide_tokens, retval=True)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return Store(engine)


def memory_store() -> Store:
    """Return an empty store in memory, with all tables, for rehearsals and pure tests; its memory goes with it."""
    store = make_tables(open_store("sqlite://"))
    finalize(store, store.engine.dispose)
    return store


def make_tables(store: Store) -> Store:
    """Make all tables in a store in memory that is new, or was closed since, which emptied it; return it."""
    with closing(store.engine.raw_connection()) as connection:
        connection.cursor().executescript(_all_tables())
    return store


@cache
def _all_tables() -> str:
    """Return the SQL that makes all tables in SQLite."""
    made: list[str] = []
    dialect = sqlite.dialect()
    writer = create_mock_engine("sqlite://", lambda sql, *_, **__: made.append(str(sql.compile(dialect=dialect))))
    Table.metadata.create_all(writer, checkfirst=False)
    return ";\n".join(made)


def refuse_network_share(file: Path) -> None:
    """Raise RefusedError when ``file`` would lie on a network file system."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    rows = [line.split()[1:3] for line in mounts.read_text().splitlines()]
    folder = file.absolute()
    best = max((row for row in rows if folder.is_relative_to(row[0])), key=lambda row: len(row[0]), default=None)
    if best and best[1] in NETWORK_FILE_SYSTEMS:
        raise RefusedError(
            f"Databasfilen {file} ligger på en nätverksdisk ({best[1]}), där SQLite inte kan låsa. "
            "Lägg den på en lokal disk, eller använd PostgreSQL (ARSHJUL_DATABASE_URL)."
        )


def _json(value: Any) -> str:
    """Write å, ä and ö as they are, so that the log can be searched; half a character as its number."""
    text = _encode(value)
    return text if is_whole(text) else json.dumps(value)


def is_whole(text: str) -> bool:
    """Tell whether text can be written as UTF-8; half a surrogate pair, out of a broken file, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _hide_tokens(
    _connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    """Let no text that is kept or logged hold what opens something, whoever wrote or quoted it."""
    return statement, _without_tokens(parameters)


def _without_tokens(value: Any) -> Any:
    if isinstance(value, str):
        return without_tokens(value) if len(value) >= SHORTEST else value
    match value:
        case list() | tuple():
            return type(value)(map(_without_tokens, value))
        case dict():
            return {name: _without_tokens(each) for name, each in value.items()}
        case _:
            return value


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("arshjul_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def alone(session: Session, lock: int = ROUNDS_LOCK) -> None:
    """Let one transaction at a time decide what is owed. SQLite has one writer anyway; PostgreSQL gets a lock."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def overwrite_deleted(session: Session) -> None:
    """Let what this connection deletes from here on be overwritten, not only forgotten, so that no file search finds it.

    SQLite else leaves the bytes in the file until something else takes their place. On PostgreSQL its own vacuum does.
    ``-wal``, where they stand too, is emptied when the transaction is over.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.info[OVERWRITTEN] = True
        session.execute(text("PRAGMA secure_delete = ON"))
