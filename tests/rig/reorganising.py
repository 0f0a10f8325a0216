"""Role-holders who come and go, and a nämnd that takes over from another."""

from datetime import date

from store.people import seats
from tests.rig.handins import NOW, hedemora

SEAT = ("forvaltningschef", "bildningsnamnden")


DEFINITION = hedemora().definition


def deputise(session, first, last, address="ersattare@example.se"):
    seats.name_deputy(session, DEFINITION, SEAT, "Ersättare", address, first, last, "semester", "Kim", NOW)


def end(session, last_day, seat=SEAT):
    seats.end_seat(session, DEFINITION, seat, last_day, "har slutat", "Kim", NOW)


def reorganised():
    units = dict(DEFINITION.units)
    old = units["bildningsnamnden"]
    units["bildningsnamnden"] = old.model_copy(update={"until": date(2027, 12, 31)})
    new = {"name": "Barn- och utbildningsnämnden", "since": date(2028, 1, 1), "succeeds": ("bildningsnamnden",)}
    units["barn-och-utbildningsnamnden"] = old.model_copy(update=new)
    return DEFINITION.model_copy(update={"units": units})
