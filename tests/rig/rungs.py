"""One obligation of 2027 asked at an hour: which rung is due?"""

from datetime import datetime

from arshjul.ladder.due import Due, Standing, due
from arshjul.workdays import Workdays
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation
from tests.rig.load import hedemora
from tests.rig.swedish_words import instant

HOURS = hedemora().definition.sending_hours


WORKDAYS = Workdays()


WHEEL = turn(hedemora().definition, [2027])


DELAR = "hedemora/delarsrapport/2027-08/{}/underlag"


BIN = WHEEL.obligations[DELAR.format("bildningsnamnden")]  # frist: tisdag 21 september 2027 kl. 16.00


CHIEF = Standing(
    owing=("forvaltningschef",), holders={"forvaltningschef": "bin-chef", "ekonomichef": "eko", "kommundirektor": "kd"}
)


def ask(one: Obligation, standing: Standing, now: datetime) -> Due:
    return due(one, standing, WORKDAYS, HOURS, now)


def rung_at(one: Obligation, standing: Standing, when: str) -> str | None:
    answer = ask(one, standing, instant(when))
    return answer.rung.id if answer.rung else None
