"""Whom to call: wherever something is late stands the name, the address and the telephone of who answers for it."""

import re
from datetime import date
from html import unescape

import pytest

from actions.bodies.body_letters import report_views
from actions.ladder.week import week_view
from actions.scene import Scene
from flows.runs.standing_page import _holder
from store.people.people_import import import_people
from store.people.people_preview import people_csv as written
from store.people.seats import holding_on, keep_phone
from store.tables import LetterRow
from tests.rig.climbing import AFTER, month
from tests.rig.handins import NOW, home, people_csv, town
from tests.rig.pages.chamber import KSAU, Chamber
from tests.rig.pages.logging_in import hidden
from tests.rig.rounds import body
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

OMSORG = ("forvaltningschef", "omsorgsnamnden")
CALL = "förvaltningschefen Förvaltningschef omsorg, forvaltningschef.omsorg@example.se, 0225-340 00"
OMN = "/lage/delarsrapport/2027-08/omsorgsnamnden/underlag"


LATE = re.compile(r"\b(?:saknas|[Ff]örsenad|[Ff]örsenat|arbetsdag(?:ar)? sen|gick ut)\b")
CALLED = re.compile(r"(?:chefen|direktören|VD:n) [^,;]+, \S+@\S+")
OWN = re.compile(r"(?:Försenat|Sista påminnelsen): underlag ")  #: to the one who owes it, and nobody else


def shown(page):
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def test_every_page_where_something_is_late_says_whom_to_call():
    chamber = Chamber()
    seat = "/personer/omsorgsnamnden/forvaltningschef"
    form = {"csrf": hidden(chamber.text(seat)), "vad": "telefon", "telefon": "ring mig"}
    refused = chamber.browser.post(seat, data=form)
    assert "är inget nummer" in chamber.text(refused.headers["location"].partition("#")[0])
    chamber.browser.post(seat, data=form | {"telefon": "0225-340  00"})
    assert "0225-340 00" in chamber.text(seat)
    assert [row.key for row in chamber.logged("person.phone")] == ["forvaltningschef/omsorgsnamnden"]
    assert CALL not in shown(chamber.text(OMN))  # nothing is late yet
    chamber.later(instant("onsdag 22 september 2027 kl. 09.00"))
    for page in ("/lage", "/lage/delarsrapport/2027-08", OMN, KSAU):
        assert CALL.casefold() in shown(chamber.text(page)).casefold(), page
    assert 'href="tel:022534000"' in chamber.text(OMN) and 'href="mailto:forvaltningschef.omsorg@' in chamber.text(OMN)
    with chamber.hall.town.store.read() as session:
        scene = Scene(session, chamber.hall.office(), chamber.hall.now)
        assert _holder(scene, *OMSORG) == CALL  # Prefect's page
        moments = [each for each in scene.wheel.milestones if each.body == "ksau" and each.period.key == "2027-08"]
        (late,) = [
            line for line in report_views(scene, moments)[0].standing[0].late if line.unit_name == "Omsorgsnämnden"
        ]
        assert CALL in late.text  # the letters of hand-over


def test_letters_to_those_above_say_whom_to_call():
    house = month()
    with house.store.begin() as session:
        row = holding_on(session, ("forvaltningschef", "bildningsnamnden"), date(2027, 10, 13))
        keep_phone(session, row, "0225-340 00")
    for day in AFTER:
        house.morning(f"{day} oktober 2027")
    call = "förvaltningschefen Förvaltningschef bildning, forvaltningschef.bildning@example.se, 0225-340 00"
    for reader in ("ekonomichef", "kommundirektor", "ksau.sekreterare", "ksau.ordforande"):
        assert any(call in body(mail) for mail in house.to(reader)), reader
    assert not any("Ring:" in body(mail) for mail in house.to("forvaltningschef.bildning"))
    late = [mail for mail in house.mails() if LATE.search(body(mail)) and not OWN.match(str(mail["Subject"]))]
    assert {str(mail["Subject"]).partition(":")[0] for mail in late} >= {"Försenat", "Sista påminnelsen", "KSAU 2 nov"}
    assert [mail["Subject"] for mail in late if not CALLED.search(body(mail))] == []
    with house.store.read() as session:
        week = week_view(Scene(session, house.office, instant("fredag 22 oktober 2027 kl. 07.00")), "v. 42", {})
    (said,) = (line.note for line in (*week.late, *week.escalated))
    assert said == "Bildningsnämnden (Förvaltningschef bildning, 0225-340 00) och 3 enheter till"
    town = month()
    for day in AFTER:
        town.morning(f"{day} oktober 2027")
    with town.store.read() as session:
        week = week_view(Scene(session, town.office, instant("fredag 22 oktober 2027 kl. 07.00")), "v. 42", {})
    (said,) = (line.note for line in (*week.late, *week.escalated))
    assert said.startswith("Bildningsnämnden (Förvaltningschef bildning, forvaltningschef.bildning@example.se)")


def test_a_number_comes_with_the_file_of_people_and_stands_when_the_file_has_no_such_column():
    store = town().store
    with store.begin() as session:
        head, *rows = written(session, NOW).splitlines()
        assert head.endswith(",telefon")
        changed = [f"{row}0225-340 00" if "forvaltningschef.omsorg@" in row else row for row in rows]
        import_people(session, "\n".join([head, *changed]), "p.csv", home().definition, NOW, "test")
        again = written(session, NOW)
        assert again.count("0225-340 00") == 1
        assert import_people(session, again, "p.csv", home().definition, NOW, "test").changed == 0
        import_people(session, people_csv(), "p.csv", home().definition, NOW, "test")  # without the column
        assert written(session, NOW).count("0225-340 00") == 1
        import_people(session, again.replace("0225-340 00", ""), "p.csv", home().definition, NOW, "test")
        assert written(session, NOW).count("0225-340 00") == 0


def test_the_ekonomikontor_sends_a_holder_their_link_again_with_what_was_sent_before_beside_it():
    chamber, seat = Chamber(), "/personer/omsorgsnamnden/forvaltningschef"
    assert "Inget brev har skrivits" in chamber.text(seat)
    form = {"csrf": hidden(chamber.text(seat)), "vad": "lank"}
    done = chamber.browser.post(seat, data=form)
    page = shown(chamber.text(done.headers["location"].partition("#")[0]))
    assert "Länken är på väg till Förvaltningschef omsorg, forvaltningschef.omsorg@example.se" in page
    (letter,) = [row for row in chamber.rows(LetterRow) if row.to == ["forvaltningschef.omsorg@example.se"]]
    assert letter.subject == "Din länk till årshjulet" and "Din länk till årshjulet fredag 10 september 2027" in page
    assert len(chamber.logged("link.sent")) == 1
    chamber.hall.utskick = "skugga"
    chamber.browser = chamber.hall.inside(name="Ekonom E")
    form["csrf"] = hidden(chamber.text(seat))
    refused = chamber.browser.post(seat, data=form)
    assert "Utskick är skugga" in chamber.text(refused.headers["location"].partition("#")[0])
    assert len(chamber.logged("link.sent")) == 1
