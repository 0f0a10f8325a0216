"""Logging in through a real OpenID provider on loopback: who comes in, and every answer that proves nobody."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from oidc_provider_mock import User, run_server_in_thread

from actions.entry import LoginRules, Provider
from portal.login.openid import claimed_name, claimed_roles, proven_address
from store.tables import LoginSession, LogRow
from tests.rig.handins import town
from tests.rig.pages.client import PLAIN, Client
from tests.rig.pages.hall import COOKIE, OFFICE, SECRETARY, Hall
from tests.rig.servers.foreign_provider import foreign_provider
from tests.rig.servers.ports import free_port

pytestmark = pytest.mark.whole

PUBLIC = "http://testserver"
PEOPLE = (
    User(
        sub="anna", claims={"name": "Anna Ek", "email": OFFICE, "email_verified": True, "groups": ["ekonomi", "alla"]}
    ),
    User(sub="lo", claims={"name": "Lo\r\nEk", "email": SECRETARY, "email_verified": True, "groups": "sekreterare"}),
    User(sub="bo", claims={"name": "Bo", "email": "bo@example.se", "email_verified": True, "groups": ["alla"]}),
    User(sub="eva", claims={"name": "Eva", "email": OFFICE, "email_verified": False}),
)


@contextmanager
def provider(**options) -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE, **options) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider(require_nonce=True) as address:
        yield address


def rules(issuer, **more):
    return LoginRules(provider=Provider(issuer=issuer, client_id="arshjul", client_secret="hemligt", **more))


BY_GROUPS = {
    "role_claim": "groups",
    "office_values": frozenset({"ekonomi"}),
    "secretary_values": frozenset({"sekreterare"}),
}


class Walk:
    """A browser that walks from the page to the provider and back."""

    def __init__(self, hall):
        self.hall = hall
        self.browser = Client(hall.app(), base_url=PUBLIC, follow_redirects=False)

    def start(self, till="/lage"):
        """Press the login page's button; return the provider's address."""
        answer = self.browser.get("/logga-in/kommunen", params={"till": till})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def consent(self, address, who="anna"):
        """Log in at the provider; return the path to which it sends the browser back."""
        back = httpx.post(address, data={"sub": who}, trust_env=False, verify=PLAIN, timeout=150).headers["location"]
        assert back.startswith(f"{PUBLIC}/logga-in/svar?")
        return back.removeprefix(PUBLIC)

    def log_in(self, who="anna", till="/lage"):
        return self.browser.get(self.consent(self.start(till), who))

    def why(self):
        return [what for _, _, what in self.hall.denied() if what.startswith("inloggning")]


@pytest.fixture
def walk(issuer):
    return Walk(Hall(town(), rules=rules(issuer)))


@pytest.mark.slow
class TestTheFlow:
    def test_the_login_page_leads_to_the_provider_and_back_to_the_page_asked_for(self, walk):
        page = walk.browser.get(walk.browser.get("/lage/delarsrapport/2027-08").headers["location"]).text
        assert 'href="/logga-in/kommunen?till=/lage/delarsrapport/2027-08"' in page and "E-postadress" not in page
        asked = parse_qs(urlsplit(walk.start("/lage/delarsrapport/2027-08")).query)
        assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]
        assert {"state", "nonce", "code_challenge"} <= set(asked)
        assert asked["redirect_uri"] == [f"{PUBLIC}/logga-in/svar"]
        answer = walk.log_in(till="/lage/delarsrapport/2027-08")
        assert (answer.status_code, answer.headers["location"]) == (303, "/lage/delarsrapport/2027-08")
        assert "Anna Ek" in walk.browser.get("/lage").text

    def test_roles_come_from_the_store_by_the_proven_address(self, walk):
        walk.log_in("lo")
        assert walk.browser.get("/lage").status_code == 200
        assert walk.hall.rows(LoginSession)[0].name == "Lo Ek"  # one line, also in the log

    def test_roles_come_from_the_claim_that_the_settings_name(self, issuer, tmp_path):
        walk = Walk(Hall(town(), rules=rules(issuer, **BY_GROUPS), maildir=tmp_path))
        for who, laget, brev in (("anna", 200, 200), ("lo", 200, 403)):
            walk.log_in(who)
            assert [walk.browser.get(path).status_code for path in ("/lage", "/brev")] == [laget, brev]
        assert [sorted(row.roles) for row in walk.hall.rows(LoginSession)] == [
            ["ekonomikontoret"],
            ["namndsekreterare"],
        ]

    @pytest.mark.parametrize(
        ("who", "more", "why"),
        [
            ("bo", {}, "inloggning: ingen roll"),
            ("bo", BY_GROUPS, "inloggning: ingen roll"),
            ("eva", {}, "inloggning: adressen är inte styrkt"),  # anybody can claim an address that nobody verified
        ],
    )
    def test_whoever_has_no_role_is_not_let_in(self, issuer, who, more, why):
        walk = Walk(Hall(town(), rules=rules(issuer, **more)))
        answer = walk.log_in(who)
        assert answer.status_code == 403 and "ingen roll som får logga in" in answer.text
        assert walk.why() == [why] and walk.hall.rows(LoginSession) == []

    def test_no_letter_is_written_where_there_is_a_provider(self, walk):
        assert walk.browser.post("/logga-in", data={"adress": OFFICE}).status_code == 404
        assert walk.hall.letters() == []

    def test_logging_in_takes_over_no_session_that_was_there(self, walk):
        walk.log_in()
        before = walk.browser.cookies[COOKIE]
        walk.log_in("lo")
        assert walk.browser.cookies[COOKIE] != before
        assert [row.revoked_at is None for row in walk.hall.rows(LoginSession)] == [False, True]

    def test_no_code_state_or_token_is_in_the_log(self, walk):
        back = walk.consent(walk.start())
        walk.browser.get(back)
        walk.browser.get(back)
        told = str([(row.who, row.what, row.key, row.detail) for row in walk.hall.rows(LogRow)])
        assert not any(value in told for many in parse_qs(urlsplit(back).query).values() for value in many)


@pytest.mark.slow
class TestWhatProvesNobody:
    def refused(self, walk, answer, why):
        assert answer.status_code == 403 and "Börja om från inloggningssidan" in answer.text
        assert walk.why()[-1] == why
        assert COOKIE not in walk.browser.cookies

    def test_another_state(self, walk):
        back = walk.consent(walk.start())
        state = parse_qs(urlsplit(back).query)["state"][0]
        self.refused(
            walk, walk.browser.get(back.replace(state, state[::-1])), "inloggning: svaret hör till ett annat försök"
        )

    def test_another_browsers_answer(self, walk):
        back = walk.consent(walk.start())
        other = Walk(walk.hall)
        self.refused(other, other.browser.get(back), "inloggning: inget försök i den här webbläsaren")
        other.start()
        self.refused(other, other.browser.get(back), "inloggning: svaret hör till ett annat försök")

    def test_another_attempts_nonce(self, walk):
        first = walk.consent(walk.start())  # its code stands for the first attempt's nonce
        second = walk.consent(walk.start())
        code = {each: parse_qs(urlsplit(each).query)["code"][0] for each in (first, second)}
        self.refused(
            walk, walk.browser.get(second.replace(code[second], code[first])), "inloggning: id-token: invalid_claim"
        )

    def test_a_code_that_was_used(self, walk):
        back = walk.consent(walk.start())
        kept = walk.browser.cookies["arshjul-vag"]
        assert walk.browser.get(back).status_code == 303
        thief = Walk(walk.hall)
        thief.browser.cookies.set("arshjul-vag", kept)
        self.refused(thief, thief.browser.get(back), "inloggning: leverantören: invalid_grant")

    def test_a_code_that_the_provider_never_gave(self, walk):
        back = walk.consent(walk.start())
        code = parse_qs(urlsplit(back).query)["code"][0]
        self.refused(walk, walk.browser.get(back.replace(code, "x")), "inloggning: leverantören: invalid_grant")

    def test_an_attempt_that_is_too_old(self, walk):
        back = walk.consent(walk.start())
        walk.hall.now += timedelta(minutes=10)
        self.refused(walk, walk.browser.get(back), "inloggning: försöket är för gammalt")

    def test_an_attempt_that_the_browser_has_changed(self, walk):
        back = walk.consent(walk.start())
        kept = walk.browser.cookies["arshjul-vag"]
        walk.browser.cookies.clear()
        # not its last sign, of which some bits mean nothing
        walk.browser.cookies.set("arshjul-vag", kept[:-5] + ("A" if kept[-5] != "A" else "B") + kept[-4:])
        self.refused(walk, walk.browser.get(back), "inloggning: inget försök i den här webbläsaren")

    def test_somebody_who_says_no_at_the_provider(self, walk):
        address = walk.start()
        state = parse_qs(urlsplit(address).query)["state"][0]
        answer = walk.browser.get(f"/logga-in/svar?error=access_denied&error_description=<i>&state={state}")
        self.refused(walk, answer, "inloggning: access_denied")
        assert "<i>" not in answer.text

    def test_an_id_token_that_has_expired(self):
        with provider(access_token_max_age=timedelta(minutes=-5)) as address:
            walk = Walk(Hall(town(), rules=rules(address)))
            self.refused(walk, walk.log_in(), "inloggning: id-token: expired_token")

    def test_a_provider_that_publishes_another_issuer_than_the_settings_say(self, issuer):
        with foreign_provider(issuer) as address:
            answer = Walk(Hall(town(), rules=rules(address))).browser.get("/logga-in/kommunen")
        assert answer.status_code == 503

    @pytest.mark.parametrize(
        ("algorithm", "key", "why"),
        [
            ("RS256", RSAKey.generate_key(2048), "bad_signature"),
            ("HS256", OctKey.import_key("hemligt"), "unsupported_algorithm"),  # the secret that both know
            ("none", OctKey.import_key("x"), "unsupported_algorithm"),
        ],
    )
    def test_a_token_that_the_providers_own_key_has_not_signed(self, issuer, algorithm, key, why):
        nonces = []

        def forge(address):
            now = int(time.time())
            claims = {"iss": address, "sub": "x", "aud": "arshjul", "iat": now, "exp": now + 60, "nonce": nonces[0]}
            claims |= {"email": OFFICE, "email_verified": True}
            return jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])

        signs = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
        with foreign_provider(issuer, forge, **signs) as address:
            walk = Walk(Hall(town(), rules=rules(address)))
            asked = parse_qs(urlsplit(walk.start()).query)
            nonces += asked["nonce"]
            answer = walk.browser.get(f"/logga-in/svar?code=x&state={asked['state'][0]}")
            self.refused(walk, answer, f"inloggning: id-token: {why}")


@pytest.mark.slow
def test_a_provider_that_is_down_is_told_with_the_way_in_that_is_left():
    walk = Walk(Hall(town(), rules=rules(f"http://localhost:{free_port()}")))
    answer = walk.browser.get("/logga-in/kommunen")
    assert answer.status_code == 503 and "arshjul login" in answer.text and answer.headers["retry-after"] == "60"


SETTINGS = Provider(issuer="https://login.example.se", client_id="a", client_secret="b", **BY_GROUPS)


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"groups": ["ekonomi"]}, {"ekonomikontoret"}),
        ({"groups": ["ekonomi", "sekreterare"]}, {"ekonomikontoret", "namndsekreterare"}),
        ({"groups": "ekonomi"}, {"ekonomikontoret"}),
        ({"groups": ["Ekonomi", "ekonomi2", None, {"ekonomi": 1}]}, set()),
        ({"groups": None}, set()),
        ({"groups": {"ekonomi": True}}, set()),
        ({}, set()),
    ],
)
def test_a_claim_gives_the_roles_whose_values_it_holds_exactly(claims, roles):
    assert claimed_roles(SETTINGS, claims) == roles


def test_dots_in_the_claims_name_lead_inwards():
    inner = replace(SETTINGS, role_claim="realm_access.roles")
    assert claimed_roles(inner, {"realm_access": {"roles": ["ekonomi"]}}) == {"ekonomikontoret"}
    assert claimed_roles(inner, {"realm_access": "roles"}) == frozenset()


@pytest.mark.parametrize(
    ("verified", "trusts", "proven"),
    [(True, False, True), ("true", False, True), (False, False, False), (None, False, False), (None, True, True)],
)
def test_an_address_counts_when_it_is_verified_or_the_settings_trust_the_provider(verified, trusts, proven):
    settings = replace(SETTINGS, trusts_addresses=trusts)
    assert (proven_address(settings, {"email": OFFICE, "email_verified": verified}) == OFFICE) is proven


def test_a_name_is_one_line_and_somebody_without_one_has_their_address():
    assert claimed_name({"name": "Anna\r\nEk\u202e", "email": "a@example.se"}) == "Anna Ek"
    assert claimed_name({"name": " ", "email": "a@example.se"}) == "a@example.se"
    assert claimed_name({}) == "okänd"
