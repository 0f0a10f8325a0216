"""How it stands, as Prefect shows it: a run per tillfälle and enhet, its colour, and what its page says."""

from dataclasses import replace
from datetime import date

from actions.scene import Scene
from flows.runs.standing_page import as_plain, said
from flows.runs.standing_run import StandingRun, standing_runs, today_page
from tests.rig.climbing import AFTER, LATE, month
from tests.rig.rounds import House
from tests.rig.swedish_words import instant

AFTERNOON = "onsdag 3 november 2027 kl. 16.00"
IN_ORDER = "2027-10-14 Månadsrapport september 2027"
KSAU_HAS_IT = f"! {IN_ORDER}"  #: what is late stands first


def shown(town: House, when: str) -> tuple[dict[str, StandingRun], str]:
    """Return the runs by their names, in the order of Prefect's list, and the day's page."""
    with town.store.read() as session:
        scene = Scene(session, town.office, instant(when))
        runs = standing_runs(scene)
        return {run.name: run for run in runs}, today_page(scene, runs)


def test_each_enhet_stands_under_its_report_by_frist_with_its_own_colour():
    """The månadsrapport for September was due torsdag 14 oktober, October's is due fredag 12 november."""
    town = month(*AFTER)
    town.hand_in(LATE.replace("bildningsnamnden", "omsorgsnamnden"), "onsdag 3 november 2027 kl. 15.00")
    runs, _ = shown(town, AFTERNOON)
    assert {name: (run.state.word, run.type.name) for name, run in runs.items()} == {
        KSAU_HAS_IT: ("Eskalerad", "CRASHED"),
        f"{KSAU_HAS_IT} · Bildningsnämnden": ("Eskalerad", "CRASHED"),
        f"{KSAU_HAS_IT} · Bostadsbolaget AB": ("Eskalerad", "CRASHED"),
        f"{KSAU_HAS_IT} · Kommunstyrelsen": ("Eskalerad", "CRASHED"),
        f"{IN_ORDER} · Omsorgsnämnden": ("Komplett", "COMPLETED"),
        "2027-11-12 Månadsrapport oktober 2027": ("Kommande", "SCHEDULED"),
        "2027-11-12 Månadsrapport oktober 2027 · Bildningsnämnden": ("Kommande", "SCHEDULED"),
        "2027-11-12 Månadsrapport oktober 2027 · Bostadsbolaget AB": ("Kommande", "SCHEDULED"),
        "2027-11-12 Månadsrapport oktober 2027 · Kommunstyrelsen": ("Kommande", "SCHEDULED"),
        "2027-11-12 Månadsrapport oktober 2027 · Omsorgsnämnden": ("Kommande", "SCHEDULED"),
    }
    assert list(runs) == sorted(runs)
    assert runs[KSAU_HAS_IT].words.startswith("1 av 4 enheter klara; kvar: Kommunstyrelsen, Bildningsnämnden")


def test_its_page_tells_what_is_missing_who_answers_what_was_sent_and_what_comes():
    runs, _ = shown(month(*AFTER), AFTERNOON)
    page = runs[f"{KSAU_HAS_IT} · Bildningsnämnden"].page
    assert "**Eskalerad.** Fristen gick ut torsdag 14 oktober 2027 kl. 16.00." in page
    assert (
        "### Saknas\n\n- **Ekonomisk uppföljning** har inte lämnats in. Ansvarig: förvaltningschefen "
        "Förvaltningschef bildning, forvaltningschef.bildning@example.se." in page
    )
    assert "ärende i Kommunstyrelsens arbetsutskott, mötet tisdag 2 november 2027." in page
    assert "- fredag 15 oktober 2027: försenat, 1 arbetsdag efter, till förvaltningschefen" in page
    assert "- tisdag 16 november 2027: KS får månadsrapporten (Kommunstyrelsen)" in page
    assert "/lage/manadsrapport/2027-09/bildningsnamnden/underlag)" in page


def test_in_skugga_its_page_says_who_really_got_the_letters():
    runs, _ = shown(month("fredag 15", utskick="skugga"), "fredag 15 oktober 2027 kl. 16.00")
    page = next(run.page for name, run in runs.items() if name.endswith("september 2027 · Bildningsnämnden"))
    sent = "- fredag 15 oktober 2027: försenat, 1 arbetsdag efter, till ekonomikontoret i skugga, i stället för förvaltningschefen"
    assert sent in page


