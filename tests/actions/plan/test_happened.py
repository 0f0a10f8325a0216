"""What is registered when it happens: quiet until then, due from it, and silent again when it is taken back."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from actions.plan.happened import record_happening, take_back_happening
from arshjul.errors import RefusedError
from arshjul.swedish import instant_text
from store.plan.in_step import Moved
from store.plan.planning import current_wheel
from store.tables import LogRow, ObligationRow
from tests.rig.acts import act
from tests.rig.handins import NOW, town
from tests.rig.load import made_up

pytestmark = pytest.mark.whole

WHO = "ekonomichef Exempel"
TODAY = NOW.date()
KEY = "granvik/skatteprognos/2027-08-30/skolnamnden/underlag"


class Desk:
    """Who registers, in one transaction."""

    def __init__(self, session) -> None:
        self.session = session

    def happens(self, day: date, happening: str = "skr-prognos") -> list[Moved]:
        return record_happening(act(self.session, NOW, WHO, sourced=made_up("granvik")), happening, day)

    def take_back(self, day: date, why: str = "Det var fel dag.") -> list[Moved]:
        scene = act(self.session, NOW, WHO, why=why, sourced=made_up("granvik"))
        return take_back_happening(scene, "SKR:s skatteunderlagsprognos", day)

    def owed(self) -> list[str]:
        wheel = current_wheel(self.session, made_up("granvik").definition, NOW)
        return sorted(key for key in wheel.obligations if "/skatteprognos/" in key)

    def row(self) -> ObligationRow | None:
        return self.session.scalar(select(ObligationRow).where(ObligationRow.key == KEY))

    def logged(self) -> list[tuple[str, str]]:
        rows = self.session.scalars(select(LogRow).where(LogRow.who == WHO).order_by(LogRow.id))
        return [(row.what, row.key) for row in rows if row.what.startswith("happening")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with town(name="granvik").store.begin() as session:
        yield Desk(session)


def test_nothing_is_owed_until_it_has_happened_and_then_it_is_with_its_frist_and_its_letters_hour(desk: Desk) -> None:
    assert desk.owed() == []
    assert desk.row() is None
    (moved,) = desk.happens(date(2027, 8, 30))
    assert (moved.key, moved.before, instant_text(moved.after)) == (KEY, None, "måndag 13 september 2027 kl. 16.00")
    assert desk.owed() == [KEY]
    row = desk.row()
    assert row is not None and row.wake_at is not None, "the ladder looks at it"
    assert desk.logged() == [("happening.recorded", "skr-prognos")]


def test_one_that_was_registered_for_the_wrong_day_is_taken_back_and_falls_silent(desk: Desk) -> None:
    desk.happens(date(2027, 8, 30))
    (gone,) = desk.take_back(date(2027, 8, 30))
    assert (gone.key, gone.after) == (KEY, None)
    assert desk.owed() == []
    desk.happens(date(2027, 8, 30))
    assert desk.owed() == [KEY], "and may be registered again"
    assert [what for what, _ in desk.logged()] == ["happening.recorded", "happening.taken_back", "happening.recorded"]


@pytest.mark.parametrize(
    ("happening", "day", "words"),
    [
        (
            "skr-prognos",
            "2027-12-01",
            "onsdag 1 december 2027 har inte varit än. Registrera händelsen när den har hänt.",
        ),
        ("skr-prognos", "2019-08-30", "2019 ligger inte bland de år som är öppna nu (2025–2029)."),
        ("skr-prognosen", "2027-08-30", "okänd händelse 'skr-prognosen', menade du 'skr-prognos'?"),
    ],
)
def test_what_cannot_have_happened_is_refused_with_the_remedy(desk: Desk, happening: str, day: str, words: str) -> None:
    with pytest.raises(RefusedError) as refused:
        desk.happens(date.fromisoformat(day), happening)
    assert str(refused.value) == words
    assert desk.logged() == []


def test_what_is_registered_already_or_was_not_is_refused(desk: Desk) -> None:
    desk.happens(date(2027, 8, 30))
    with pytest.raises(RefusedError, match="är redan registrerad måndag 30 augusti 2027"):
        desk.happens(date(2027, 8, 30))
    with pytest.raises(RefusedError, match=r"är inte registrerad söndag 29 augusti 2027, menade du '2027-08-30'\?"):
        desk.take_back(date(2027, 8, 29))
    with pytest.raises(RefusedError, match="Skriv varför"):
        desk.take_back(date(2027, 8, 30), why="fel")
    assert desk.owed() == [KEY]
