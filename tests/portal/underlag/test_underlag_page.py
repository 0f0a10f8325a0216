"""The page of one underlag says when the ladder does not reach the meeting that treats the report, and who really got its letters."""

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


def test_the_form_for_anstand_says_when_the_ladder_does_not_reach_the_meeting() -> None:
    town = house_after(steps=("delarsrapport",))
    assert "hinner det inte tas upp" not in page(town)
    definition = town.office.definition
    ksau = definition.bodies[BodyId("ksau")]
    agenda = ksau.agenda.model_copy(update={"workdays": 6})  # closes before KSAU's letter of the frist as it is
    closed = ksau.model_copy(update={"extra": None, "agenda": agenda})
    changed = definition.model_copy(update={"bodies": {**definition.bodies, BodyId("ksau"): closed}})
    town.office = replace(town.office, sourced=replace(town.office.sourced, definition=changed))
    assert SAYS in page(town)


def test_what_was_sent_before_in_skugga_is_said_to_have_gone_to_the_ekonomikontor() -> None:
    first = "fredag 10 september 2027 kl. 07.00"
    for utskick, to in (("skugga", "ekonomikontoret i skugga"), ("skarpt", "forvaltningschef.bildning@")):
        sent = page(house_after(first, steps=("delarsrapport",), utskick=utskick)).partition("Det har redan skrivits")[
            2
        ]
        assert f"skickat, till {to}" in sent.partition("</ul>")[0].replace("<wbr>", "")
