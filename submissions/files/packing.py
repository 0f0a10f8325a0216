"""An Office file's bytes made the same whatever the clock: made twice of the same things, it is one file."""

import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
Edit = Callable[[bytes], bytes]


def frozen(
    save: Callable[[io.BytesIO], object], at: datetime | None = None, edits: Mapping[str, Edit] | None = None
) -> bytes:
    """Return what ``save`` writes, with every time in its zip fixed.

    Its properties say that it was made ``at``, if that is told. ``edits`` rewrite entries by their name.
    """
    loose, into = io.BytesIO(), io.BytesIO()
    save(loose)
    with ZipFile(loose) as source, ZipFile(into, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml" and at:
                stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = _TIMES.sub(rb"\g<1>" + stamp + rb"\g<3>", content)
            if edits and entry.filename in edits:
                content = edits[entry.filename](content)
            kept = ZipInfo(entry.filename, date_time=(1980, 1, 1, 0, 0, 0))
            kept.compress_type, kept.create_system = ZIP_DEFLATED, 3
            target.writestr(kept, content)
    return into.getvalue()
