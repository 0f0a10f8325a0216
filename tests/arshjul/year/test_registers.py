"""What is reported of a register's entries: an uppdrag with a frist is owed by that day, of its enhet alone."""

import re
from datetime import date

import pytest

from arshjul.definition.registers.register import RegisterEntry
from arshjul.periods import Period
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.year.days.recurrence import awaited
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Wheel
from tests.rig.load import made_up, text, text_with, told_of
from tests.rig.paths import ROOT

SKOLSKJUTS = "granvik/sarskilt-uppdrag/2027-10-31-skolskjuts/skolnamnden/redovisning"
LOKALER = "granvik/sarskilt-uppdrag/2027-10-31-lokaler/skolnamnden/redovisning"


def granvik(**entries: RegisterEntry | None) -> Wheel:
    recorded = Recorded(entries={"uppdrag": entries})
    return turn(made_up("granvik").definition, [2027, 2028], recorded, strict=False)


def uppdrag(wheel: Wheel) -> dict[str, str]:
    return {
        key: instant_text(one.deadline.at) for key, one in wheel.obligations.items() if one.step == "sarskilt-uppdrag"
    }


def entry(**said: object) -> RegisterEntry:
    return RegisterEntry.model_validate({"av": "KF", "beslut": "2027-05-31 § 40", **said})


def test_each_uppdrag_with_a_frist_is_owed_by_that_day_under_a_name_of_its_own() -> None:
    # 31 October 2027 is a Sunday: it is handed in on the Friday before
    assert uppdrag(granvik()) == {
        LOKALER: "fredag 29 oktober 2027 kl. 16.00",
        SKOLSKJUTS: "fredag 29 oktober 2027 kl. 16.00",
    }


def test_it_is_told_by_its_name_and_who_gave_it_and_has_its_ladder_and_its_bodys_meeting() -> None:
    wheel = granvik()
    one = wheel.find(SKOLSKJUTS)
    assert one is not None and one.ladder is not None
    assert one.step_name == "Särskilt uppdrag, Se över skolskjutsen"
    assert one.report == "uppdraget ”Se över skolskjutsen” (KF 2027-02-22 § 14)"
    days = {line.milestone: day_text(local_date(line.at)) for line in wheel.occurrence(one.occurrence).milestones}
    assert days == {
        "redovisning-start": "fredag 15 oktober 2027",
        "redovisning-paminnelse-5": "fredag 22 oktober 2027",
        "redovisning-frist": "fredag 29 oktober 2027",
        "redovisning-sen": "måndag 1 november 2027",
        "ks": "onsdag 10 november 2027",
    }


def test_a_registered_one_is_owed_by_those_who_have_it_and_one_that_is_taken_away_by_nobody() -> None:
    extra = entry(namn="Energiplan", enheter=["granvikshus", "skolnamnden"], frist="2028-03-15")
    found = uppdrag(granvik(energiplan=extra, skolskjuts=None))
    assert found == {
        "granvik/sarskilt-uppdrag/2028-03-15-energiplan/granvikshus/redovisning": "onsdag 15 mars 2028 kl. 16.00",
        "granvik/sarskilt-uppdrag/2028-03-15-energiplan/skolnamnden/redovisning": "onsdag 15 mars 2028 kl. 16.00",
        LOKALER: "fredag 29 oktober 2027 kl. 16.00",
    }


def test_a_moved_frist_keeps_the_name_that_the_first_one_gave() -> None:
    moved = entry(namn="Se över skolskjutsen", enheter=["skolnamnden"], frist="2028-01-31")
    assert uppdrag(granvik(skolskjuts=moved))[SKOLSKJUTS] == "måndag 31 januari 2028 kl. 16.00"


