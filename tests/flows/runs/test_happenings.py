"""What happens, as events of Prefect's: what they are called and about, and that no name and no reason is in them."""

from datetime import datetime

import pytest

from arshjul.swedish import STOCKHOLM
from flows.naming import Whose
from flows.runs.happenings import KINDS, event_of
from store.log.following import rows_to_tell, told_up_to
from store.log.log_chain import chain
from store.log.writing import log
from store.tables import LogRow
from tests.rig.handins import OMN_UNDERLAG, hedemora, town

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
