"""The database's tables brought up to this version: whole or not at all, and no other version's."""

from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.orm import Session as Session

from arshjul.errors import RefusedError
from store.database import Store, open_store
from store.private_files import FILE
from store.tables import Table

_SCRIPTS = Path(__file__).parent / "migrations"
_STEPS = "alembic_version"  #: where Alembic notes how far it has come


def refuse_other_version(store: Store) -> None:
    """Raise RefusedError, with what to do, when the tables are not those of this version of Årshjul."""
    with store.read() as session:
        held = _steps_taken(session.connection())
    if not held or held == {_newest_step()}:
        return
    from alembic.script import ScriptDirectory  # here and below: every process asks, and hardly one needs it

    scripts = ScriptDirectory(_SCRIPTS)
    if held == set(scripts.get_heads()):
        return
    if unknown := held - {each.revision for each in scripts.walk_revisions()}:
        raise RefusedError(
            f"Databasen är gjord av en senare version av Årshjul (steg {', '.join(sorted(unknown))}), och den här "
            f"versionen kan till och med steg {', '.join(scripts.get_heads())}. Installera den senare versionen igen, "
            "eller läs tillbaka säkerhetskopian från före uppgraderingen (docs/drift.md, Upgrade)."
        )
    raise RefusedError(
        f"Databasen är från en tidigare version av Årshjul (steg {', '.join(sorted(held))}) och är inte uppgraderad. "
        "Ta en säkerhetskopia och starta om tjänsten med 'arshjul up', så uppgraderas den."
    )


def _steps_taken(connection: Connection) -> set[str]:
    """Return the steps that a database says are its last; none when it has not been told of any."""
    if not inspect(connection).has_table(_STEPS):
        return set()
    return set(connection.execute(text(f"SELECT version_num FROM {_STEPS}")).scalars())  # noqa: S608 - our own name


def _newest_step() -> str:
    """Return the newest step that this version can take, by its file's number."""
    return max(step.name.partition("_")[0] for step in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def migrate(url: str) -> None:
    """Bring the database's tables up to this version, whole or not at all; safe to run again.

    Raises RefusedError for a database that a later version has made, that says of no step how far it has come, or
    that is not whole after its last step.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    from store import firsts

    store = open_store(url)
    _make_private(store.engine.url)
    try:
        with store.engine.connect() as connection:
            _let_tables_be_made_over(connection)
            config = Config()
            config.set_main_option("script_location", str(_SCRIPTS))
            config.attributes["connection"] = connection
            _refuse_without_step(connection)
            try:
                firsts.mend(connection, ScriptDirectory(_SCRIPTS))
                command.upgrade(config, "head")
            except CommandError:
                connection.rollback()
                refuse_other_version(store)  # it tells which, and what to do
                raise
            _refuse_unless_whole(connection)
            connection.commit()
    finally:
        store.close()


def _let_tables_be_made_over(connection: Connection) -> None:
    """Let a step drop a table that others point to and make it anew: SQLite's own way, before the transaction."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.close()


def _refuse_without_step(connection: Connection) -> None:
    """Raise RefusedError for a database with tables of ours, or by our names, that says of no step."""
    if _steps_taken(connection):
        return
    if found := sorted(set(inspect(connection).get_table_names()) & set(Table.metadata.tables)):
        raise RefusedError(
            f"Databasen har redan tabeller ({', '.join(found[:3])}) men säger inte vilket steg de kommer från, så den går "
            "inte att uppgradera. Peka ut en tom databas med ARSHJUL_DATABASE_URL, eller läs tillbaka en "
            "säkerhetskopia (docs/drift.md, Restore)."
        )


def _refuse_unless_whole(connection: Connection) -> None:
    """Raise RefusedError when a table or a column is lacking after the last step, or a row points to what is not there."""
    held = inspect(connection).get_multi_columns()
    columns = {name: {each["name"] for each in found} for (_, name), found in held.items()}
    lacking = [
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if column.name not in columns.get(table.name, set())
    ]
    if connection.dialect.name == "sqlite":
        lacking += [f"{row[0]} → {row[2]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]
    if lacking:
        raise RefusedError(
            f"Databasen gick inte att uppgradera: {', '.join(lacking[:5])} saknas, och inget har ändrats. Starta "
            "den version som den kommer från igen, eller läs tillbaka en säkerhetskopia (docs/drift.md, Restore)."
        )


def _make_private(url: URL) -> None:
    """Make an SQLite file its user's alone before SQLite makes it; ``-wal`` and ``-shm`` get the file's own rights."""
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        Path(url.database).touch(mode=FILE)
