"""Reading a form with files as it streams in, within limits of size and time."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

IDLE = 30.0  #: seconds that a sender may be silent
WHOLE = 900.0  #: seconds that a whole hand-in may take
DRAIN = 4  #: times the limit that is read and thrown away, so that the browser shows our answer and not a broken line


async def read_form(request: Request, *, max_bytes: int, max_files: int, max_fields: int) -> FormData:
    """Return the form. Files lie on disk until they are read; the caller closes the form.

    Raises HTTPException: 413 over ``max_bytes``, 408 when the sender is too slow, 400 when it cannot be read.
    """
    kind = request.headers.get("content-type", "")
    stream = _counted(request, max_bytes)
    try:
        async with asyncio.timeout(WHOLE):
            if kind.startswith("multipart/form-data"):
                limits = {"max_files": max_files, "max_fields": max_fields}
                return await MultiPartParser(request.headers, stream, **limits, max_part_size=20_000).parse()
            if kind.startswith("application/x-www-form-urlencoded"):
                return await FormParser(request.headers, stream).parse()
    except MultiPartException:
        raise HTTPException(400, "Formuläret kom inte fram som det skulle. Ladda om sidan och försök igen.") from None
    except TimeoutError:
        raise HTTPException(408, "Överföringen tog för lång tid. Kontrollera uppkopplingen och försök igen.") from None
    except ClientDisconnect:
        raise HTTPException(400, "Överföringen avbröts.") from None
    raise HTTPException(415, "Det här är inget formulär från den här sidan.")


async def _counted(request: Request, max_bytes: int) -> AsyncGenerator[bytes, None]:
    total, stream = 0, request.stream()
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream), IDLE)
        except StopAsyncIteration:
            break
        total += len(chunk)
        if total <= max_bytes:
            yield chunk
        elif total > DRAIN * max_bytes:
            break
    if total > max_bytes:
        megabytes = max_bytes // (1024 * 1024)
        raise HTTPException(
            413,
            f"Det du skickade är större än {megabytes} MB. Inget har tagits emot. Lämna in en fil i taget, högst 20 MB var.",
        )
