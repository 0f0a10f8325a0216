"""A matter that several enheter share tells what remains, and what its body has decided is not told to it as something else."""

from datetime import date

from actions.act import Act
from actions.bodies.matter_decisions import decide_matter
from actions.bodies.recording import Decided
from actions.scene import Scene
from store.plan.body_rows import paper_letter
from store.plan.recorded import give_time
from store.plan.waking import wake_all
from store.tables import LetterRow, Matter
from tests.rig.climbing import (
    AFTER,
    ALL,
    CHIEF_OF,
    LATE,
    OMSORG,
    SECRETARY,
    month,
    paper,
    states,
    three_before_ksau,
)
from tests.rig.rounds import House, attached, body
from tests.rig.swedish_words import instant

MET = "tisdag 2 november 2027 kl. 14.00"  # KSAU met that morning; its agenda closed onsdag 27 oktober


def later(town: House, name: str, before: int) -> list:
    return town.to(name)[before:]


def decide(town: House, key: str, when: str, outcome: str, until: date | None = None) -> None:
    with town.store.begin() as session:
        scene = Scene(session, town.office, instant(when))
        (matter,) = [row for row in session.query(Matter) if row.obligation_key == key]
        decided = Decided(on=scene.today, outcome=outcome, paragraf="§ 45")
        decide_matter(Act(scene, "sekreteraren", "Redovisa åtgärderna."), matter, decided, until=until)


def test_when_one_of_three_hands_in_ksau_reads_what_remains_and_gets_a_new_paper():
    town = three_before_ksau()
    told = len(town.to(SECRETARY))
    town.hand_in(LATE, "fredag 22 oktober 2027 kl. 09.00")
    town.round("fredag 22 oktober 2027 kl. 09.01")
    (mail,) = later(town, SECRETARY, told)
    assert str(mail["Subject"]) == "Kvar: Omsorgsnämnden och Bostadsbolaget AB, månadsrapporten för september 2027"
    assert "Bildningsnämnden: allt har kommit in. Kvar: omsorgsnämnden och Bostadsbolaget AB." in body(mail)
    assert "behöver inte tas upp" not in body(mail) and "återkallas" not in body(mail)
    new = paper(mail)
    assert "Omsorgsnämnden" in new and "Bostadsbolaget AB" in new and "Bildningsnämnden" not in new
    assert "registrator@example.se" in str(mail["Cc"])
    (above,) = [each for each in town.to("ekonomichef") if str(each["Subject"]).startswith("Kvar:")]
    assert attached(above) == [] and above["Cc"] is None
    chief = town.to(CHIEF_OF)[-1]  # who owed it hears of their own alone
    assert "Du behöver inte göra något mer" in body(chief) and "Omsorgsnämnden" not in body(chief)
    assert "sekreteraren" not in body(chief)
    with town.store.read() as session:  # the dossier's link leads to the paper that holds
        rows = {row.obligation_key: row for row in session.query(Matter)}
        newest = session.get_one(LetterRow, paper_letter(session, rows[OMSORG]))
        assert newest.kind == "ändrat ärende"
        assert session.get_one(LetterRow, paper_letter(session, rows[LATE])).kind == "eskalering"


def test_the_last_that_comes_in_withdraws_the_matter():
    town = three_before_ksau()
    for hour, key in enumerate(ALL, 9):
        told = len(town.to(SECRETARY))
        town.hand_in(key, f"fredag 22 oktober 2027 kl. {hour:02}.00")
        town.round(f"fredag 22 oktober 2027 kl. {hour:02}.01")
    (mail,) = later(town, SECRETARY, told)
    assert "Ärendet behöver inte tas upp på mötet" in body(mail) and "Kvar:" not in body(mail)
    assert set(states(town).values()) == {"återkallat"}


def test_those_that_come_in_together_are_told_in_one_letter():
    town = three_before_ksau()
    told = len(town.to(SECRETARY))
    for key in (LATE, OMSORG):
        town.hand_in(key, "fredag 22 oktober 2027 kl. 09.00")
    town.round("fredag 22 oktober 2027 kl. 09.01")
    (mail,) = later(town, SECRETARY, told)
    assert "Bildningsnämnden och omsorgsnämnden: allt har kommit in. Kvar: Bostadsbolaget AB." in body(mail)


