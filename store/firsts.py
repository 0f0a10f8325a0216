"""Databases that an earlier form of the first step made: what they lack is made, before the later steps are taken.

The first step had sixteen forms before it was landed for good, and each left databases that say "0001". What the step
makes today they get here: tables, columns, indexes and constraints, with what stands in them kept. A small database of
each is kept in ``tests/databases``.
"""

import json
from collections.abc import Iterable
from types import FunctionType
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FIRST = "0001"
NEW = {"nullable": True}  #: what stands for a column that is not there yet
HOLLOW = frozenset(
    {FIRST, "0002", "0003", "0004", "0005", "0006"}
)  #: the steps that could be taken with something lacking


def mend(connection: Connection, scripts: ScriptDirectory) -> None:
    """Make what the first step makes today and a database of an earlier form lacks; one that is whole stays as it is.

    On SQLite foreign keys must be off (a table that is made over is dropped), and the caller looks them through.
    """
    context = MigrationContext.configure(connection)
    if not set(context.get_current_heads()) & HOLLOW:
        return
    first = next(each for each in scripts.walk_revisions() if each.revision == FIRST)
    upgrade = first.module.upgrade
    # the first step's own words, read by one that only makes what is lacking
    FunctionType(upgrade.__code__, vars(first.module) | {"op": _Lacking(Operations(context), connection)})()


class _Lacking:
    """Stands for Alembic's ``op``: makes what is not there, and leaves the rest."""

    def __init__(self, op: Operations, connection: Connection) -> None:
        self.op, self.connection = op, connection
        self.f = op.f

    @property
    def held(self) -> sa.Inspector:
        return sa.inspect(self.connection)

    def create_table(self, name: str, *parts: Any) -> None:
        if self.held.has_table(name):
            self._make_whole(sa.Table(name, sa.MetaData(), *parts))
        else:
            self.op.create_table(name, *parts)

    def create_index(self, name: str, table: str, columns: list[str], *, unique: bool) -> None:
        if name not in _names(self.held.get_indexes(table)):
            self.op.create_index(name, table, columns, unique=unique)

    def _make_whole(self, wanted: sa.Table) -> None:
        """Give a table that is there its columns, and the constraints that it shall have and no other."""
        held, name = self.held, wanted.name
        columns = {each["name"]: each for each in held.get_columns(name)}
        new = [each for each in wanted.columns if each.name not in columns]
        loosened = [each for each in wanted.columns if each.nullable and not columns.get(each.name, NEW)["nullable"]]
        unique = [each for each in wanted.constraints if isinstance(each, sa.UniqueConstraint)]
        unique = [each for each in unique if each.name not in _names(held.get_unique_constraints(name))]
        dropped = _names(held.get_foreign_keys(name)) - {each.name for each in wanted.foreign_key_constraints}
        with self.op.batch_alter_table(name) as batch:
            for each in new:
                # those that must have a value are yes or no, and were no
                filled = None if each.nullable else sa.false()
                batch.add_column(sa.Column(each.name, each.type, nullable=each.nullable, server_default=filled))
            for each in loosened:
                batch.alter_column(each.name, nullable=True)
            for key in dropped:
                batch.drop_constraint(key, type_="foreignkey")
            for constraint in unique:
                batch.create_unique_constraint(str(constraint.name), [each.name for each in constraint.columns])
        with self.op.batch_alter_table(name) as batch:
            for each in new:
                if not each.nullable:
                    batch.alter_column(each.name, server_default=None)
        if any((name, each.name) == ("letter", "shadow") for each in new):
            _tell_shadow_letters(self.connection)


def _names(found: Iterable[Any]) -> set[Any]:
    return {each["name"] for each in found}


def _tell_shadow_letters(connection: Connection) -> None:
    """Mark what went to the ekonomikontor (the sender) instead of its reader: nothing else told it then."""
    letters = connection.execute(
        sa.text(
            'SELECT letter.id, letter.sender, letter."to", person.address '
            "FROM letter JOIN person ON person.id = letter.person_id"
        )
    ).all()
    for number, sender, to, address in letters:
        went_to = json.loads(to) if isinstance(to, str) else to
        if address not in went_to and all(each in sender for each in went_to):
            connection.execute(sa.text("UPDATE letter SET shadow = :yes WHERE id = :id"), {"yes": True, "id": number})
