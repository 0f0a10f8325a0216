"""Opening what is withheld: only those who are named, and each opening stands in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.act import Act
from actions.contents.lifting import holding
from actions.contents.withholding import WHOLE
from arshjul.errors import RefusedError
from store.database import Session
from store.handins import versions as submissions
from store.handins import withheld
from store.people.people_file import person_id
from store.tables import Withheld, WithheldPiece

OPENED = "withheld.opened"  #: as the log has it


class NotNamedError(RefusedError):
    """Whoever asks is not among those who may open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedContent:
    """What lies behind a spärr."""

    texts: tuple[tuple[str, str], ...]  #: what it is, and what it says
    files: tuple[tuple[int, str], ...]  #: (number from 1, name)


def open_withheld(act: Act, withheld_id: int, address: str | None) -> OpenedContent:
    """Open a spärr for who is logged in with ``address``. Raises NotNamedError, and RefusedError for none that holds."""
    held = _for(act, withheld_id, address)
    pieces = withheld.pieces(act.scene.session, held)
    act.log(OPENED, held.obligation_key, {"withheld": held.id, "what": held.title})
    return OpenedContent(
        texts=tuple(text for piece in pieces for text in _texts(act.scene.session, piece)),
        files=tuple((number, name) for number, (name, _) in enumerate(_files(act, pieces), 1)),
    )


def take_file(act: Act, withheld_id: int, address: str | None, number: int) -> tuple[str, bytes]:
    """Return a file that lies behind a spärr, by its number (from 1): name and bytes. Raises as :func:`open_withheld`."""
    held = _for(act, withheld_id, address)
    files = _files(act, withheld.pieces(act.scene.session, held))
    if not 0 < number <= len(files):
        raise RefusedError("Det finns ingen sådan fil bakom spärren. Öppna den igen och välj där.")
    name, content = files[number - 1]
    act.log(OPENED, held.obligation_key, {"withheld": held.id, "what": held.title, "file": number})
    return name, content


def may_open(held: Withheld, address: str | None) -> bool:
    """Tell whether somebody with this address is named."""
    return address is not None and person_id(address) in {person_id(each) for each in held.readers}


def _for(act: Act, withheld_id: int, address: str | None) -> Withheld:
    held = holding(act, withheld_id)
    if not may_open(held, address):
        raise NotNamedError("Det är spärrat, och du är inte en av dem som får öppna det. Fråga den som spärrade.")
    return held


def _texts(session: Session, piece: WithheldPiece) -> Sequence[tuple[str, str]]:
    if piece.kind == "version":
        was: Mapping[str, Any] = piece.detail
        found = [("Filens namn", was["filename"]), ("Motivering till ej aktuellt", was["ej_aktuellt"])]
        found += [("Anmärkning", " ".join(filter(None, (each["message"], each["mend"])))) for each in was["findings"]]
        found += [("Svar på fråga", each["motivering"]) for each in was["answers"]]
        found += [(name.capitalize(), str(value)) for name, value in was["fields"].items() if len(str(value)) > 5]
        return [(label, text) for label, text in found if text]
    if piece.kind == "opening":
        return [("Avvikelse", piece.detail["was"])]
    if piece.kind == "mail" and WHOLE in piece.detail["strip"]:
        return [("Ämne", _was(session, piece)["subject"] or "(utan ämne)")]
    return []


def _files(act: Act, pieces: Sequence[WithheldPiece]) -> list[tuple[str, bytes]]:
    """Return the files behind a spärr by their names: what was handed in, and a whole mail. The one file once."""
    session, named = act.scene.session, dict[str, str]()
    for piece in pieces:
        row = submissions.by_id(session, int(piece.ref)) if piece.kind == "version" else None
        if row and row.sha256:
            named.setdefault(row.sha256, piece.detail["filename"] or "fil")
        if piece.kind == "mail":
            named = {each["sha256"]: each["name"] for each in _was(session, piece)["files"]} | named
    found = [(named.get(each.ref, "fil"), each.content) for each in pieces if each.kind == "file"]
    found += [
        (
            f"brev-{each.ref}.eml",
            next((one.content for one in withheld.laid(session, "mail", each.ref) if one.content), None),
        )
        for each in pieces
        if each.kind == "mail" and WHOLE in each.detail["strip"]
    ]
    return [(name, content) for name, content in found if content is not None]


def _was(session: Session, piece: WithheldPiece) -> Mapping[str, Any]:
    """Return what a mail was before the first spärr that took anything out of it."""
    laid = withheld.laid(session, "mail", piece.ref)
    return next((each.detail["was"] for each in laid if "was" in each.detail), {"files": [], "subject": ""})
