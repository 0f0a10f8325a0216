"""The ekonomikontor holds the letters, lets them go, tries the post, and is told on every page when nothing goes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.post.post import ListPost
from notifications.post.smtp_post import SmtpPost
from portal.app import create_app
from portal.web.pages import HERE
from store.database import Session
from store.post.holding import held_by, holds_all, kinds_that_may_go
from store.post.letters import reserve
from store.post.state import note_fault
from store.tables import LetterRow, LogRow
from tests.rig.handins import town
from tests.rig.outbox_letters import letter, write
from tests.rig.pages.client import Client
from tests.rig.pages.hall import Hall, browser
from tests.rig.pages.logging_in import hidden, log_in
from tests.rig.rounds import only
from tests.rig.servers.smtp_sink import Sink


def press(client: Client, path: str, **data: str):  # type: ignore[no-untyped-def]  # httpx's own answer
    return client.post(path, data={"csrf": hidden(client.get("/lage").text), **data})


def kinds(session: Session, hall: Hall) -> list[str]:
    may = kinds_that_may_go(session, None, None)
    return [each.kind for each in reserve(session, hall.now, timedelta(minutes=1), 10, kinds=may)]


def test_letters_are_held_and_let_go_by_a_button_and_logins_go_all_the_while() -> None:
    hall = Hall(town())
    rows = [letter(number, not_before=hall.now) for number in (1, 2)]
    rows[1].kind = "kod"
    write(hall.town.store, rows)
    client = browser(hall)
    assert press(client, "/utskick/hall", varfor=" ").status_code == 400
    assert press(client, "/utskick/hall", varfor="Fel frist.").status_code == 303
    page = client.get("/personer").text
    assert "Breven hålls" in page and "Fel frist)" in page
    with hall.town.store.begin() as session:
        assert kinds(session, hall) == ["kod"]
    assert press(client, "/utskick/slapp").status_code == 303
    with hall.town.store.begin() as session:
        assert held_by(session) is None and not holds_all(session)
        assert kinds(session, hall) == ["paminnelse"]


def test_utskick_av_holds_what_waits_in_the_outbox() -> None:
    hall = Hall(town())
    with hall.town.store.begin() as session:
        assert kinds_that_may_go(session, "skarpt", None) is None
        assert kinds_that_may_go(session, "av", None) == ["inloggning", "kod", "provbrev", "driftlarm"]
        assert kinds_that_may_go(session, "av", ["kvittens", "kod"]) == ["kod"]


@pytest.mark.parametrize(
    ("utskick", "says"), [("skugga", "Utskick är i skugga."), ("av", "Utskick är av."), ("skarpt", "")]
)
def test_every_page_says_on_top_when_letters_go_to_nobody_else(utskick: str, says: str) -> None:
    hall = Hall(town())
    hall.utskick = utskick
    office, anybody = browser(hall), hall.browser()
    pages = [
        office.get(path).text for path in ("/lage", "/personer", "/organ/ksau", "/handlingar", "/loggen", "/kalender")
    ]
    pages += [anybody.get(path).text for path in ("/logga-in", "/kontroller", "/finns/inte", "/l/fel")]
    pages.append(anybody.put("/lage").text)  # no route takes it
    for page in pages:
        _, _, top = page.partition('<main id="innehall"')
        assert top.startswith(
            ' class="wide" tabindex="-1">\n<p class="notice post shadow" role="status">' + says
        ) == bool(says)


def test_every_page_has_the_top_that_says_so() -> None:
    """No template but the one that all others begin from writes a page of its own."""
    templates = {each.name: each.read_text() for each in (HERE / "templates").glob("*.html")}
    whole = [name for name, text in templates.items() if "<!doctype" in text.lower()]
    assert whole == ["base.html"] and "{{ utskick_word }}" in templates["base.html"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "says"),
    [(None, "tog emot provbrevet"), ("550 5.7.60 Client does not have permissions to send as this sender", "5.7.60")],
)
def test_a_test_letter_is_answered_with_the_servers_words(answer: str | None, says: str) -> None:
    hall = Hall(town())
    with Sink(always=("MAIL", answer) if answer else None) as sink:
        client = browser(hall, lambda: SmtpPost.from_url(f"smtp://127.0.0.1:{sink.port}"))
        assert press(client, "/utskick/prov").status_code == 303
    page = client.get("/lage").text
    assert says in page
    assert ("ARSHJUL_MAIL_FROM" in page) == bool(answer)
    assert [each.recipients for each in sink.accepted] == ([] if answer else [(hall.office().mail_from,)])


def test_every_page_says_on_top_that_nothing_goes_to_the_ekonomikontor_alone() -> None:
    hall = Hall(town())
    write(hall.town.store, [letter(1, not_before=hall.now)])
    with hall.town.store.begin() as session:
        note_fault(session, "E-postservern tar inte emot brev (550 5.7.60).", hall.now, sure=True)
    client = browser(hall, ListPost)
    for path in ("/lage", "/personer", "/arshjulet"):
        page = client.get(path).text
        assert "Inga brev går sedan" in page and "550 5.7.60" in page, path
    assert "5.7.60" not in hall.browser().get("/logga-in").text


def test_utskick_is_chosen_by_a_button_and_the_log_says_who_and_which_way() -> None:
    hall = Hall(town(), utskick="skugga")
    client = browser(hall, name="Eva Ek")
    for chosen, says in (("skarpt", "Utskick är skarpt"), ("av", "Utskick är av"), ("skugga", "Utskick är i skugga")):
        assert press(client, "/utskick/lage", utskick=chosen).status_code == 303
        assert says in client.get("/lage").text
    refused = press(client, "/utskick/lage", utskick="skarp")
    assert refused.status_code == 400 and "skarpt" in refused.text
    rows = [row for row in hall.rows(LogRow) if row.what == "installation.set" and row.key == "utskick"]
    assert [row.detail["to"] for row in rows] == ["skarpt", "av", "skugga"]
    assert {(row.who, row.way) for row in rows} == {("Eva Ek", "inloggning")}


def test_what_only_the_office_saw_is_told_anew_when_it_chooses_skarpt_on_the_page() -> None:
    hall = Hall(town(), utskick="skugga")
    tried = letter(1, state="överlämnat")
    tried.shadow, tried.thread = True, "delarsrapport/2027-08/x"
    write(hall.town.store, [tried])
    press(browser(hall), "/utskick/lage", utskick="skarpt")
    with hall.town.store.read() as session:
        assert session.get_one(LetterRow, 1).thread is None


def test_skarpt_without_a_tidplan_says_what_will_not_be_said_and_a_setting_wins() -> None:
    hall = Hall(town(), sourced=only("delarsrapport", town="hedemora", tidplan=False))
    assert "Tidplanen för 2027 är inte fastställd" in browser(hall).get("/lage").text
    desk = replace(hall.desk(), office=replace(hall.office(), utskick_is_set=True))
    client = log_in(Client(create_app(desk), follow_redirects=False), hall.town.store, hall.office().secret, hall.now)
    assert "ARSHJUL_UTSKICK bestämmer" in client.get("/lage").text
    assert press(client, "/utskick/lage", utskick="av").status_code == 400


@pytest.mark.parametrize("path", ["/utskick/lage", "/utskick/hall", "/utskick/slapp", "/utskick/prov"])
def test_a_secretary_changes_nothing_of_the_letters(path: str) -> None:
    hall = Hall(town())
    client = browser(hall, address="ksau.sekreterare@example.se", name="Sekreterare")
    assert client.post(path, data={"utskick": "av", "varfor": "x"}).status_code == 403
