"""Files in which others lie that we do not take out: known by what the mail calls them, where their bytes tell nothing."""

from collections.abc import Mapping
from types import MappingProxyType

from notifications.mailbox.enclosed import File
from submissions.files.foreign import MAIL, OUTLOOK, PACKED, PROTECTED_MAIL, ZIP, Foreign

_ENDINGS: Mapping[str, Foreign] = MappingProxyType(
    {".msg": OUTLOOK, ".eml": MAIL, ".rpmsg": PROTECTED_MAIL, ".zip": ZIP, ".7z": PACKED, ".rar": PACKED}
)
_TYPES: Mapping[str, Foreign] = MappingProxyType(
    {
        "application/vnd.ms-outlook": OUTLOOK,
        "application/x-microsoft-rpmsg-message": PROTECTED_MAIL,
        "application/zip": ZIP,
        "application/x-zip-compressed": ZIP,
        "application/x-7z-compressed": PACKED,
        "application/vnd.rar": PACKED,
    }
)
_OWN = (".xlsx", ".docx", ".ods", ".odt", ".pdf")  #: these are zips, or sent as one by a program that looks inside


def how_to_unwrap(file: File) -> str:
    """Return in Swedish what to do with a file in which others lie; "" for any other. By its name, else its type."""
    name = file.name.casefold().rstrip()
    if name.endswith(_OWN):
        return ""
    by_name = next((each for ending, each in _ENDINGS.items() if name.endswith(ending)), None)
    wrapped = by_name or _TYPES.get(file.media_type)
    return f"{wrapped.message} {wrapped.mend('')}" if wrapped else ""
