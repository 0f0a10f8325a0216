"""Who should approve has no holder: nothing lies in silence, the ekonomikontor hears, and nobody below is blamed."""

from datetime import date, timedelta
from functools import cache

from actions.ladder.notes import tell_vacant
from actions.people.seating import change_holder
from actions.scene import Scene
from actions.telling import notice_view
from arshjul.keys import ObligationKey, RoleId, UnitId
from arshjul.ladder.standing import State
from arshjul.swedish import day_text
from arshjul.workdays import Workdays
from store.people.needed_seats import needed
from store.tables import Matter, Person
from submissions.standing.states import states_of
from tests.rig.acts import act
from tests.rig.load import people_of, shipped
from tests.rig.rounds import House, as_mail, body, house, name_of, only
from tests.rig.swedish_words import instant

TOWN = ("omsorgsnamnden", "aldreomsorgen", "hemtjanst-norr", "hemtjanst-soder")
NORR, SODER = (ObligationKey(f"bergvik/aktivitetsplaner/2027/hemtjanst-{each}/plan") for each in ("norr", "soder"))
ALDRE = ObligationKey("bergvik/aktivitetsplaner/2027/aldreomsorgen/verksamhetens")


def without(*roles: str) -> str:
    """Return the town's people without the lines of these roles."""
    return "".join(line for line in people_of("bergvik").splitlines(keepends=True) if not line.startswith(roles))


@cache
def _lived() -> House:
    """Everything came in in time; then every working day until the frist of the one above, and a week past it."""
    service = house(
        only("aktivitetsplaner", town="bergvik", units=TOWN), people=without("verksamhetschef"), since=date(2026, 9, 1)
    )
    service.start("måndag 28 september 2026 kl. 09.00")
    for key in (NORR, SODER):
        service.hand_in(key, "fredag 9 oktober 2026 kl. 10.00")
    day, days = date(2026, 10, 9), Workdays.with_closed(())
    while day < date(2026, 11, 6):
        day += timedelta(days=1)
        if days.is_workday(day):
            service.round(f"{day_text(day)} kl. 08.00")
    return service


def test_the_office_hears_that_nobody_approves_and_gets_what_is_to_be_approved() -> None:
    service = _lived().copy()
    told = [(str(mail["Date"])[5:11], name_of(mail), str(mail["Subject"])) for mail in service.mails()]
    mine = [each for each in told if each[1] == "ekonomikontoret"]
    assert [(day, subject.partition(":")[0]) for day, _, subject in mine] == [
        ("15 Oct", "Senast 29 okt"), ("27 Oct", "Påminnelse 29 okt"), ("30 Oct", "Försenat"),
        ("02 Nov", "Brevet har inte nått fram"),
    ]  # fmt: skip
    first = " ".join(body(service.to("ekonomikontoret")[0]).split())
    assert "Nivån under: 2 av 2 enheter under har lämnat" in first
    assert (
        "Ingen har rollen verksamhetschef för äldreomsorgen. Lägg in någon: https://arshjul.example.se/personer"
        in first
    )
    with service.store.begin() as session:
        letter = tell_vacant(Scene(session, service.office, instant("onsdag 14 oktober 2026 kl. 09.00")))
        assert letter is not None
        assert "Verksamhetschef för äldreomsorgen: ingen är inlagd." in " ".join(body(as_mail(letter.mime)).split())


def test_only_who_can_enter_somebody_is_asked_to() -> None:
    service = _lived().copy()
    with service.store.read() as session:
        sight = Scene(session, service.office, instant("fredag 6 november 2026 kl. 09.00")).look([ALDRE])
        (one,) = sight.obligations
        norr = session.get(Person, "norr@example.se")
        office, other = (notice_view(sight, one, "forsening", one.key, reader).vacant for reader in (None, norr))
    empty = "Ingen har rollen verksamhetschef för äldreomsorgen."
    assert office == f"{empty} Lägg in någon: https://arshjul.example.se/personer"
    assert norr and other == f"{empty} Ekonomikontoret lägger in den som ska ha den."


def test_nobody_below_is_blamed_for_what_nobody_approves_and_nothing_goes_up() -> None:
    service = _lived().copy()
    assert [
        mail["Subject"] for to in ("norr", "soder") for mail in service.to(to) if "Försenat" in str(mail["Subject"])
    ] == []
    assert [to for to in ("norr", "soder") if service.to(to)] == []
    now = instant("fredag 6 november 2026 kl. 12.00")
    with service.store.read() as session:
        wheel = Scene(session, service.office, now).wheel
        owed = [wheel.obligations[key] for key in (NORR, SODER, ALDRE)]
        states = states_of(session, wheel, owed, service.office.since, now)
        assert [states[key] for key in (NORR, SODER, ALDRE)] == [State.PRELIMINAR, State.PRELIMINAR, State.FORSENAD]
    assert service.rows(Matter) == []


def test_who_is_entered_at_last_gets_the_word_and_may_approve() -> None:
    service = _lived().copy()
    with service.store.begin() as session:
        at = instant("fredag 6 november 2026 kl. 09.00")
        change_holder(
            act(session, at, why="Ny chef.", office=service.office), (RoleId("verksamhetschef"), UnitId("aldreomsorgen")), "Ny Chef",
            "ny.chef@example.se", date(2026, 11, 6),
        )  # fmt: skip
    service.round("fredag 6 november 2026 kl. 10.00")
    (mail,) = service.to("ny.chef")
    words = " ".join(body(mail).split())
    assert "2 av 2 enheter under har lämnat" in words and "Utan innehavare" not in words


def test_who_proposes_is_a_role_that_is_needed() -> None:
    definition = shipped("mjolby").definition
    named = {(step.proposed_by, None) for step in definition.steps.values() if step.proposed_by}
    assert named and named <= needed(definition)
