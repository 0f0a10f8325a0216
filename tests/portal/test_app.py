"""The portal as it is put together: no route lies outside the walls, and no portal knows anything of another."""

import pytest
from fastapi.routing import APIRoute

from portal.web.logged_in import plain_address, same_site
from tests.rig.handins import town
from tests.rig.pages.hall import COOKIE, Hall

pytestmark = pytest.mark.whole
STATIC = "/static"


def test_every_route_is_behind_both_walls():
    routes = [each for each in Hall(town()).app().routes if getattr(each, "path", None) != STATIC]
    assert len(routes) > 100
    for route in routes:
        assert isinstance(route, APIRoute), route
        assert [each.call for each in route.dependant.dependencies][:2] == [same_site, plain_address], route.path


def test_a_portal_knows_nothing_of_one_before_it():
    first, office = Hall(town()), "/personer"
    inside = first.inside()
    rested = inside.post("/kontroller/x/ur-kraft", data={"csrf": "0"})
    assert rested.status_code == 403 and len(first.denied()) == 1
    assert [inside.get("/l/x").status_code for _ in range(61)][-2:] == [403, 429]
    assert inside.get(office).status_code == 200

    second = Hall(town())
    stranger = second.browser()
    stranger.cookies.set(COOKIE, inside.cookies[COOKIE])
    assert stranger.get(office).status_code == 303, "who is logged in at one is a stranger at the other"
    assert stranger.get("/l/x").status_code == 403, "what was asked of one is not counted at the other"
    assert [what for _, _, what in second.denied()] == ["inte inloggad", "länken gäller inte"]

    handlers = [
        {id(each.endpoint) for each in hall.app().routes if isinstance(each, APIRoute)} for hall in (first, second)
    ]
    assert not handlers[0] & handlers[1]
