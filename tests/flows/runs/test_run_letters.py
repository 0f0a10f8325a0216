"""What a run says in Prefect of the day's letters: its own report's, and where the others went."""

from datetime import datetime

import pytest

from actions.scene import Scene
from arshjul.keys import OccurrenceKey
from flows.runs.run_letters import letters_told
from store.tables import Run
from tests.rig.rounds import House, house
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

AT = instant("fredag 10 september 2027 kl. 07.00")
DELARSRAPPORT, PROGNOS = OccurrenceKey.of("delarsrapport", "2027-08"), OccurrenceKey.of("prognos", "2027-08")


def planned(service: House, run: str, occurrence: OccurrenceKey, at: datetime = AT) -> None:
    with service.store.begin() as session:
        session.add(
            Run(key=f"arshjul/{occurrence.path}/start/{at:%Y-%m-%dT%H:%M}", flow_run_id=run, at=at, done_at=None)
        )


def said(service: House, occurrence: OccurrenceKey, run: str | None, at: datetime = AT) -> str:
    with service.store.read() as session:
        return letters_told(Scene(session, service.office, at), occurrence, run)


def test_the_run_that_writes_the_days_letters_says_so_and_the_others_say_where_theirs_went() -> None:
    service = house()
    for run, occurrence in (("ett", DELARSRAPPORT), ("två", PROGNOS)):
        planned(service, run, occurrence)
    service.round("fredag 10 september 2027 kl. 07.00")
    tuesday = instant("tisdag 14 september 2027 kl. 07.00")
    service.round("tisdag 14 september 2027 kl. 07.00", run_id="ett")
    assert said(service, DELARSRAPPORT, "ett", tuesday) == "Dagens brev från den här körningen: 5 om rapporten."
    told = said(service, PROGNOS, "två", tuesday)
    assert told == "Dagens brev om rapporten som skrevs annars: 5 av körningen för Delårsrapport 2027-08."


def test_what_the_watchdog_wrote_is_said_and_a_day_without_letters_too() -> None:
    service = house()
    service.round("fredag 10 september 2027 kl. 07.00")
    assert said(service, DELARSRAPPORT, "ett") == "Dagens brev om rapporten som skrevs annars: 5 av väktaren."
    saturday = instant("lördag 11 september 2027 kl. 09.00")
    assert said(service, DELARSRAPPORT, "ett", saturday) == "Inga brev om rapporten i dag."
