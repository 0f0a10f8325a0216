"""The forms that are shown before anybody is known: bound to the browser by a cookie that opens nothing."""

import secrets
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.responses import Response

from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.logged_in import OLD_FORM
from portal.web.pages import Pages
from portal.web.uploads import read_form
from store.access.proof import FormTokens, is_same

AGE = 3600  #: seconds that such a page can lie open
MAX_BYTES = 10_000


class FormCookie:
    """Nobody can make another's browser press a button here: log in as somebody else, or open another's link."""

    def __init__(self, context: PortalContext, pages: Pages) -> None:
        self._context, self._pages = context, pages
        self._forms = FormTokens(context.office.secret, "login.form")
        self._name = f"{context.cookie_prefix}arshjul-form"

    def page(self, request: Request, template: str, now: datetime, **values: Any) -> Response:
        """Return a page whose ``csrf_field()`` belongs to the browser that asks for it."""
        nonce = request.cookies.get(self._name, "")[:64] or secrets.token_urlsafe(18)
        answer = self._pages.html(template, now, csrf=self._forms.of(nonce), **values)
        answer.set_cookie(self._name, nonce, max_age=AGE, **self._context.cookie_flags)
        return answer

    async def fields(self, request: Request) -> dict[str, str]:
        """Return a form's fields once its token is checked. Raises DeniedError (403)."""
        form = await read_form(request, max_bytes=MAX_BYTES, max_files=0, max_fields=10)
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        await form.close()
        nonce = request.cookies.get(self._name)
        if not nonce or not is_same(fields.get("csrf"), self._forms.of(nonce)):
            raise DeniedError(OLD_FORM, "formuläret var för gammalt")
        return fields

    def forget(self, answer: Response) -> None:
        """Take the cookie away once the form has done its work."""
        answer.delete_cookie(self._name, **self._context.cookie_flags)
