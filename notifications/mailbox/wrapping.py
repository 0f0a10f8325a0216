"""Files in which others lie that we do not take out: each told by its name, with what to do."""

from notifications.mailbox.enclosed import File

_ENDINGS = {
    ".msg": "ett Outlook-brev (.msg): spara bilagan ur det, och lämna in den.",
    ".eml": "ett sparat brev (.eml): spara filerna ur det, och lämna in dem.",
    ".rpmsg": "ett skyddat brev (.rpmsg), som bara mottagaren kan öppna: be avsändaren om det utan skydd.",
    ".zip": "Packa upp den och lämna filerna var för sig.",
    ".7z": "Packa upp den och lämna filerna var för sig.",
    ".rar": "Packa upp den och lämna filerna var för sig.",
}
_TYPES = {
    "application/vnd.ms-outlook": ".msg",
    "application/x-microsoft-rpmsg-message": ".rpmsg",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/x-7z-compressed": ".7z",
    "application/vnd.rar": ".rar",
}
_OWN = (".xlsx", ".docx", ".ods", ".odt", ".pdf")  #: these are zips, or sent as one by a program that looks inside


def how_to_unwrap(file: File) -> str:
    """Return in Swedish what to do with a file in which others lie; "" for any other. By its name, else its type."""
    name = file.name.casefold().rstrip()
    if name.endswith(_OWN):
        return ""
    by_name = next((ending for ending in _ENDINGS if name.endswith(ending)), None)
    return _ENDINGS.get(by_name or _TYPES.get(file.media_type, ""), "")
