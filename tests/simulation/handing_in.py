"""What those who owe do in a simulated year: hand in whole, faulty, late, in versions, in parts, or not at all.

A hand-in goes through ``submissions.intake.receive`` with what reading its file would have given, so that no workbook is read.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from actions.scene import Scene
from actions.underlag.receipts import write_receipt
from arshjul.swedish import STOCKHOLM, local, local_date
from arshjul.workdays import Workdays
from arshjul.year.wheel import Obligation, PartOwed
from store.handins import versions as submissions
from submissions.files.filled import Filled
from submissions.files.parts import FORMS, Upload
from submissions.finding import Finding
from submissions.intake.answering import answer
from submissions.intake.receive import receive
from submissions.intake.received import Received
from submissions.review.examining import Examined
from submissions.standing.completeness import part_states
from tests.rig.files.books import filled
from tests.simulation.world import World, dice_for

PDF = b"%PDF-1.7\n% simulated "
STOP = Finding(rule="saknar-rad", severity="stopp", place="Ekonomi!A9", message="En rad saknas.",
               mend="Fyll i raden.", lagrum="plan § 9")  # fmt: skip
QUESTION = Finding(rule="prognos-oforandrad", severity="fråga", place="Ekonomi!F10", message="Prognosen är oförändrad.",
                   mend="Ändra, eller skriv varför.", lagrum="plan § 9")  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandIn:
    """Some parts of one obligation, at an instant. ``fault``: what the check finds; ``before``: handed over earlier."""

    at: datetime
    key: str
    parts: str = "alla"  #: "alla", "första", "resten"
    fault: str = ""  #: "", "stopp", "fråga", "fel slag", "ej aktuellt"
    handed_over: datetime | None = None
    version: int = 1

    def words(self) -> str:
        how = {
            "": "",
            "stopp": ", med fel",
            "fråga": ", med en fråga",
            "fel slag": ", fel slags fil",
            "ej aktuellt": " (ej aktuellt)",
        }
        late = f", överlämnat {self.handed_over.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}" if self.handed_over else ""
        return f"lämnar in {self.parts} av {self.key}{how[self.fault]}{late}"


def hand_ins(seed: int, one: Obligation, workdays: Workdays) -> Iterator[HandIn]:
    """Yield how one obligation fares, by the seed and its key alone."""
    dice = dice_for(seed, "inlämning", one.key)

    def at(days: int) -> datetime:
        day = workdays.add(one.deadline.last_day, days) if days else one.deadline.last_day
        clock = dice.choice([(3, 27), (6, 59), (8, 0), (10, 15), (12, 0), (15, 59), (16, 0), (16, 1), (22, 40)])
        return (
            local(day, one.deadline.at.astimezone(STOCKHOLM).time()) if dice.random() < 0.05 else _clocked(day, clock)
        )

    fate = dice.random()
    if fate < 0.26:  # in time
        yield HandIn(at(-dice.randint(0, 9)), one.key, fault=dice.choice(["", "", "", "ej aktuellt"]))
    elif fate < 0.50:  # late, anywhere on the ladder and after it
        yield HandIn(at(dice.randint(1, 16)), one.key)
    elif fate < 0.62:  # in parts
        first = dice.randint(-8, 3)
        yield HandIn(at(first), one.key, "första")
        yield HandIn(at(first + dice.randint(0, 9)), one.key, "resten")
    elif fate < 0.74:  # faulty, then mended
        first = dice.randint(-6, 4)
        yield HandIn(at(first), one.key, fault=dice.choice(["stopp", "fel slag"]))
        yield HandIn(at(first + dice.randint(0, 8)), one.key, version=2)
    elif fate < 0.82:  # asked, then answered (see events) or handed in anew
        first = dice.randint(-5, 5)
        yield HandIn(at(first), one.key, fault="fråga")
        if dice.random() < 0.5:
            yield HandIn(at(first + dice.randint(1, 12)), one.key, version=2)
    elif fate < 0.91:  # registered afterwards
        handed = at(dice.randint(-3, 10))
        yield HandIn(handed + timedelta(days=dice.randint(0, 6), hours=dice.randint(0, 5)), one.key, handed_over=handed)
    # else never


def _clocked(day: date, clock: tuple[int, int]) -> datetime:
    return local(day, time(*clock))


def hand_in(world: World, one: HandIn) -> None:
    """Hand it in, by whoever holds each part's role; the kvittens goes to them."""
    world.act(one.words(), lambda scene: _hand_in(scene, one), one.key)


