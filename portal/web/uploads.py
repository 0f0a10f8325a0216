"""Reading a form with files as it streams in, within limits of size and time. What is refused is in the log."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import IO

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from notifications.plain import one_line
from portal.web.denials import UNKNOWN, DeniedError
from submissions.files.contents import clean_name
from submissions.files.figures import clean
from submissions.files.scanning import InfectedError, ScannerDownError
from submissions.intake.room import Intake

logger = logging.getLogger(__name__)

DRAIN = 4  #: times the limit that is read and thrown away, so that the browser shows our answer and not a broken line
FIELD = 20_000  #: bytes of one field that is no file
BROKEN = "Formuläret kom inte fram som det skulle. Ladda om sidan och försök igen."
NO_ROOM = "Det finns för lite plats kvar på servern, så inga filer kan tas emot just nu. Inget har sparats. Säg till ekonomikontoret, och försök igen när de har ordnat det."
NOT_SCANNED = "Virusskyddet svarar inte, så inga filer kan tas emot just nu. Inget har sparats. Försök igen om en stund; fungerar det fortfarande inte, säg till ekonomikontoret."
SLOW = "Överföringen tog för lång tid. Kontrollera uppkopplingen och försök igen."


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderPatience:
    """How long a sender may take, in seconds."""

    idle: float = 30.0  #: silent, between two pieces
    whole: float = 900.0  #: for a whole hand-in


async def read_form(
    request: Request, *, max_bytes: int, max_files: int, max_fields: int, who: str = UNKNOWN
) -> FormData:
    """Return the form, its words without what hides or turns text. Files lie on disk; the caller closes the form.

    Raises DeniedError as :func:`parsed_form` and :func:`scanned_form` do.
    """
    form = await parsed_form(request, max_bytes=max_bytes, max_files=max_files, max_fields=max_fields, who=who)
    return await scanned_form(request, form, who)


async def parsed_form(
    request: Request, *, max_bytes: int, max_files: int, max_fields: int, who: str = UNKNOWN
) -> FormData:
    """Return the form when all of it is here; nothing of it may be used before the scanner has seen it.

    Raises DeniedError for ``who``: 413 over ``max_bytes``, 408 when the sender is too slow, 415 when it is no form of
    a browser's, 400 when it cannot be read or holds what no database takes (NUL), 507 when the disk has no room for
    its files.
    """
    intake: Intake = request.app.state.intake
    if max_files:
        _refuse_full(request, intake, max_bytes, who)
    kind = request.headers.get("content-type", "")
    patience: SenderPatience = request.app.state.patience
    stream = _counted(request, max_bytes, who, patience.idle)
    limits = {"max_fields": max_fields, "max_part_size": FIELD}
    try:
        async with asyncio.timeout(patience.whole):
            if kind.startswith("multipart/form-data") and _is_utf8(kind):
                form = await MultiPartParser(request.headers, stream, max_files=max_files, **limits).parse()
            elif kind.startswith("application/x-www-form-urlencoded"):
                form = await FormParser(request.headers, stream, **limits).parse()
            else:
                raise DeniedError(
                    "Det här är inget formulär från den här sidan.", "inget formulär", who=who, status=415
                )
    except MultiPartException:
        raise DeniedError(BROKEN, "ett trasigt formulär", who=who, status=400) from None
    except TimeoutError:
        raise DeniedError(SLOW, "för långsamt", who=who, status=408) from None
    except ClientDisconnect:
        raise DeniedError("Överföringen avbröts.", "avbrutet", who=who, status=400) from None
    if _holds_nul(form):
        await form.close()
        raise DeniedError(BROKEN, "ett trasigt formulär", who=who, status=400)
    return form


async def scanned_form(request: Request, form: FormData, who: str) -> FormData:
    """Return the form that the virus scanner has seen, its words without what hides or turns text.

    Raises DeniedError for ``who``, and closes the form: 422 when it finds something, 503 when it does not say.
    """
    intake: Intake = request.app.state.intake
    try:
        await run_in_threadpool(_scan, intake, form, who)
    except DeniedError:
        await form.close()
        raise
    return FormData([(name, clean(value) if isinstance(value, str) else value) for name, value in form.multi_items()])


def _refuse_full(request: Request, intake: Intake, max_bytes: int, who: str) -> None:
    length = request.headers.get("content-length", "")
    coming = min(int(length), max_bytes) if length.isdecimal() and len(length) < 16 else 0
    if words := intake.lacks_room(coming):
        logger.error("disk.no_room words=%s", words)
        raise DeniedError(NO_ROOM, "disken är full", who=who, status=507, headers={"Retry-After": "3600"})


def _scan(intake: Intake, form: FormData, who: str) -> None:
    """Let the scanner look at every file, before anybody reads it."""
    for _, value in form.multi_items():
        for file in [value] if isinstance(value, UploadFile) else []:
            scan(intake, clean_name(file.filename or "", None, "fil"), file.file, who)


def scan(intake: Intake, name: str, file: IO[bytes] | bytes, who: str) -> None:
    """Let the scanner look at a file of ``who``'s. Raises DeniedError: 422 when it finds something, 503 when it is silent."""
    try:
        intake.scan(name, file)
    except InfectedError as found:
        raise DeniedError(str(found), f"virus: {one_line(found.virus)}", who=who, status=422) from None
    except ScannerDownError as down:
        logger.error("scanner.down words=%s", down)
        again = {"Retry-After": "300"}
        raise DeniedError(NOT_SCANNED, "virusskannern svarar inte", who=who, status=503, headers=again) from None


def _is_utf8(kind: str) -> bool:
    """Tell whether a form is in the characters that browsers use; others can be chosen so that reading them fails."""
    _, options = parse_options_header(kind)
    return options.get(b"charset", b"utf-8").lower() == b"utf-8"


def _holds_nul(form: FormData) -> bool:
    return any(
        "\0" in f"{name}{value if isinstance(value, str) else value.filename}" for name, value in form.multi_items()
    )


async def _counted(request: Request, max_bytes: int, who: str, idle: float) -> AsyncGenerator[bytes, None]:
    total, stream = 0, request.stream()
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream), idle)
        except StopAsyncIteration:
            break
        total += len(chunk)
        if total <= max_bytes:
            yield chunk
        elif total > DRAIN * max_bytes:
            break
    if total > max_bytes:
        megabytes = max_bytes // (1024 * 1024)
        most = f"{megabytes} MB" if megabytes else f"{max_bytes // 1000} kB"
        remedy = "Lämna in en fil i taget, högst 20 MB var." if megabytes else "Korta texten och försök igen."
        word = f"Det du skickade är större än {most}. Inget har tagits emot. {remedy}"
        raise DeniedError(word, "för stort", who=who, status=413)
