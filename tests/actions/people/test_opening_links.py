"""A personal link opens for its person until it expires, is revoked or replaced; each says what to do."""

from datetime import timedelta

import pytest

from actions.people.opening_links import open_link
from arshjul.errors import RefusedError
from store.access.links import issue, mark_opened, renew, revoke, revoke_all, sign
from store.tables import Link
from tests.rig.handins import NOW, town

pytestmark = pytest.mark.whole

SECRET = b"0123456789abcdef0123456789abcdef"
CHIEF = "forvaltningschef.bildning@example.se"


@pytest.fixture
def session():
    with town().store.begin() as session:
        yield session


@pytest.fixture
def link(session):
    return issue(session, CHIEF, ["forvaltningschef"], NOW)


def refused(session, token, now=NOW):
    with pytest.raises(RefusedError) as told:
        open_link(session, SECRET, token, now)
    assert "ekonomikontoret om en ny länk" in str(told.value)
    return str(told.value)


def test_a_token_opens_its_link_and_changes_nothing(session, link):
    assert open_link(session, SECRET, sign(SECRET, link), NOW).id == link.id
    assert session.get(Link, link.id).opened_at is None


def test_only_a_deliberate_act_marks_the_link_opened_and_the_first_time_stands(session, link):
    mark_opened(session, link, NOW)
    mark_opened(session, link, NOW + timedelta(days=1))
    assert link.opened_at == NOW


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: "x" + t,
        lambda t: "",
        lambda t: "ä" * 9000,
        lambda t: t.split(".")[0],
    ],
)
def test_a_forged_token_is_refused(session, link, change):
    assert "ändrats" in refused(session, change(sign(SECRET, link)))


def test_a_token_signed_with_another_secret_is_refused(session, link):
    assert "ändrats" in refused(session, sign(b"another secret of enough length!", link))


def test_a_link_stops_when_its_lifetime_ends(session, link):
    token = sign(SECRET, link)
    assert open_link(session, SECRET, token, NOW + timedelta(days=180, seconds=-1))
    assert "gällde till onsdag 8 mars 2028" in refused(session, token, NOW + timedelta(days=180))


def test_a_revoked_link_is_refused_also_with_a_token_signed_afterwards(session, link):
    token = sign(SECRET, link)
    revoke(session, link.id, NOW, "ekonomikontoret")
    assert "återkallad" in refused(session, token)
    assert "återkallad" in refused(session, sign(SECRET, link))


def test_a_renewed_link_replaces_the_old_token(session, link):
    old = sign(SECRET, link)
    revoke(session, link.id, NOW, "ekonomikontoret")
    new = sign(SECRET, renew(session, link.id, NOW, "ekonomikontoret"))
    assert "ersatt av en nyare" in refused(session, old)
    assert open_link(session, SECRET, new, NOW).id == link.id


def test_a_living_link_is_used_again_until_60_days_are_left(session, link):
    assert issue(session, CHIEF, ["forvaltningschef"], NOW + timedelta(days=119)).id == link.id
    assert issue(session, CHIEF, ["forvaltningschef"], NOW + timedelta(days=120)).id != link.id


def test_other_roles_or_a_revoked_link_give_a_new_one(session, link):
    assert issue(session, CHIEF, ["forvaltningschef", "controller"], NOW).id != link.id
    assert revoke_all(session, CHIEF, NOW, "ekonomikontoret") == 2
    assert issue(session, CHIEF, ["forvaltningschef"], NOW).id != link.id


def test_a_link_that_is_there_no_more_is_told(session, link):
    token = sign(SECRET, link)
    session.delete(link)
    session.flush()
    assert "finns inte längre" in refused(session, token)