def _hand_in(scene: Scene, hand: HandIn) -> None:
    one = scene.wheel.obligations.get(hand.key)
    if one is None:
        return  # the plan no longer has it
    parts = {"alla": one.parts, "första": one.parts[:1], "resten": one.parts[1:] or one.parts}[hand.parts]
    waits = {state.part.id for state in part_states(scene.session, [one])[one.key] if state.waits}
    by_role: dict[str, list[Received]] = {}
    for part in parts:
        if part.id not in waits:
            by_role.setdefault(part.role, []).append(_receive(scene, one, part, hand))
    for role, every in by_role.items():
        if person := scene.people.who(role, one.unit):
            write_receipt(scene.session, scene.office, every, person, scene.now)


def _receive(scene: Scene, one: Obligation, part: PartOwed, hand: HandIn) -> Received:
    person = scene.people.who(part.role, one.unit)
    common = {
        "by": person.name if person else "registrator", "via": "länk", "now": scene.now,
        "handed_over_at": min(hand.handed_over, scene.now) if hand.handed_over else None,
        "registered_by": "ekonomikontoret" if hand.handed_over else None,
    }  # fmt: skip
    if hand.fault == "ej aktuellt" and part.form in ("tabell", "text") and part.may_be_ej_aktuellt:
        words = "Enheten har ingen verksamhet av det slaget under perioden."
        return receive(scene.session, scene.wheel, one.key, part.id, ej_aktuellt=words, **common)  # type: ignore[arg-type]
    content = PDF + f"{one.key}/{part.id}/{hand.version}/{hand.at.isoformat()}".encode()
    if hand.fault == "fel slag":
        content = content[4:]
    upload = Upload(filename=f"{part.id}.pdf", content=content) if FORMS[part.form].wants_file else None
    fields: dict[str, str | bool] = {}
    if part.form == "protokollsutdrag":
        fields = {"paragraf": "§ 1", "datum": local_date(scene.now).isoformat(), "omedelbar justering": False}
    if part.form == "intyg":
        fields = {"intygas": True}
    if part.carries:
        fields = {"godkänns": True}
    found = {"stopp": (STOP,), "fråga": (QUESTION,)}.get(hand.fault, ())
    read = Examined(sha256=hashlib.sha256(content).hexdigest(), findings=found, filled=_figures(part, one))
    return receive(
        scene.session, scene.wheel, one.key, part.id, upload=upload, fields=fields, examined=read, **common  # type: ignore[arg-type]
    )  # fmt: skip


def _figures(part: PartOwed, one: Obligation) -> Filled | None:
    """What would have been read out of a table that a ledger holds: so that a later ledger can change it."""
    if part.form != "tabell" or part.id != "ekonomi":
        return None
    sheet = {"manadsrapport": "ekonomi-manad", "delarsrapport": "ekonomi-delar"}.get(one.step)
    row = {"kommunstyrelsen": "ledning", "skola": "skola"}.get(one.unit)
    if sheet is None or row is None:
        return None
    months, price = one.period.month or 12, {"ledning": 80, "skola": 180}[row]
    figures = {row: {"utfall": str(months * price), "budget": str(months * 190), "prognos": "2300"}}
    return Filled.from_json(filled(sheet, figures))


def answer_question(world: World, dice: Random) -> None:
    """Whoever was asked answers one version's questions."""

    def do(scene: Scene) -> None:
        rows = [row for row in submissions.newest(scene.session, scene.wheel.obligations).values() if not row.complete]
        asked = submissions.findings(scene.session, [row.id for row in rows])
        open_ones = [row for row in rows if any(each.severity == "fråga" for each in asked.get(row.id, ()))]
        if open_ones:
            row = dice.choice(sorted(open_ones, key=lambda each: each.id))
            replies = {each.id: "Prognosen står fast eftersom volymerna är de väntade." for each in asked[row.id]}
            answer(scene.session, scene.wheel, row.id, replies, row.by, scene.now)

    world.act("svarar på en fråga", do)
