"""The log's pages, for the ekonomikontor: who did what when, whether the chain holds, and files to take along."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from actions.filled_in import asked_digest
from arshjul.errors import RefusedError
from arshjul.file_names import file_name
from arshjul.swedish import local_date
from portal.loggen.export import MOST_IN_A_WORKBOOK, as_csv, write_xlsx
from portal.loggen.log_words import GROUPS
from portal.loggen.view import FIELDS, one_page, read_search, verdict_words
from portal.web.attachments import disposition
from portal.web.context import PortalContext
from portal.web.logged_in import ByOffice, office, walled
from portal.web.pages import Pages
from store.log.log_verdict import verify
from store.log.search import count, every

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 4_000_000  #: bytes of a workbook that are held before it goes to disk
HEADS_SHOWN = 14  #: days


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the log, all of them the ekonomikontor's."""
    router = walled(dependencies=[Depends(office)])
    definition = context.office.definition

    @router.get("/loggen")
    def log(
        who: ByOffice,
        q: str = "",
        vem: str = "",
        vad: str = "",
        om: str = "",
        fran: str = "",
        till: str = "",
        sida: int = 1,
    ) -> Response:
        """Show one page of what is asked for, the newest first."""
        asked = dict(zip(FIELDS, (q, vem, vad, om, fran, till), strict=True))
        with context.store.read() as session:
            shown = one_page(session, definition, asked, sida)
        return pages.html("loggen.html", context.clock(), who=who, shown=shown, groups=GROUPS)

    @router.get("/loggen/kontroll")
    def check(who: ByOffice, summa: str = "") -> Response:
        """Go through the chain, and look for a digest from a letter."""
        asked = summa.strip() or None
        with context.store.read(still=True) as session:
            verdict = verify(session, asked_digest(asked) if asked else None)
        holds = verdict.broken is None and (asked is None or verdict.asked is not None)
        return pages.html(
            "loggen_kontroll.html",
            context.clock(),
            who=who,
            holds=holds,
            words=verdict_words(verdict, asked),
            verdict=verdict,
            asked=summa,
            heads=list(reversed(list(verdict.heads.items())[-HEADS_SHOWN:])),
        )

    @router.get("/loggen.csv")
    def csv_file(q: str = "", vem: str = "", vad: str = "", om: str = "", fran: str = "", till: str = "") -> Response:
        """Return everything that is asked for, the oldest first, while it is read."""
        search = read_search(dict(zip(FIELDS, (q, vem, vad, om, fran, till), strict=True)))

        def lines() -> Iterator[bytes]:
            with context.store.read(still=True) as session:
                yield from as_csv(definition, every(session, search))

        return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=_as_file(context, "csv"))

    @router.get("/loggen.xlsx")
    def workbook(q: str = "", vem: str = "", vad: str = "", om: str = "", fran: str = "", till: str = "") -> Response:
        """Return everything that is asked for as a workbook."""
        search = read_search(dict(zip(FIELDS, (q, vem, vad, om, fran, till), strict=True)))
        into: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
        with context.store.read(still=True) as session:
            many = count(session, search)
            if many > MOST_IN_A_WORKBOOK:
                raise RefusedError(
                    f"Urvalet är {many} rader, och en arbetsbok tar {MOST_IN_A_WORKBOOK}. "
                    "Välj färre dagar, eller hämta det som CSV."
                )
            write_xlsx(definition, every(session, search), many, into)
        into.seek(0)
        return StreamingResponse(_pieces(into), media_type=XLSX, headers=_as_file(context, "xlsx"))

    return router


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(65536):
            yield piece


def _as_file(context: PortalContext, ending: str) -> dict[str, str]:
    return {
        "Content-Disposition": disposition(file_name(ending, f"Loggen {local_date(context.clock())}")),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
