"""Role-holders who come and go, and a nämnd that takes over from another."""

from datetime import date

from actions.people.seating import end_seat, name_deputy
from tests.rig.acts import act
from tests.rig.handins import NOW
from tests.rig.hedemora import hedemora

SEAT = ("forvaltningschef", "bildningsnamnden")


DEFINITION = hedemora().definition


def deputise(session, first, last, address="ersattare@example.se"):
    name_deputy(act(session, NOW, "Kim", "semester"), SEAT, "Ersättare", address, first, last)


def end(session, last_day, seat=SEAT):
    end_seat(act(session, NOW, "Kim", "har slutat"), seat, last_day)


def reorganised():
    units = dict(DEFINITION.units)
    old = units["bildningsnamnden"]
    units["bildningsnamnden"] = old.model_copy(update={"until": date(2027, 12, 31)})
    new = {"name": "Barn- och utbildningsnämnden", "since": date(2028, 1, 1), "succeeds": ("bildningsnamnden",)}
    units["barn-och-utbildningsnamnden"] = old.model_copy(update=new)
    return DEFINITION.model_copy(update={"units": units})
