"""Logging in through the municipality's provider: sent there with an attempt, and back with the answer to it."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.entry import Provider, entrant
from arshjul.swedish import local_date
from notifications.plain import one_line
from portal.login.openid import (
    CALLBACK,
    Attempt,
    NotProvenError,
    OpenId,
    ProviderDownError,
    claimed_name,
    claimed_roles,
    proven_address,
)
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.logged_in import Authenticator, walled
from portal.web.paths import local_path
from store.access.proof import Signed, is_same

START = "/logga-in/kommunen"
ON_ITS_WAY = timedelta(minutes=10)  #: how long a login through the provider may take
DOWN = "Kommunens inloggning svarar inte. Vänta en stund och försök igen. Går det fortfarande inte: be den som sköter tjänsten skriva ut en länk med kommandot arshjul login."
NOT_PROVEN = "Kommunens inloggning släppte inte in dig den här gången, eller så hade sidan legat för länge. Börja om från inloggningssidan."
NO_ROLE = (
    "Du är känd av kommunens inloggning, men har ingen roll som får logga in här. Ska du ha det: be ekonomikontoret."
)


class _Way:
    """An attempt's way there and back, and what its answer gives."""

    def __init__(self, context: PortalContext, authenticator: Authenticator, provider: Provider) -> None:
        self.context, self.authenticator, self.provider = context, authenticator, provider
        self._attempts = Signed(context.office.secret, "openid")

    @property
    def cookie(self) -> str:
        """The cookie that holds an attempt to the browser that began it."""
        return f"{self.context.cookie_prefix}arshjul-vag"

    def keep(self, attempt: Attempt, next_path: str, now: datetime) -> str:
        """Return the attempt's cookie."""
        until = int((now + ON_ITS_WAY).timestamp())
        return self._attempts.sign(attempt.state, attempt.nonce, attempt.verifier, next_path, until)

    def kept(self, request: Request, state: str, now: datetime) -> tuple[str, str, str]:
        """Return nonce, verifier and next path of the attempt that ``state`` answers; raise 403."""
        match self._attempts.read(request.cookies.get(self.cookie), 4000):
            case [str(ours), str(nonce), str(verifier), str(next_path), int(until)]:
                if not is_same(state, ours):
                    raise DeniedError(NOT_PROVEN, "inloggning: svaret hör till ett annat försök")
                if now.timestamp() >= until:
                    raise DeniedError(NOT_PROVEN, "inloggning: försöket är för gammalt")
                return nonce, verifier, next_path
        raise DeniedError(NOT_PROVEN, "inloggning: inget försök i den här webbläsaren")

    def proven(self, request: Request, claims: dict[str, object], next_path: str, now: datetime) -> Response:
        """Log in whom the provider has proven, if they have a role."""
        context, provider = self.context, self.provider
        address, name = proven_address(provider, claims), claimed_name(claims)
        with context.store.begin() as session:
            roles: frozenset[str] | None = None
            if provider.role_claim:
                roles = may = claimed_roles(provider, claims)
            else:
                found = entrant(session, context.office, context.login, address, local_date(now)) if address else None
                may = found.roles if found else frozenset()
            if may:
                subject = one_line(f"{provider.issuer} {claims.get('sub')}")[:300]
                made = self.authenticator.log_in(
                    session, request, now, subject=subject, name=name, address=address, via="openid", roles=roles
                )
        if not may:
            unproven = not provider.role_claim and not address
            raise DeniedError(
                NO_ROLE, "inloggning: adressen är inte styrkt" if unproven else "inloggning: ingen roll", who=name
            )
        answer = self.authenticator.entered(made, next_path)
        answer.delete_cookie(self.cookie, **context.cookie_flags)
        return answer


def routes(context: PortalContext, authenticator: Authenticator) -> APIRouter:
    """Return the routes of the provider's login; none of them is there without a provider."""
    router = walled()
    if context.login.provider is None:
        return router
    openid = OpenId(context.login.provider, context.office.public_url)
    way = _Way(context, authenticator, context.login.provider)

    @router.get(START)
    async def start(till: str = "") -> Response:
        """Send the browser to the provider, with an attempt of its own."""
        now = context.clock()
        try:
            attempt = await openid.start()
        except ProviderDownError:
            raise HTTPException(503, DOWN, {"Retry-After": "60"}) from None
        answer = RedirectResponse(attempt.url, 303)
        age = int(ON_ITS_WAY.total_seconds())
        kept = way.keep(attempt, local_path(till), now)
        answer.set_cookie(way.cookie, kept, max_age=age, **context.cookie_flags)
        return answer

    @router.get(CALLBACK)
    async def back(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
        """Take the provider's answer, from the browser that was sent there."""
        now = context.clock()
        nonce, verifier, next_path = way.kept(request, state, now)
        if error or not code:
            raise DeniedError(NOT_PROVEN, f"inloggning: {one_line(error)[:60] or 'svaret saknar kod'}")
        try:
            claims = await openid.finish(code, nonce, verifier)
        except NotProvenError as refused:
            raise DeniedError(NOT_PROVEN, f"inloggning: {refused.why}") from None
        except ProviderDownError:
            raise HTTPException(503, DOWN, {"Retry-After": "60"}) from None
        return await run_in_threadpool(way.proven, request, dict(claims), next_path, now)

    return router