def test_what_waited_overnight_says_only_what_remains_in_the_morning():
    town = three_before_ksau()
    told = len(town.to(SECRETARY))
    for hour, key in ((19, LATE), (20, OMSORG)):
        town.hand_in(key, f"torsdag 21 oktober 2027 kl. {hour}.00")
        town.round(f"torsdag 21 oktober 2027 kl. {hour}.01")
    town.round("fredag 22 oktober 2027 kl. 07.01")
    (mail,) = later(town, SECRETARY, told)
    assert "Kvar: Bostadsbolaget AB" in body(mail)


def test_what_comes_in_after_the_agenda_closed_tells_what_remains_too():
    town = three_before_ksau()
    told = len(town.to(SECRETARY))
    town.hand_in(LATE, "torsdag 28 oktober 2027 kl. 09.00")
    town.round("torsdag 28 oktober 2027 kl. 09.01")
    (mail,) = later(town, SECRETARY, told)
    assert "efter att dagordningen stängde" in body(mail)
    assert "Kvar: omsorgsnämnden och Bostadsbolaget AB." in body(mail)
    assert "Bildningsnämnden" not in paper(mail)
    assert "Ärendet är avsett för" in paper(mail)  # and no word of an agenda that is to close
    assert "Dagordningen stänger" not in paper(mail) and "återkallas ärendet" not in paper(mail)


def test_after_the_meeting_nothing_stands_on_its_agenda_and_there_is_no_new_paper():
    town = three_before_ksau()
    told = len(town.to(SECRETARY))
    town.hand_in(LATE, MET)
    town.round("tisdag 2 november 2027 kl. 14.01")
    (mail,) = later(town, SECRETARY, told)
    assert "efter mötet den 2 november 2027" in body(mail)
    assert "står kvar på dagordningen" not in body(mail) and attached(mail) == []


def test_what_is_laid_to_the_documents_is_not_raised_any_more_and_nobody_is_told_otherwise():
    town = three_before_ksau()
    told = len(town.to(SECRETARY))
    decide(town, LATE, MET, "läggs till handlingarna")
    assert states(town)[LATE] == "avgjort"
    for when in ("tisdag 2", "onsdag 3", "torsdag 4", "fredag 5", "måndag 8"):
        town.round(f"{when} november 2027 kl. 15.00")
    assert states(town)[LATE] == "avgjort"  # not raised anew
    told_of_it = [body(mail) for mail in later(town, SECRETARY, told)]
    assert not [words for words in told_of_it if "Bildningsnämnden" in words]
    (above,) = [mail for mail in town.to("ekonomichef") if "avgjort" in str(mail["Subject"])]
    assert "KSAU har beslutat att ärendet läggs till handlingarna" in body(above)


def test_what_ksau_sent_back_is_not_reported_to_it_as_a_withdrawal():
    town = three_before_ksau()
    told = len(town.to(SECRETARY))
    decide(town, LATE, MET, "återremitteras", date(2027, 11, 4))
    town.round("tisdag 2 november 2027 kl. 14.01")
    town.round("onsdag 3 november 2027 kl. 07.01")
    assert states(town)[LATE] == "avgjort"
    assert not [mail for mail in later(town, SECRETARY, told) if "Bildningsnämnden" in body(mail)]
    (above,) = [mail for mail in town.to("ekonomichef") if "avgjort" in str(mail["Subject"])]
    assert "ny frist torsdag 4 november 2027 kl. 16.00" in body(above)
    assert "Kvar: omsorgsnämnden och Bostadsbolaget AB." in body(above)


def test_a_new_frist_after_ksau_has_decided_is_no_withdrawal():
    town = three_before_ksau()
    decide(town, LATE, MET, "godkänns")
    told = len(town.to(SECRETARY))
    with town.store.begin() as session:
        now, frist = instant("onsdag 3 november 2027 kl. 09.00"), instant("torsdag 4 november 2027 kl. 16.00")
        give_time(session, town.office.definition, {LATE: frist}, "ny dag", "e", now)
        wake_all(session, now)
    town.round("onsdag 3 november 2027 kl. 09.01")
    assert states(town)[LATE] == "avgjort"
    assert later(town, SECRETARY, told) == []


def test_in_skugga_the_tables_say_who_really_got_the_letters():
    town = month(*AFTER, utskick="skugga")
    (mail, *_) = [each for each in town.mails() if any("jänsteskrivelse" in name for name in attached(each))]
    words = paper(mail)
    assert "Ekonomikontoret i skugga, i stället för förvaltningschef" in words
