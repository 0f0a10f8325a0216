"""A house whose rounds run on a store in memory, with a post that is a list."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache, lru_cache, partial
from typing import Any

from sqlalchemy import select

from actions.ladder.held_against import hold_against_now
from actions.ladder.rounds import Round, bring_up
from actions.ladder.week import write_week
from actions.plan.frister import open_obligation
from actions.plan.meeting_changes import change_meeting
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from arshjul.definition.declared import YearPlan
from arshjul.definition.model import without_contents
from arshjul.definition.reading import Sourced
from arshjul.swedish import local
from arshjul.workdays import ONE_DAY
from notifications.office import Office, Utskick
from notifications.post.outbox import empty
from notifications.post.post import ListPost
from store.database import Store, memory_store
from store.people.people_import import import_people
from store.plan.shadow import choose_utskick
from store.plan.waking import wake_all
from store.tables import LetterRow
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.acts import act
from tests.rig.handins import PDF, copy_of
from tests.rig.load import made_up, people_of
from tests.rig.swedish_words import instant

OFFICE = "ekonomikontoret@example.se"


OWING = ["forvaltningschef.bildning", "forvaltningschef.omsorg", "hr-chef", "kommundirektor", "vd.bostadsbolaget"]


@cache
def only(*steps: str, town: str = "strandby", units: tuple[str, ...] = (), tidplan: bool = True) -> Sourced:
    """A town with these steps (and ``units``) alone, and nothing said of what is in a file: a round has little to read."""
    definition = without_contents(made_up(town).definition)
    changes: dict[str, object] = {"steps": {step: definition.steps[step] for step in steps}}
    if units:
        changes["units"] = {unit: definition.units[unit] for unit in units}
    if not tidplan:
        changes["year_plans"] = dict[int, YearPlan]()
    return replace(made_up(town), definition=definition.model_copy(update=changes))


@lru_cache(maxsize=1024)
def as_mail(mime: bytes) -> EmailMessage:
    """A letter as a mail program reads it: once, however often a test looks through what was sent."""
    return message_from_bytes(mime, policy=policy.default)


@dataclass
class House:
    """The service in a test's hands."""

    store: Store
    office: Office
    post: ListPost

    def copy(self) -> "House":
        """Another one, as this one stands."""
        post = ListPost()
        post.sent = list(self.post.sent)
        return House(copy_of(self.store), self.office, post)

    def round(self, when: str, run_id: str | None = None) -> Round:
        """Plan, bring up, and empty the outbox, at one instant."""
        now = instant(when)
        with self.store.begin() as session:
            scene = Scene(session, self.office, now)
            scene.plan()
            done = bring_up(scene, run_id=run_id)
        asyncio.run(
            empty(self.store, self.post, lambda: now, connections=1, check=partial(hold_against_now, self.office))
        )
        return done

    def morning(self, day: str) -> list[tuple[str, str]]:
        """Run a round at seven; return (to, subject) of what was handed over."""
        before = len(self.post.sent)
        self.round(f"{day} kl. 07.00")
        return [(name_of(mail), str(mail["Subject"])) for mail in self.mails()[before:]]

    def mails(self) -> list[EmailMessage]:
        return [as_mail(mime) for _, _, mime in self.post.sent]

    def to(self, name: str) -> list[EmailMessage]:
        return [mail for mail in self.mails() if name_of(mail) == name]

    def hand_in(self, key: str, when: str) -> None:
        with self.store.begin() as session:
            wheel = Scene(session, self.office, instant(when)).wheel
            for part in wheel.obligations[key].parts:
                receive(session, wheel, key, part.id, upload=Upload(filename="a.pdf", content=PDF), fields={},
                        by="chef", via="länk", now=instant(when))  # fmt: skip

    def anstand(self, key: str, until: date, when: str) -> None:
        with self.store.begin() as session:
            grant_anstand(act(session, instant(when), why="sjukdom i ledningen", office=self.office), key, until)

    def meeting(self, body: str, original: date, new: date, when: str) -> None:
        with self.store.begin() as session:
            change_meeting(
                act(session, instant(when), why="lokal saknas", office=self.office), body, original, new, None
            )

    def start(self, when: str) -> None:
        """Plan as a start does: with the definition as it is, and a thought about everything."""
        with self.store.begin() as session:
            Scene(session, self.office, instant(when)).plan()
            wake_all(session, instant(when))

    def open(self, key: str, when: str) -> None:
        with self.store.begin() as session:
            open_obligation(act(session, instant(when), why="begärt av nämnden", office=self.office), key)

    def rows(self, table: type) -> Sequence[object]:
        with self.store.read() as session:
            return session.scalars(select(table)).all()


@cache
def filled(name: str, people: str) -> Store:
    """A store with the people in it, to be copied: reading them in takes longer than a test."""
    store, now = memory_store(), instant("onsdag 1 september 2027 kl. 08.00")
    with store.begin() as session:
        import_people(session, people, "personer.csv", made_up(name).definition, now, "test")
    return store


def house(
    sourced: Sourced | None = None,
    *,
    people: str | None = None,
    utskick: Utskick = "skarpt",
    since: date = date(2027, 9, 1),
) -> House:
    """The service with the town's people, nothing planned yet: Strandby, where no other definition is given."""
    sourced = sourced or only("delarsrapport", "prognos")
    name = sourced.definition.kommun.id
    store = copy_of(filled(name, people or people_of(name)))
    office = Office(
        sourced=sourced,
        mail_from=OFFICE,
        public_url="https://arshjul.example.se",
        prefect_url="http://127.0.0.1:4200",
        secret=b"hemlig",
        utskick=utskick,
        since=since,
    )
    return House(store, office, ListPost())


def house_after(
    *rounds: str, steps: tuple[str, ...] = ("delarsrapport", "prognos"), units: tuple[str, ...] = (), **options: Any
) -> House:
    """A house of these steps, planned on the day before it came into drift, after these rounds.

    It is planned and its rounds are gone through once; each test has a copy of its own.
    """
    return _lived(rounds, steps, units, tuple(sorted(options.items()))).copy()


@cache
def _lived(
    rounds: tuple[str, ...], steps: tuple[str, ...], units: tuple[str, ...], options: tuple[tuple[str, Any], ...]
) -> House:
    if not rounds:
        new = house(only(*steps, units=units), **dict(options))
        with new.store.begin() as session:
            scene = Scene(session, new.office, local(new.office.since - ONE_DAY, time(12)))
            scene.plan()
            assert bring_up(scene).letters == ()
        return new
    service = _lived(rounds[:-1], steps, units, options).copy()
    service.round(rounds[-1])
    return service


def name_of(mail: EmailMessage) -> str:
    """Return whom a letter is to: the address's first part."""
    addresses = mail["To"].addresses
    return str(addresses[0].addr_spec).removesuffix("@example.se") if addresses else str(mail["To"])


def body(mail: EmailMessage) -> str:
    found = mail.get_body(("plain",))
    assert found is not None
    return " ".join(str(found.get_content()).split())


def attached(mail: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in mail.iter_attachments()]


def weekly(service: House, when: str) -> LetterRow | None:
    with service.store.begin() as session:
        return write_week(Scene(session, service.office, instant(when)))


def go_live(town: House, when: str) -> None:
    """What ``arshjul utskick skarpt`` does; the service goes on."""
    with town.store.begin() as session:
        choose_utskick(session, "skarpt", "ekonomichef", instant(when), {"ksau"})
        town.office = town.office.at(session)
    assert town.office.utskick == "skarpt"
