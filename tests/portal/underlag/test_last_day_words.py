"""The form for anstånd says when the ladder, from the frist as it is, does not reach the meeting that treats the report."""

from dataclasses import replace

from arshjul.keys import BodyId
from portal.app import create_app
from portal.web.context import PortalContext
from tests.rig.pages.client import Client
from tests.rig.pages.logging_in import log_in
from tests.rig.rounds import House, house_after
from tests.rig.swedish_words import instant

PAGE = "/lage/delarsrapport/2027-08/bildningsnamnden/underlag"
NOW = instant("måndag 13 september 2027 kl. 09.00")
SAYS = "Är det sent efter fristen hinner det inte tas upp på KSAU tisdag 5 oktober 2027 kl. 08.30."


def page(town: House) -> str:
    portal = PortalContext(store=town.store, office=town.office, clock=lambda: NOW, maildir=None, health=dict)
    client = Client(create_app(portal), base_url=town.office.public_url)
    return str(log_in(client, town.store, town.office.secret, NOW).get(PAGE).text)


def test_the_form_says_so_and_else_nothing_of_it() -> None:
    town = house_after(steps=("delarsrapport",))
    assert "hinner det inte tas upp" not in page(town)
    definition = town.office.definition
    ksau = definition.bodies[BodyId("ksau")]
    agenda = ksau.agenda.model_copy(update={"workdays": 6})  # closes before KSAU's letter of the frist as it is
    closed = ksau.model_copy(update={"extra": None, "agenda": agenda})
    changed = definition.model_copy(update={"bodies": {**definition.bodies, BodyId("ksau"): closed}})
    town.office = replace(town.office, sourced=replace(town.office.sourced, definition=changed))
    assert SAYS in page(town)