def test_its_page_tells_only_what_will_come():
    for utskick, comes in (("skarpt", True), ("av", False)):
        runs, _ = shown(month(utskick=utskick), "torsdag 14 oktober 2027 kl. 12.00")
        page = next(run.page for name, run in runs.items() if name.endswith("september 2027 · Bildningsnämnden"))
        ahead = page.partition("### Det här kommer")[2]
        assert ("försenat, 1 arbetsdag efter" in ahead) is comes
        assert "- tisdag 16 november 2027: KS får månadsrapporten (Kommunstyrelsen)" in ahead


def test_the_page_of_all_says_where_the_rest_stands_when_only_enheter_have_something_ahead():
    def ahead(when: str) -> str:
        runs, _ = shown(month(), when)
        return next(run.page for name, run in runs.items() if name.endswith("september 2027")).partition("kommer")[2]

    assert "Varje enhets brev och frister" not in ahead("torsdag 14 oktober 2027 kl. 12.00")
    last = ahead("tisdag 16 november 2027 kl. 18.00")
    assert "Inget mer för organen. Varje enhets brev och frister står på dess egen sida." in last, last


def test_before_its_frist_nothing_is_missing():
    runs, _ = shown(month(*AFTER), AFTERNOON)
    page = runs["2027-11-12 Månadsrapport oktober 2027 · Bildningsnämnden"].page
    assert "### Kvar att lämna in" in page and "Saknas" not in page
    assert "Fristen är fredag 12 november 2027 kl. 16.00." in page


def test_the_days_page_tells_what_is_late_first_and_then_the_next_frister():
    _, today = shown(month(*AFTER), AFTERNOON)
    late, soon = today.split("### Nästa frister")
    assert "onsdag 3 november 2027" in late and "### Försenat (4)" in late
    assert "**Månadsrapport september 2027 · Bildningsnämnden**: eskalerad." in late
    assert "**Månadsrapport oktober 2027**: fredag 12 november 2027 kl. 16.00. 0 av 4 enheter klara; kvar: " in soon


def test_what_is_over_and_came_in_is_shown_no_longer():
    """KS has the månadsrapport for September tisdag 16 november: after that it stands only while something is owed."""
    town = month(*AFTER)
    for unit in ("bildningsnamnden", "bostadsbolaget", "kommunstyrelsen", "omsorgsnamnden"):
        town.hand_in(LATE.replace("bildningsnamnden", unit), "onsdag 3 november 2027 kl. 15.00")
    before, _ = shown(town, "tisdag 16 november 2027 kl. 07.00")
    after, _ = shown(town, "onsdag 17 november 2027 kl. 07.00")
    assert before[IN_ORDER].state.word == "Komplett"
    assert KSAU_HAS_IT not in after


def test_what_nobody_was_ever_asked_for_is_not_shown():
    """In drift from onsdag 20 oktober 2027: the frist of September's report, torsdag 14 oktober, was before that."""
    town = month("fredag 15", utskick="av")
    with town.store.read() as session:
        office = replace(town.office, since=date(2027, 10, 20))
        names = [run.about for run in standing_runs(Scene(session, office, instant(AFTERNOON)))]
    assert names and not [name for name in names if "september 2027" in name]
    assert "Månadsrapport oktober 2027" in names  # due fredag 12 november


def test_what_others_have_written_makes_no_link_and_stands_as_it_is_in_the_log():
    name = "”[Klicka](https://example.se) *nu*_<b>.xlsx”"
    page = f"**Saknas** {said(name)}\n\n[Hela rapporten](https://arshjul.example.se/lage)"
    assert "[Klicka](" not in page.replace("\\[", "")
    assert as_plain(page) == f"Saknas {name}\nHela rapporten: https://arshjul.example.se/lage"


def test_every_page_says_first_that_no_letter_goes_to_its_readers_and_every_run_has_it_as_a_tag():
    town = month(*AFTER)
    runs, today = shown(town, AFTERNOON)
    assert "Utskick" not in today and not any("utskick" in tag for run in runs.values() for tag in run.tags)
    for utskick, words in (("skugga", "Utskick är i skugga."), ("av", "Utskick är av.")):
        town.office = replace(town.office, utskick=utskick)
        runs, today = shown(town, AFTERNOON)
        assert today.startswith(f"**{words}")
        assert all(run.page.startswith(f"**{words}") and f"utskick:{utskick}" in run.tags for run in runs.values())
