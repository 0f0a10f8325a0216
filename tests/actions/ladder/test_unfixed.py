"""A year without a fastställd tidplan is not silent: the ekonomikontor hears what is not said, and what to do."""

from dataclasses import replace
from datetime import date

import pytest

from actions.ladder.unfixed import Unfixed, unfixed
from actions.plan.tidplan import fix_tidplan
from actions.scene import Scene
from tests.rig.acts import act
from tests.rig.handins import home, town
from tests.rig.pages.hall import Hall, browser
from tests.rig.rounds import House, body, house, only, weekly
from tests.rig.swedish_words import instant

FIXED = ("delarsrapport", "manadsrapport", "prognos")


def heard(service: House, when: str) -> list[int]:
    return [each.year for each in seen(service, when)]


def seen(service: House, when: str) -> tuple[Unfixed, ...]:
    with service.store.read() as session:
        return unfixed(Scene(session, service.office, instant(when)))


@pytest.mark.parametrize(
    ("when", "years"),
    [
        ("fredag 3 september 2027 kl. 08.00", [2027, 2028]),
        ("tisdag 31 augusti 2027 kl. 08.00", [2027]),
        ("måndag 3 januari 2028 kl. 08.00", [2028]),
        ("torsdag 31 augusti 2028 kl. 08.00", [2028]),
    ],
)
def test_it_is_heard_of_from_september_before_and_all_through_the_year(when, years):
    service = house(only(*FIXED, tidplan=False), since=date(2027, 1, 1))
    assert heard(service, when) == years


def test_a_fastst_tidplan_is_not_spoken_of():
    service = house(only(*FIXED, tidplan=False), since=date(2027, 1, 1))
    now = instant("onsdag 15 december 2027 kl. 09.00")
    with service.store.begin() as session:
        fix_tidplan(act(session, now, office=service.office), 2028, date(2027, 12, 14), "§ 1")
    assert heard(service, "onsdag 15 december 2027 kl. 10.00") == [2027]


def test_it_says_what_is_not_said_the_first_of_it_and_what_to_do():
    (told,) = seen(
        house(only("delarsrapport", tidplan=False), since=date(2027, 1, 1)), "torsdag 29 juli 2027 kl. 08.00"
    )
    assert told.title == "Tidplanen för 2027 är inte fastställd"
    assert told.what == (
        "Inga brev går om delårsrapporten med frist 2027 förrän den är det. Det första skulle gå fredag 10 september 2027: "
        "Delårsrapport augusti 2027."
    )
    assert "Fastställ tidplanen i Prefect" in told.remedy
    assert "arshjul fix-tidplan 2027 ÅÅÅÅ-MM-DD --vem NAMN" in told.remedy


def test_in_skugga_it_says_what_will_not_go_once_it_is_sharp():
    service = house(only("delarsrapport", tidplan=False), since=date(2027, 1, 1), utskick="skugga")
    (told,) = seen(service, "torsdag 29 juli 2027 kl. 08.00")
    assert told.what.startswith("Med utskick skarpt går inga brev om delårsrapporten")


def test_the_monday_letter_says_so_first():
    service = house(only("delarsrapport", tidplan=False), since=date(2027, 9, 1))
    weekly(service, "måndag 6 september 2027 kl. 07.00")
    service.round("måndag 6 september 2027 kl. 07.00")
    (letter,) = service.to("ekonomikontoret")
    words = body(letter)
    assert "Tidplanen för 2027 är inte fastställd" in words
    assert "Tidplanen för 2028 är inte fastställd" in words
    assert words.index("Tidplanen för 2027") < words.index("Tjänsten var i gång")


def test_laget_says_so_on_top_to_the_ekonomikontoret_alone():
    definition = home().definition.model_copy(update={"year_plans": {}})
    hall = Hall(town(), sourced=replace(home(), definition=definition))
    page = browser(hall).get("/lage").text
    assert "Tidplanen för 2027 är inte fastställd." in page
    assert page.index("Tidplanen för 2027") < page.index("<h1>Läget</h1>")
    reader = hall.inside(address="ksau.sekreterare@example.se", name="Sekreterare")
    assert "är inte fastställd" not in reader.get("/lage").text
