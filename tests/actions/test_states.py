"""Whoever asks how something stands is told the same: one store in which one of each kind has happened."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from actions.act import Act
from actions.plan.frister import open_obligation
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from app.commands.status_rows import status_rows
from arshjul.keys import ObligationKey
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM
from notifications.office import Office
from store.database import Session
from store.plan.matters import raise_matter
from store.tables import Submission
from submissions.compilation.keeping import basis_of
from submissions.standing.states import states_of
from tests.rig.handins import NOW
from tests.rig.hedemora import BIN_PROGNOS, BIN_UNDERLAG, KS_UNDERLAG, OMN_UNDERLAG, hedemora, town

pytestmark = pytest.mark.whole

SINCE = date(2027, 8, 1)
LATER = datetime(2027, 9, 22, 8, 0, tzinfo=STOCKHOLM)  # a Wednesday; the delårsrapport was due the day before
ENERGI = BIN_UNDERLAG.replace("bildningsnamnden", "energibolaget")
MARCH, MAY = (f"hedemora/manadsrapport/2027-{month}/bildningsnamnden/underlag" for month in ("03", "05"))


@pytest.fixture
def scene() -> Iterator[Scene]:
    office = Office(
        sourced=hedemora(), mail_from="ekonomikontoret@example.se", public_url="http://testserver",
        prefect_url="http://127.0.0.1:4200", secret=b"0" * 32, utskick="skarpt", since=SINCE,
    )  # fmt: skip
    with town().store.begin() as session:
        found = Scene(session, office, LATER)
        found.plan()
        wheel = found.wheel
        for key in (BIN_UNDERLAG, MARCH):
            hand_in(session, key, wheel.obligations[key].parts)
        hand_in(session, ENERGI, wheel.obligations[ENERGI].parts, ej_aktuellt="Bolaget är vilande i år.")
        raise_matter(session, wheel.obligations[OMN_UNDERLAG], None, LATER)
        grant_anstand(Act(Scene(session, office, NOW), "ekonomen", "sjukdom"), KS_UNDERLAG, date(2027, 9, 24))
        open_obligation(Act(Scene(session, office, NOW), "ekonomen", "Begärt av nämnden."), MAY)
        yield Scene(session, office, LATER)


def hand_in(session: Session, key: str, parts: Any, *, ej_aktuellt: str | None = None) -> None:
    for part in parts:
        session.add(
            Submission(
                obligation_key=key, part=part.id, version=1, received_at=NOW, by="chefen", via="sida", late=False,
                complete=True, filename=None, media_type=None, sha256=None, fields={}, ej_aktuellt=ej_aktuellt,
            )
        )  # fmt: skip


def states(scene: Scene) -> dict[ObligationKey, State]:
    every = list(scene.wheel.obligations.values())
    return dict(states_of(scene.session, scene.wheel, every, scene.office.since, scene.now))


def test_each_stands_as_what_has_happened_to_it(scene: Scene) -> None:
    expected = {
        BIN_UNDERLAG: "Preliminär",  # the nämnd decides on Thursday
        BIN_PROGNOS: "Försenad",
        OMN_UNDERLAG: "Eskalerad",
        KS_UNDERLAG: "Anstånd",
        MAY: "Försenad",  # it was opened
        MARCH: "Komplett",  # it came in, though its frist lay before i drift från
        MARCH.replace("bildning", "omsorg"): "Före införandet",
        MARCH.replace("2027-03", "2027-10"): "Kommande",
    }
    found = {str(key): state.word for key, state in states(scene).items()}
    assert {key: found[key] for key in expected} == expected


def test_what_is_kept_and_counted_never_contradicts_what_is_shown(scene: Scene) -> None:
    """What Prefect, the rows and the letters ask, what a sammanställning asks, and what the pages ask."""
    shown = states(scene)
    sight = scene.look(shown)
    cores = {key: state.core for key, state in shown.items()}
    assert {one.key: sight.state(one) for one in sight.obligations} == cores
    compiled = {}
    for occurrence in scene.wheel.occurrences:
        compiled |= basis_of(scene.session, scene.wheel, occurrence, scene.now, scene.office.since).standing
    assert compiled == cores
    assert len(set(shown.values())) >= 7


def test_status_says_what_the_board_says_and_leaves_out_what_nobody_is_asked_for(scene: Scene) -> None:
    rows = {row["key"]: row["state"] for row in status_rows(scene)}
    shown = {str(key): state.word for key, state in states(scene).items()}
    assert rows == {key: shown[key] for key in rows}
    assert (rows[OMN_UNDERLAG], rows[KS_UNDERLAG], rows[MAY]) == ("Eskalerad", "Anstånd", "Försenad")
    assert MARCH.replace("bildning", "omsorg") not in rows