def test_a_long_name_is_shortened_in_lists_and_is_no_path_in_a_files_name() -> None:
    extra = entry(namn="Skola/förskola: " + "lång " * 20, enheter=["skolnamnden"], frist="2027-09-15")
    one = granvik(lang=extra).find("granvik/sarskilt-uppdrag/2027-09-15-lang/skolnamnden/redovisning")
    assert one is not None
    assert one.step_name.startswith("Särskilt uppdrag, Skola-förskola- lång")
    assert one.step_name.endswith("…") and len(one.step_name) < 90
    assert "Skola/förskola: lång" in one.report


def test_one_without_a_frist_asks_for_nothing_by_itself_and_what_waits_is_known_by_name() -> None:
    assert not any("trivsel" in key for key in granvik().obligations)
    assert awaited(made_up("granvik").definition, [2027])["uppdrag"] == ("Särskilt uppdrag",)


def test_the_period_of_an_entry_is_read_as_it_is_written() -> None:
    period = Period.until(date(2027, 10, 31), "skolskjuts-2")
    assert period.key == "2027-10-31-skolskjuts-2"
    assert Period.parse(period.key) == period
    assert period.text == "31 oktober 2027"
    for wrong in ("2027-10-31-", "2027-10-skolskjuts", "2027-10-31-Å", "2027-10-31/x"):
        with pytest.raises(ValueError, match="okänd period"):
            Period.parse(wrong)


def test_the_handbooks_register_and_step_are_granviks() -> None:
    """So that what the page says comes of it does."""
    page = (ROOT / "docs" / "definition.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```yaml\n(.*?)^```$", page.partition("### Register\n")[2].partition("\n### ")[0], re.M | re.S)
    shown += re.findall(
        r"^```yaml\n(  .*?)^```$", page.partition("**Avvikelser.**")[2].partition("\n**En enhets egen")[0], re.M | re.S
    )
    assert len(shown) == 4
    assert [block for block in shown if block.partition("\n")[2] not in text("granvik")] == []


FIRST = "skolskjuts: {namn: Se över skolskjutsen, enheter: [skolnamnden], av: KF, beslut: 2027-02-22 § 14, frist: 2027-10-31, resurser: inom ramen, källa: plan § 17}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("varje: {register: uppdrag}", "varje: {register: uppdragen}", "okand-register: okänt register 'uppdragen', menade du 'uppdrag'?"),
        ("slag: uppdrag", "slag: uppdragen", "okant-ord: okänt värde 'uppdragen' för 'slag', menade du 'uppdrag'?"),
        (FIRST, "skolskjuts: {namn: Se över, av: KF, beslut: § 14, källa: plan § 17}", "fel-varde: 'skolskjuts': ett uppdrag säger vem som har fått det; skriv 'enheter: […]'"),
        (FIRST, "skolskjuts: {namn: Se över, enheter: [skolnamnden], källa: plan § 17}", "fel-varde: 'skolskjuts': ett uppdrag säger vem som gav det och var; skriv 'av: KF' och 'beslut: 2027-02-22 § 14'"),
        ("resurser: inom ramen", "indikator: resor", "fel-varde: 'skolskjuts': 'indikator' hör till ett register med 'slag: mål'; ta bort det, eller ändra slaget"),
        ("enheter: [skolnamnden], av: KF", "enheter: [skolnamden], av: KF", "okand-enhet: okänd enhet 'skolnamden', menade du 'skolnamnden'?"),
        ("underskott: {tkr: 2000, procent: 2}}", "för hand: true}", "fel-varde: en händelse som registreras för hand öppnas av inget annat; skriv bara 'för hand: true'"),
        ("{steg: [ekonomirapport], underskott: {tkr: 2000, procent: 2}}", "{ramen hålls inte: true}", "fel-varde: ange i vilka stegs inlämningar: 'steg: [prognos]', eller 'för hand: true'"),
        ("efter: uppdrag}", "efter: uppdraget}", "okand-utgangspunkt: okänd utgångspunkt 'uppdraget', menade du 'uppdrag'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_remedy(old: str, new: str, told: str) -> None:
    assert told_of(text_with("granvik", old, new)) == [told]
