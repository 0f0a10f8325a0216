"""An office file's bytes made the same whatever the clock, so that a mall made twice is one file."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def frozen(save: Callable[[io.BytesIO], None], modified: datetime | None = None) -> bytes:
    """Return what ``save`` writes, with every time in the archive fixed, and when it was last changed if told."""
    loose, fixed = io.BytesIO(), io.BytesIO()
    save(loose)
    with ZipFile(loose) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == _CORE and modified:
                content = _MODIFIED.sub(rb"\g<1>%s\g<2>" % f"{modified:%Y-%m-%dT%H:%M:%SZ}".encode(), content)
            kept = ZipInfo(entry.filename, date_time=(1980, 1, 1, 0, 0, 0))
            kept.compress_type, kept.create_system = ZIP_DEFLATED, 3
            target.writestr(kept, content)
    return fixed.getvalue()
