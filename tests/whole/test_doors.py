"""Every button opens for its reader: each link of each kind of letter, opened by whoever got it, with nothing but the letter."""

import ast
from dataclasses import replace
from datetime import date
from importlib import import_module

from sqlalchemy import select

from actions.act import Act
from actions.bodies.body_letters import tell_hand_overs
from actions.bodies.matter_decisions import decide_matter
from actions.bodies.recording import Decided
from actions.bodies.report_decisions import decide_moment
from actions.people.deputies import NamedDeputy, name_own_deputy
from actions.scene import Scene
from actions.sending.reminding import remind_now
from actions.sending.sent_again import NOT_AGAIN, send_again
from actions.service.alarm import tell_bad
from actions.service.health import HealthPart
from actions.underlag.anstand import ask_anstand, grant_anstand, refuse_anstand
from actions.underlag.receiving import PartHandedIn, hand_in
from actions.underlag.sending_back import send_back
from actions.underlag.taking_away import take_away
from notifications.letters.login_letter import write_login_letter
from store.people.holders import people_at
from store.people.seats import held_by
from store.plan.matters import COMPLETED, SETTLED, WITHDRAWN
from store.post.sent import letters_to_seat
from store.tables import Matter, Submission
from submissions.files.parts import Upload
from tests.rig.climbing import AFTER, CHIEF_OF, LATE
from tests.rig.handins import PDF
from tests.rig.pages.doors import Doors
from tests.rig.paths import ROOT
from tests.rig.rounds import house_after, weekly
from tests.rig.swedish_words import instant

OMSORG, BOLAG, KS = (
    LATE.replace("bildningsnamnden", unit) for unit in ("omsorgsnamnden", "bostadsbolaget", "kommunstyrelsen")
)
CHIEF, OCTOBER = f"{CHIEF_OF}@example.se", "strandby/manadsrapport/2027-10/omsorgsnamnden/underlag"
KSAU = "strandby/manadsrapport/2027-09/kommunen/ksau"
#: followed where they are written, at a price that is paid there already
ELSEWHERE = {
    "ändrad bokföring": "tests/actions/underlag/test_reopening.py",
    "avvikelse": "tests/actions/underlag/test_weighing.py",
}
#: to the ekonomikontor's own mailbox alone, by a fault or a rule of a file; they have the page's own address, as all to it
OFFICES_OWN = {"budgetavvikelse", "inte nådd", "formulär", "notis", "brev kom inte fram"}
#: they hold no address of ours
WITHOUT_LINK = {"kod", "skickat prov"}


class Autumn:
    """One månadsrapport on its way, with hands on what people do."""

    def __init__(self) -> None:
        self.town = house_after(steps=("manadsrapport",), since=date(2027, 9, 27))
        self.town.office = replace(self.town.office, prefect_url=f"{self.town.office.public_url}/prefect")
        self.doors = Doors(self.town)

    def act(self, when, what, why="Redovisa åtgärderna.", by="Ekonom E"):
        """Let somebody do something, and open what was written."""
        with self.town.store.begin() as session:
            what(Act(Scene(session, self.town.office, instant(when)), by, why))
        self.doors.follow(when)

    def morning(self, day):
        self.town.morning(day)
        self.doors.follow(f"{day} kl. 07.01")


def handed_in(key, mark=b"0"):
    def work(act):
        (person,) = people_at(act.scene.session, CHIEF)
        for part in act.scene.wheel.obligations[key].parts:
            file = PartHandedIn(key=key, part=part.id, upload=Upload(filename="a.pdf", content=PDF + mark), fields={})
            hand_in(act, person, [file], via="länk")

    return work


def decided(key, outcome, *, to=None, until=None, on=None):
    def work(act):
        on_day = Decided(on=on or act.scene.today, outcome=outcome, paragraf="§ 45")
        if key == KSAU:
            decide_moment(act, key, on_day, to=to)
        else:
            (matter,) = [row for row in act.scene.session.scalars(select(Matter)) if row.obligation_key == key]
            decide_matter(act, matter, on_day, to=to, until=until)

    return work


