"""What happens, as events of Prefect's: what they are called and about, and that no name and no reason is in them."""

from datetime import UTC, datetime

import pytest
from prefect.events.schemas.events import Event
from sqlalchemy import select, update

from arshjul.swedish import STOCKHOLM
from flows.naming import Whose
from flows.runs.happenings import KINDS, event_of, rung_event
from store.log.following import rows_to_tell, told_up_to
from store.log.log_chain import chain
from store.log.writing import log
from store.post.letter_outcomes import SENT
from store.post.letter_states import WAITING
from store.post.told_notices import first_words_in
from store.tables import LetterRow, LogRow, NoticeRow
from tests.rig.climbing import LATE, month
from tests.rig.hedemora import OMN_UNDERLAG, hedemora, town
from tests.rig.rounds import House

WHOSE = Whose(kommun="hedemora", kommun_name="Hedemora kommun", installation="3f2a90b1c4d5")
MONDAY = datetime(2027, 9, 27, 8, 0, tzinfo=STOCKHOLM)
URL = "https://arshjul.example.se"


def told(what: str, key: str | None, detail: dict) -> tuple[str, dict, dict]:
    row = LogRow(at=MONDAY, who="Eva Ekonom", what=what, key=key, detail=detail, number=7, digest="ab")
    event = event_of(row, WHOSE, hedemora().definition, URL)
    return event.event, dict(event.resource.root), dict(event.payload)


def test_a_state_that_changes_is_told_with_what_it_was_and_is():
    name, resource, payload = told("obligation.state", OMN_UNDERLAG, {"from": "Ofullständig", "to": "Försenad"})
    assert name == "arshjul.lage"
    assert resource == {
        "prefect.resource.id": "arshjul.hedemora.delarsrapport.2027-08.omsorgsnamnden.underlag",
        "prefect.resource.name": "Delårsrapport augusti 2027 · Omsorgsnämnden",
        "arshjul.kommun": "hedemora",
        "arshjul.installation": "3f2a90b1c4d5",
        "arshjul.rapport": "delarsrapport",
        "arshjul.period": "2027-08",
        "arshjul.enhet": "omsorgsnamnden",
        "arshjul.galler": "underlag",
        "arshjul.lage": "Försenad",
    }
    assert payload == {
        "vad": "Läget ändrat",
        "från": "Ofullständig",
        "till": "Försenad",
        "sida": f"{URL}/lage/delarsrapport/2027-08",
    }


def test_neither_who_nor_why_nor_a_readers_address_is_told():
    letter = told(
        "letter.frozen", "hedemora/brev/2027-09-27/chef@example.se", {"kind": "dagens brev", "to": ["chef@example.se"]}
    )
    anstand = told("anstand.granted", OMN_UNDERLAG, {"until": "2027-09-29", "why": "Chefen är sjuk"})
    assert letter[0] == "arshjul.brev" and letter[2] == {"vad": "Brev skrivet", "slag": "dagens brev"}
    for one in (letter, anstand):
        assert not [word for word in ("chef@", "Chefen", "Eva") if word in str(one)]


def test_a_bodys_decision_is_about_its_moment():
    name, resource, payload = told(
        "decision.recorded",
        "hedemora/delarsrapport/2027-08/kommunen/ks",
        {"outcome": "godkänns", "decided_on": "2027-10-19"},
    )
    assert (name, resource["arshjul.galler"], payload["beslut"]) == ("arshjul.beslut", "ks", "godkänns")
    assert "arshjul.enhet" not in resource


@pytest.mark.parametrize("what", KINDS)
def test_what_is_about_something_unknown_is_told_all_the_same(what):
    detail = {"from": "Komplett", "to": "Utgår"}
    assert told(what, None, detail)[2]["vad"] == KINDS[what][1]
    assert told(what, "hedemora/gammalt/2019/nämnd/krav", detail)[0] == KINDS[what][0]


def test_nothing_of_the_past_is_told_and_what_comes_is_told_once_in_its_order():
    with town().store.begin() as session:
        log(session, MONDAY, "service", "obligation.state", OMN_UNDERLAG, {"from": "a", "to": "b"})
        chain(session)
        rows, until = rows_to_tell(session, KINDS, 10)
        assert rows == ()
        told_up_to(session, until)
        for word in "cde":
            log(session, MONDAY, "service", "obligation.state", OMN_UNDERLAG, {"from": "b", "to": word})
        log(session, MONDAY, "service", "people.imported", None, {})
        assert rows_to_tell(session, KINDS, 10) == ([], until)  # not chained yet
        chain(session)
        two, until = rows_to_tell(session, KINDS, 2)
        told_up_to(session, until)
        rest, until = rows_to_tell(session, KINDS, 2)
        told_up_to(session, until)
        assert [row.detail["to"] for row in (*two, *rest)] == ["c", "d", "e"]
        assert rows_to_tell(session, KINDS, 2) == ([], until)


def rungs_told(house: House) -> list[Event]:
    """Return the rungs that the letters of a house's log tell when they are handed over, in their order."""
    with house.store.read() as session:
        rows = session.scalars(select(LogRow).where(LogRow.what == SENT).order_by(LogRow.id)).all()
        found = [(row, one) for row in rows for one in first_words_in(session, row.key or "", row.at)]
        events = [rung_event(one, row.at, WHOSE, house.office.definition, URL) for row, one in found]
    return [event for event in events if event]


def test_a_rung_is_told_once_however_many_readers_it_has_and_can_be_chosen_by_its_label():
    house = month("fredag 15", "måndag 18", "tisdag 19", "onsdag 20")
    about = f"arshjul.hedemora.{'.'.join(LATE.split('/')[1:])}"
    ours = [event for event in rungs_told(house) if event.resource.id == about]
    assert [(event.resource["arshjul.trappsteg"], event.payload["steg"]) for event in ours] == [
        ("sen", "försenat, 1 arbetsdag efter"),
        ("ekonomichef", "till ekonomichefen"),
        ("kommundirektor", "till kommundirektören"),
        ("sista-ord", "sista påminnelsen före KSAU"),
    ]
    assert {event.event for event in ours} == {"arshjul.trappsteg"}
    assert ours[0].payload["sida"] == f"{URL}/lage/manadsrapport/2027-09"
    assert len({event.id for event in ours}) == 4
    with house.store.read() as session:
        readers = session.scalars(select(NoticeRow.rung).where(NoticeRow.obligation_key == LATE)).all()
    assert len(readers) > len(ours), "some rungs have several readers"
    assert not [word for event in ours for word in ("@", "Chef") if word in str(event.payload)]


def test_a_rung_is_told_when_its_first_letter_is_handed_over_and_not_when_it_is_written():
    """Of several readers the one who has the word first; what waits or was taken back has told nobody."""
    house = month("fredag 15", "måndag 18")
    went = rungs_told(house)
    with house.store.begin() as session:
        handed = session.scalars(select(LetterRow.handed_at)).all()
        assert {event.occurred for event in went} <= {at.astimezone(UTC) for at in handed if at}
        session.execute(update(LetterRow).values(handed_at=None, state=WAITING))
    assert went and rungs_told(house) == []


def test_what_went_to_the_ekonomikontor_in_its_readers_place_is_no_rung_yet():
    house = month("fredag 15")
    assert rungs_told(house)
    with house.store.begin() as session:
        session.execute(update(LetterRow).values(shadow=True))
    assert rungs_told(house) == []
