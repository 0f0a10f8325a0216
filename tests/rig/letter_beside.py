"""Letters that no autumn gives rise to: faults, words to the ekonomikontor, a ledger that changed, a deviation and its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from actions.alone import alone
from actions.ladder.notes import tell_rotten, tell_undelivered, tell_vacant
from actions.ladder.rounds import bring_up
from actions.scene import Scene
from actions.service.lost_forms import LostForm, tell_lost
from actions.underlag.budget_warning import RULE, warn_of_budget
from arshjul.keys import RoleId
from arshjul.swedish import STOCKHOLM
from notifications.letters import compose
from notifications.letters.sealing import unsealed
from notifications.letters.views.underlag_views import ChangedFigure, ReopenedPart, ReopenedView
from store.people.seats import leave
from store.tables import LetterRow
from submissions.finding import Finding
from submissions.intake.received import Received
from tests.rig.climbing import AFTER, CHIEF_OF, climb, month
from tests.rig.deviations import KEY, Desk, office
from tests.rig.handins import town
from tests.rig.letter_views import KARIN
from tests.rig.rounds import as_mail
from tests.rig.swedish_words import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A letter's kind, what tells it from others of its kind, and how it is shown."""

    kind: str
    which: str
    html: str

    @property
    def name(self) -> str:
        """Return what its files are called."""
        return f"{self.kind} {self.which}".strip().replace(" ", "-")


def beside() -> Iterator[Laid]:
    """Give each of them, once."""
    yield from _of_deviations()
    yield from _of_faults()
    yield Laid(kind="dagens brev", which="i-skugga", html=_shadow())
    yield Laid(kind="ändrad bokföring", which="", html=compose.reopened(KARIN, REOPENED).html)


_AT = datetime(2027, 9, 15, 9, tzinfo=STOCKHOLM)
REOPENED = ReopenedView(
    step_name="Delårsrapport", report="delårsrapporten per den 31 augusti 2027", period_text="augusti 2027",
    unit_name="Miljö- och samhällsbyggnadsnämnden", unit_said="miljö- och samhällsbyggnadsnämnden",
    due_at=instant("tisdag 21 september 2027 kl. 16.00"), moved=False, lagrum="KL 11 kap. 16 §; LKBR 13 kap. 1 §",
    book_period="januari–augusti 2027", company="Hedemora kommun", taken_at=_AT,
    parts=(
        ReopenedPart(name="Ekonomi", version=1, restored=False, rows=(
            ChangedFigure(row="Förskola", column="Utfall perioden", handed_in="1\u00a0440", ledger="1\u00a0500", by="+60"),
            ChangedFigure(row="Gymnasieskola", column="Utfall perioden", handed_in="12\u00a0520", ledger="13\u00a0082", by="+562"),
        )),
    ),
)  # fmt: skip


def _of_deviations() -> Iterator[Laid]:
    """The skolnämnd cannot keep its ram, has its plan asked for, and then says that it can."""
    told = datetime(2027, 4, 19, 9, tzinfo=STOCKHOLM)
    with town(datetime(2027, 4, 12, 9, tzinfo=STOCKHOLM), name="granvik").store.begin() as session:
        desk = Desk(session)
        desk.says(2500, "Nej")
        bring_up(Scene(session, office(), told))
        desk.says(0, now=told)
        one = Scene(session, office(), told).wheel.obligations[KEY]
        said = Finding(
            rule=RULE, severity="upplysning", lagrum="styrmodell, ”Budgetavvikelser”", place="Ekonomi",
            message="Enheten svarar att ramen inte hålls, och räknar med ett underskott på 2\u00a0500 tkr.", mend="",
        )  # fmt: skip
        taken = Received(
            obligation=one, part=one.parts[0], outcome="mottagen", version=1, received_at=told, by="Skolchef Exempel",
            late=False, complete=True, filename="prognos.xlsx", sha256=None, ej_aktuellt=None, findings=(said,),
        )  # fmt: skip
        warn_of_budget(session, office(), [taken], told)
        rows = session.scalars(select(LetterRow).order_by(LetterRow.id)).all()
        wanted = ("avvikelse", "avvikelse-over", "begärs inte längre", "budgetavvikelse", "notis")
        yield from _laid([row for row in rows if row.kind in wanted], office().secret)


def _of_faults() -> Iterator[Laid]:
    """A letter that is refused, one that cannot be written, a form that is lost, a role and a file that are no more."""
    house = month()
    house.post.refused[f"{CHIEF_OF}@example.se"] = "550 5.1.1 Okänd mottagare"
    climb(house)
    when = instant("torsdag 21 oktober 2027 kl. 09.00")
    with house.store.begin() as session:
        scene = Scene(session, house.office, when)
        tell_undelivered(scene)
        alone(scene, "dagens brev till Förvaltningschef omsorg", _fail)
        leave(session, RoleId("kommundirektor"), None, date(2027, 10, 20))
        tell_vacant(scene)
        tell_rotten(scene, ["ccdc0eddbcb86c00a266cdf6161e8c3edfa18fe02cc9b0b1287454b0f0f7a4df"])
        tell_lost(
            scene,
            LostForm(
                run_id="run", form="Bevilja anstånd", sent_at=when, why="Körningen avbröts innan den var klar.",
                filled_in={"Rapport": "Månadsrapport", "Period": "2027-09", "Enhet": "Omsorgsnämnden", "Till": "2027-10-22"},
                path="/prefect/deployments/deployment/1",
            ),
        )  # fmt: skip
        rows = session.scalars(select(LetterRow).order_by(LetterRow.id)).all()
        yield from _laid([row for row in rows if row.kind in ("inte nådd", "notis")], house.office.secret)


def _fail() -> None:
    raise ValueError("ett brev")


def _shadow() -> str:
    house = month(*AFTER[:1], utskick="skugga")
    return next(_html(row, house.office.secret) for row in house.rows(LetterRow) if row.kind == "dagens brev")


def _laid(rows: list[LetterRow], secret: bytes) -> Iterator[Laid]:
    numbers: dict[str, int] = {}
    for row in rows:
        numbers[row.kind] = numbers.get(row.kind, 0) + 1
        yield Laid(kind=row.kind, which=f"{numbers[row.kind]}", html=_html(row, secret))


def _html(row: LetterRow, secret: bytes) -> str:
    body = as_mail(unsealed(row.mime, secret)).get_body(("html",))
    assert body is not None
    return str(body.get_content())