def _what_people_do(autumn):
    """What is done by hand while the frist is ahead."""
    hour = iter(range(9, 17))

    def act(what, **how):
        autumn.act(f"onsdag 13 oktober 2027 kl. {next(hour):02}.00", what, **how)

    def taken_away(act):
        (version,) = act.scene.session.scalars(select(Submission.id).where(Submission.obligation_key == BOLAG))
        take_away(act, BOLAG, version, "misstag", None, decision="KS 2027 § 12")

    def deputy(act):
        (chief,) = people_at(act.scene.session, CHIEF)
        named = NamedDeputy(
            name="Vikarie", address="vikarie@example.se", first=date(2027, 12, 1), last=date(2027, 12, 9)
        )
        name_own_deputy(act, chief, held_by(act.scene.session, chief.id, act.scene.today), named, ["förvaltningschef"])

    def asks(act):
        (chief,) = people_at(act.scene.session, CHIEF)
        ask_anstand(act, chief, LATE, date(2027, 10, 15))

    def login(act):
        scene = act.scene
        write_login_letter(
            scene.session, scene.office, name="Sekreterare", address="ksau.sekreterare@example.se",
            role="ksau_sekreterare", next_path="/organ/ksau", now=scene.now,
        )  # fmt: skip

    def alarm(act):
        tell_bad(act.scene, {"utkorgen": HealthPart(ok=False, text="Utkorgen står.")}, "it@example.se")

    def by_hand(act):
        remind_now(act, OMSORG)
        (newest, *_) = letters_to_seat(act.scene.session, "forvaltningschef", "bildningsnamnden", NOT_AGAIN)
        send_again(act, ("forvaltningschef", "bildningsnamnden"), newest.id)

    act(by_hand)
    act(asks)
    act(lambda act: refuse_anstand(act, LATE))
    act(handed_in(BOLAG))
    act(taken_away, why="Fel fil.")
    act(deputy)
    act(login)
    act(alarm)


def test_each_link_of_each_kind_of_letter_opens_for_its_reader_what_it_names():
    autumn = Autumn()
    for day in ("onsdag 6", "onsdag 13"):  # first letter, reminder
        autumn.morning(f"{day} oktober 2027")
    _what_people_do(autumn)
    for day in AFTER:  # sen, ekonomichef, kommundirektör, sista ord, ksau
        autumn.morning(f"{day} oktober 2027")
    monday = "måndag 25 oktober 2027"
    assert weekly(autumn.town, f"{monday} kl. 07.00")
    autumn.doors.follow(f"{monday} kl. 07.05")
    autumn.act(f"{monday} kl. 08.00", handed_in(BOLAG, b"1"))  # withdrawn, what remains, the new paper
    autumn.morning("tisdag 26 oktober 2027")
    autumn.act("tisdag 26 oktober 2027 kl. 09.00", lambda act: send_back(act, BOLAG, (), date(2027, 10, 27)))
    autumn.act("tisdag 26 oktober 2027 kl. 10.00", handed_in(BOLAG, b"3"))
    autumn.town.meeting("ksau", date(2027, 11, 2), date(2027, 11, 9), "tisdag 26 oktober 2027 kl. 11.00")
    for day in ("onsdag 27 oktober", "torsdag 4 november"):  # the matter follows; the moved agenda has closed
        autumn.morning(f"{day} 2027")
    autumn.act("torsdag 4 november 2027 kl. 09.00", handed_in(KS))  # after the agenda closed: completed
    autumn.morning("fredag 5 november 2027")
    autumn.act("fredag 5 november 2027 kl. 08.00", lambda act: tell_hand_overs(act.scene))
    ninth, tenth = date(2027, 11, 9), "onsdag 10 november 2027"
    autumn.act(f"{tenth} kl. 09.00", decided(KSAU, "överlämnas", to="ks", on=ninth))
    autumn.act(f"{tenth} kl. 09.10", decided(KSAU, "noteras", on=ninth))  # put right: it is taken back
    autumn.act(f"{tenth} kl. 09.20", decided(OMSORG, "överlämnas", to="ks", on=ninth))
    autumn.act(f"{tenth} kl. 09.30", decided(OMSORG, "läggs till handlingarna"))
    autumn.act(f"{tenth} kl. 09.40", lambda act: grant_anstand(act, OCTOBER, date(2027, 11, 15)))
    for day in ("torsdag 11", "fredag 12"):  # the matter that is decided, the frist that moved; what KSAU never decided
        autumn.morning(f"{day} november 2027")
    assert autumn.doors.kinds >= kinds_written() - ELSEWHERE.keys() - OFFICES_OWN - WITHOUT_LINK
    for kind, file in ELSEWHERE.items():
        assert f'.kinds == {{"{kind}"' in (ROOT / file).read_text(encoding="utf-8")


def kinds_written():
    """Every kind of letter that the code writes: a new one is followed too, or said why not."""
    found = {WITHDRAWN, COMPLETED, SETTLED}  # how a matter ended is the kind of the letter that tells it
    for file in [*(ROOT / "actions").rglob("*.py"), *(ROOT / "notifications/letters").rglob("*.py")]:
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for given in call.keywords if isinstance(call, ast.Call) else ():
                if given.arg == "kind" and getattr(call.func, "id", "") in ("freeze", "write", "write_each"):
                    found |= set(_said(given.value, module))
    return found


def _said(value, module):
    if isinstance(value, ast.Constant):
        yield value.value
    elif isinstance(value, ast.Name):
        said = getattr(import_module(module), value.id, None)
        yield from [said] if said else ()  # else an argument: whoever calls says it
    elif isinstance(value, ast.IfExp):
        yield from (*_said(value.body, module), *_said(value.orelse, module))
