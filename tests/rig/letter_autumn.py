"""One månadsrapport on its way past every kind of letter: what the ladder, the bodies and people give rise to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

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
from arshjul.keys import BodyId, MilestoneKey, ObligationKey, RoleId, UnitId
from notifications.letters.login_letter import write_login_letter
from store.people.holders import people_at
from store.people.seats import held_by
from store.post.sent import letters_to_seat
from store.tables import Matter, Submission
from submissions.files.parts import Upload
from tests.rig.climbing import AFTER, CHIEF_OF, LATE
from tests.rig.handins import PDF
from tests.rig.rounds import House, house_after, weekly
from tests.rig.swedish_words import instant

OWED = ObligationKey(LATE)
OMSORG, BOLAG, KS = (
    ObligationKey(LATE.replace("bildningsnamnden", unit))
    for unit in ("omsorgsnamnden", "bostadsbolaget", "kommunstyrelsen")
)
CHIEF, OCTOBER = f"{CHIEF_OF}@example.se", ObligationKey("strandby/manadsrapport/2027-10/omsorgsnamnden/underlag")
KSAU = MilestoneKey("strandby/manadsrapport/2027-09/kommunen/ksau")


class Autumn:
    """One månadsrapport on its way, with hands on what people do."""

    def __init__(self, written: Callable[[House, str], None] = lambda _town, _when: None) -> None:
        """``written`` is told the instant after which there may be new letters."""
        self.town = house_after(steps=("manadsrapport",), since=date(2027, 9, 27))
        self.town.office = replace(self.town.office, prefect_url=f"{self.town.office.public_url}/prefect")
        self._written = written

    def act(
        self, when: str, what: Callable[[Act], object], why: str = "Redovisa åtgärderna.", by: str = "Ekonom E"
    ) -> None:
        """Let somebody do something."""
        with self.town.store.begin() as session:
            what(Act(Scene(session, self.town.office, instant(when)), by, why))
        self._written(self.town, when)

    def morning(self, day: str) -> None:
        """Let the day's letters go."""
        self.town.morning(day)
        self.wrote(f"{day} kl. 07.01")

    def wrote(self, when: str) -> None:
        """Say that letters may have been written."""
        self._written(self.town, when)


def handed_in(key: ObligationKey, mark: bytes = b"0") -> Callable[[Act], None]:
    """Return the act by which the förvaltningschef hands in all of an underlag."""

    def work(act: Act) -> None:
        (person,) = people_at(act.scene.session, CHIEF)
        for part in act.scene.wheel.obligations[key].parts:
            file = PartHandedIn(key=key, part=part.id, upload=Upload(filename="a.pdf", content=PDF + mark), fields={})
            hand_in(act, person, [file], via="länk")

    return work


def decided(
    key: ObligationKey | MilestoneKey,
    outcome: str,
    *,
    to: BodyId | None = None,
    until: date | None = None,
    on: date | None = None,
) -> Callable[[Act], None]:
    """Return the act by which KSAU's decision is recorded, about the report or about a matter."""

    def work(act: Act) -> None:
        on_day = Decided(on=on or act.scene.today, outcome=outcome, paragraf="§ 45")
        if isinstance(key, MilestoneKey):
            decide_moment(act, key, on_day, to=to)
        else:
            (matter,) = [row for row in act.scene.session.scalars(select(Matter)) if row.obligation_key == key]
            decide_matter(act, matter, on_day, to=to, until=until)

    return work


def _what_people_do(autumn: Autumn) -> None:
    """What is done by hand while the frist is ahead."""
    hour = iter(range(9, 17))

    def act(what: Callable[[Act], object], **how: Any) -> None:
        autumn.act(f"onsdag 13 oktober 2027 kl. {next(hour):02}.00", what, **how)

    def taken_away(act: Act) -> None:
        (version,) = act.scene.session.scalars(select(Submission.id).where(Submission.obligation_key == BOLAG))
        take_away(act, BOLAG, version, "misstag", None, decision="KS 2027 § 12")

    def deputy(act: Act) -> None:
        (chief,) = people_at(act.scene.session, CHIEF)
        named = NamedDeputy(
            name="Vikarie", address="vikarie@example.se", first=date(2027, 12, 1), last=date(2027, 12, 9)
        )
        name_own_deputy(
            act, chief, held_by(act.scene.session, chief.id, act.scene.today), named, [RoleId("förvaltningschef")]
        )

    def asks(act: Act) -> None:
        (chief,) = people_at(act.scene.session, CHIEF)
        ask_anstand(act, chief, OWED, date(2027, 10, 15))

    def login(act: Act) -> None:
        scene = act.scene
        write_login_letter(
            scene.session, scene.office, name="Sekreterare", address="ksau.sekreterare@example.se",
            role=RoleId("ksau_sekreterare"), next_path="/organ/ksau", now=scene.now,
        )  # fmt: skip

    def alarm(act: Act) -> None:
        tell_bad(act.scene, {"utkorgen": HealthPart(ok=False, text="Utkorgen står.")}, "it@example.se")

    def by_hand(act: Act) -> None:
        remind_now(act, OMSORG)
        (newest, *_) = letters_to_seat(
            act.scene.session, RoleId("forvaltningschef"), UnitId("bildningsnamnden"), NOT_AGAIN
        )
        send_again(act, (RoleId("forvaltningschef"), UnitId("bildningsnamnden")), newest.id)

    act(by_hand)
    act(asks)
    act(lambda act: refuse_anstand(act, OWED))
    act(handed_in(BOLAG))
    act(taken_away, why="Fel fil.")
    act(deputy)
    act(login)
    act(alarm)


def live(autumn: Autumn) -> None:
    """Let the whole autumn go by."""
    for day in ("onsdag 6", "onsdag 13"):  # first letter, reminder
        autumn.morning(f"{day} oktober 2027")
    _what_people_do(autumn)
    for day in AFTER:  # sen, ekonomichef, kommundirektör, sista ord, ksau
        autumn.morning(f"{day} oktober 2027")
    monday = "måndag 25 oktober 2027"
    assert weekly(autumn.town, f"{monday} kl. 07.00")
    autumn.wrote(f"{monday} kl. 07.05")
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
    autumn.act(f"{tenth} kl. 09.00", decided(KSAU, "överlämnas", to=BodyId("ks"), on=ninth))
    autumn.act(f"{tenth} kl. 09.10", decided(KSAU, "noteras", on=ninth))  # put right: it is taken back
    autumn.act(f"{tenth} kl. 09.20", decided(OMSORG, "överlämnas", to=BodyId("ks"), on=ninth))
    autumn.act(f"{tenth} kl. 09.30", decided(OMSORG, "läggs till handlingarna"))
    autumn.act(f"{tenth} kl. 09.40", lambda act: grant_anstand(act, OCTOBER, date(2027, 11, 15)))
    for day in ("torsdag 11", "fredag 12"):  # the matter that is decided, the frist that moved; what KSAU never decided
        autumn.morning(f"{day} november 2027")
