"""Columns read past the ORM: the same answer as through it, and also of what was not written yet."""

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import bindparam, select

from arshjul.keys import ObligationKey
from store.columns import columns
from store.database import memory_store
from store.tables import Anstand

KEY = ObligationKey("hedemora/delarsrapport/2027-08/socialnamnden/underlag")
UNTIL = datetime(2027, 9, 20, 16, tzinfo=timezone(timedelta(hours=2)))
ASKED = select(Anstand.obligation_key, Anstand.until).where(
    Anstand.obligation_key.in_(bindparam("keys", expanding=True))
)


def test_columns_are_as_the_orm_gives_them_also_before_they_are_written() -> None:
    with memory_store().begin() as session:
        session.add(Anstand(obligation_key=KEY, until=UNTIL, why="x", by="ekonom", recorded_at=UNTIL))
        found = columns(session, ASKED, {"keys": [KEY]}).all()
        assert [type(found[0].obligation_key), found[0].until.tzinfo] == [ObligationKey, UTC]
        assert found == session.execute(ASKED, {"keys": [KEY]}).all() == [(KEY, UNTIL)]
        assert columns(session, ASKED, {"keys": []}).first() is None
