"""The municipality's own login: OpenID Connect, code flow with PKCE, and what its claims say about somebody."""

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.deprecate import AuthlibDeprecationWarning

with warnings.catch_warnings():  # that it will one day want another http library is no word for our log
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.starlette_client import StarletteOAuth2App
try:
    from httpx2 import HTTPError  # what Authlib speaks with where it is installed
except ImportError:
    from httpx import HTTPError
from joserfc.errors import JoseError

from actions.entry import OFFICE, SECRETARY, Provider
from arshjul.errors import ArshjulError
from notifications.plain import one_line
from store.people.person_words import may_log_in, name_faults

logger = logging.getLogger(__name__)

CALLBACK = "/logga-in/svar"  #: the redirect URI that is registered with the provider
TIMEOUT = 10.0  #: seconds that the provider may take for each question
LEEWAY = 60  #: seconds that the provider's clock and ours may differ
#: signatures by a key that only the provider has; "none" and a shared secret are never accepted
SIGNATURES = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderDownError(ArshjulError):
    """The provider does not answer, or not as OpenID says."""


class NotProvenError(ArshjulError):
    """The provider's answer does not prove who it is. ``why`` is for the log, without a secret."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A login on its way: where the browser is sent, and what must come back to that same browser."""

    url: str
    state: str
    nonce: str
    verifier: str


class OpenId:
    """The client of one provider. What it publishes is fetched at the first login, and its keys when they change.

    An ID token's times are held against the machine's own clock, as the provider's is, also when ours is virtual.
    """

    def __init__(self, provider: Provider, public_url: str) -> None:
        self.provider = provider
        self._redirect_uri = f"{public_url}{CALLBACK}"
        self._app = StarletteOAuth2App(
            None,  # no framework's session: the browser keeps an attempt in a cookie of ours
            name="kommunen",
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": provider.scope,
                "code_challenge_method": "S256",
                "timeout": TIMEOUT,
                "trust_env": urlsplit(provider.issuer).hostname not in LOOPBACK,
            },
        )

    async def start(self) -> Attempt:
        """Return a new attempt. Raises ProviderDownError."""
        try:
            await self._load()
            made = await self._app.create_authorization_url(self._redirect_uri)
        except (HTTPError, ValueError, TypeError, RuntimeError) as error:
            raise _down(error) from None
        return Attempt(url=made["url"], state=made["state"], nonce=made["nonce"], verifier=made["code_verifier"])

    async def finish(self, code: str, nonce: str, verifier: str) -> Mapping[str, Any]:
        """Swap a code for an ID token and return its claims, once everything about it is checked.

        Its signature, issuer, audience, times and nonce. Raises NotProvenError, or ProviderDownError.
        """
        try:
            await self._load()
            token = await self._app.fetch_access_token(self._redirect_uri, code=code, code_verifier=verifier)
            claims = await self._app.parse_id_token(token, nonce, leeway=LEEWAY)
        except OAuthError as error:
            raise NotProvenError(f"leverantören: {one_line(str(error.error))[:60]}") from None
        except JoseError as error:
            raise NotProvenError(f"id-token: {one_line(error.error)[:60]}") from None
        except (HTTPError, RuntimeError) as error:
            raise _down(error) from None
        except (ValueError, TypeError, KeyError) as error:
            logger.warning("openid.unreadable error=%s", type(error).__name__)
            raise NotProvenError("svaret gick inte att läsa") from None
        if not claims:
            raise NotProvenError("id-token saknas")
        return dict(claims)

    async def _load(self) -> None:
        """Fetch what the provider publishes, once; it must be this issuer's, and sign with its own key."""
        known = await self._app.load_server_metadata()
        if str(known.get("issuer", "")).rstrip("/") != self.provider.issuer.rstrip("/"):
            known.pop("_loaded_at", None)  # ask again next time
            raise ValueError("another issuer")
        signs = [each for each in known.get("id_token_signing_alg_values_supported", ()) if each in SIGNATURES]
        known["id_token_signing_alg_values_supported"] = signs or ["RS256"]


def claimed_roles(provider: Provider, claims: Mapping[str, Any]) -> frozenset[str]:
    """Return our roles for what the role claim says: a value, or a list of them."""
    value: Any = claims
    for name in (provider.role_claim or "").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    values = {str(each) for each in value} if isinstance(value, list | tuple) else {str(value)} - {"None"}
    ours = {OFFICE: provider.office_values, SECRETARY: provider.secretary_values}
    return frozenset(role for role, meant in ours.items() if meant & values)


def proven_address(provider: Provider, claims: Mapping[str, Any]) -> str | None:
    """Return the address that the provider vouches for, or None; one that could be taken for another is none."""
    address = claims.get("email")
    verified = claims.get("email_verified") in (True, "true") or provider.trusts_addresses
    return address if isinstance(address, str) and verified and len(address) <= 254 and may_log_in(address) else None


def claimed_name(claims: Mapping[str, Any]) -> str:
    """Return a person's name as the provider says it, on one line: it stands in the log, and in letters.

    A name that nobody may have (the service's own, one that is a link, another alphabet's look-alike) is passed over
    for the next claim.
    """
    for claim in ("name", "preferred_username", "email", "sub"):
        name = one_line(value)[:120].strip() if isinstance(value := claims.get(claim), str) else ""
        if not any(name_faults(name)):
            return name
    return "okänd"


def _down(error: Exception) -> ProviderDownError:
    logger.warning("openid.down error=%s", type(error).__name__)  # the message may hold an address with a code in it
    return ProviderDownError("leverantören svarar inte")
