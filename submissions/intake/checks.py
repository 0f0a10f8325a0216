"""Checks of what is handed in: each a pure function from the hand-in to a finding, or None when all is well.

``TAKING`` decides whether a file is taken at all. ``JUDGING`` decides whether what was taken is complete; a
``stopp`` there leaves the version stored and the part incomplete. A new check is a function and a place in a list.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from arshjul.swedish import day_text, listing
from arshjul.year.wheel import PartOwed
from submissions.files.contents import Contents, ending_of
from submissions.files.foreign import foreign_named
from submissions.files.parts import (
    APPROVED,
    DATUM,
    INTYGAS,
    KINDS,
    MAX_BYTES,
    MAX_TEXT,
    PARAGRAF,
    Upload,
    form_of,
)
from submissions.finding import STOP, Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """What the checks look at: one part, as it came."""

    part: PartOwed
    upload: Upload | None
    contents: Contents  #: what the file's bytes tell
    fields: Mapping[str, str | bool]  #: as typed
    today: date


Check = Callable[[HandIn], Finding | None]


@dataclass(frozen=True, slots=True)
class _Found:
    """Makes findings for one hand-in."""

    hand_in: HandIn

    def __call__(self, rule: str, message: str, mend: str, *, place: str = "", severity: Severity = STOP) -> Finding:
        name = self.hand_in.upload.filename if self.hand_in.upload else self.hand_in.part.name
        return Finding(
            rule=rule,
            severity=severity,
            place=place or name,
            message=message,
            mend=mend,
            lagrum=self.hand_in.part.lagrum.text,
        )


def run(checks: Sequence[Check], hand_in: HandIn) -> tuple[Finding, ...]:
    """Return every finding, in the checks' order."""
    return tuple(found for check in checks if (found := check(hand_in)) is not None)


def refusals(hand_in: HandIn) -> tuple[Finding, ...]:
    """Return why it is not taken, and what else its sender must mend beside the file: all in one go. () when it is taken."""
    found = run(TAKING, hand_in)
    return (*found, *run(TYPED, hand_in)) if found else ()


def empty_file(hand_in: HandIn) -> Finding | None:
    """A file of no bytes is no hand-in."""
    if hand_in.upload is None or hand_in.upload.content:
        return None
    return _Found(hand_in)(
        "tom-fil",
        "Filen är tom.",
        "Öppna den, kontrollera att den har innehåll, spara den och lämna in den igen.",
    )


def too_large(hand_in: HandIn) -> Finding | None:
    """A file over the limit is not taken."""
    if hand_in.upload is None or len(hand_in.upload.content) <= MAX_BYTES:
        return None
    return oversize(hand_in)


def oversize(hand_in: HandIn) -> Finding:
    """Say that a file is over the limit, also when its bytes were never read."""
    return _Found(hand_in)(
        "for-stor",
        f"Filen är större än {MAX_TEXT}.",
        "Minska bilderna i den eller spara den som PDF, och lämna in den igen.",
    )


def encrypted(hand_in: HandIn) -> Finding | None:
    """A file behind a password cannot be read by those who compile the report."""
    if not hand_in.contents.encrypted:
        return None
    return _Found(hand_in)(
        "losenord", "Filen är låst med lösenord.", "Ta bort lösenordet, spara filen och lämna in den igen."
    )


def macros(hand_in: HandIn) -> Finding | None:
    """Files with macros are not taken: they run programs on the reader's machine."""
    if not hand_in.contents.macros:
        return None
    kind = "docx" if form_of(hand_in.part).kinds[0] in ("docx", "pdf") else "xlsx"
    return _Found(hand_in)(
        "makron",
        "Filen innehåller makron.",
        f"Spara den utan makron, som {KINDS[kind].name}, och lämna in den igen.",
    )


def active_content(hand_in: HandIn) -> Finding | None:
    """Files that fetch or run something when they are opened are not taken: whoever reads them is not asked."""
    active = hand_in.contents.active
    if not active:
        return None
    names, mends = listing([each.name for each in active]), dict.fromkeys(each.mend for each in active)
    return _Found(hand_in)("aktivt-innehall", f"Filen innehåller {names}.", " ".join(mends))


def wrong_kind(hand_in: HandIn) -> Finding | None:
    """The content decides the kind, and the name must not say another."""
    if hand_in.upload is None or not hand_in.upload.content:
        return None
    form, seen, say = form_of(hand_in.part), hand_in.contents, _Found(hand_in)
    if seen.encrypted or ((seen.macros or seen.active) and seen.kind in (None, *form.kinds)):
        return None  # told by its own check
    mend = f"Spara den som {form.kinds_text} och lämna in den igen."
    if seen.kind is None and (foreign := foreign_named(hand_in.upload.filename) or seen.foreign):
        return say("fel-slag", foreign.message, foreign.mend(form.kinds_text))
    if seen.damaged and seen.kind is None:
        return say(
            "skadad",
            "Filen är skadad och går inte att öppna.",
            f"Öppna den i programmet där den gjordes. {mend}",
        )
    if seen.kind is None:
        return say("fel-slag", "Innehållet är ingen filtyp som tas emot här.", mend)
    if seen.kind not in form.kinds:
        return say("fel-slag", f"Filen är {KINDS[seen.kind].name}, men här behövs {form.kinds_text}.", mend)
    ending = ending_of(hand_in.upload.filename)
    if ending and ending != seen.kind:
        return say(
            "fel-namn",
            f"Filens namn slutar på .{ending}, men innehållet är {KINDS[seen.kind].name}.",
            f"Kontrollera att det är rätt fil, och spara den som {KINDS[seen.kind].name}.",
        )
    return None


def cut_off(hand_in: HandIn) -> Finding | None:
    """A PDF without its end was cut off on the way."""
    seen = hand_in.contents
    if not (seen.damaged and seen.kind == "pdf"):
        return None
    return _Found(hand_in)(
        "skadad",
        "PDF:en saknar sitt slut och går kanske inte att öppna.",
        "Öppna filen och kontrollera den, spara den på nytt och lämna in den igen.",
    )


def guarded_pdf(hand_in: HandIn) -> Finding | None:
    """A protected PDF may ask its reader for a password."""
    if not hand_in.contents.guarded:
        return None
    return _Found(hand_in)(
        "skyddad-pdf",
        "PDF:en är skyddad.",
        "Kontrollera att den går att öppna utan lösenord. Lämna annars in en utan skydd.",
        severity="fråga",
    )


def paragraf(hand_in: HandIn) -> Finding | None:
    """A protokollsutdrag is a decision only with its §."""
    read = str(hand_in.fields.get(PARAGRAF) or "").strip()
    if PARAGRAF not in form_of(hand_in.part).fields or read_paragraf(read):
        return None
    mend = "Ange paragrafen som den står i protokollet, till exempel § 45."
    if read:
        return _Found(hand_in)("fel-paragraf", f"”{read[:40]}” är ingen paragraf.", mend, place="Paragraf")
    return _Found(hand_in)("saknar-paragraf", "Beslutets paragraf saknas.", mend, place="Paragraf")


def decided_on(hand_in: HandIn) -> Finding | None:
    """A protokollsutdrag is a decision only with its date, and a decision has been taken: today or earlier."""
    read = str(hand_in.fields.get(DATUM) or "").strip()
    if DATUM not in form_of(hand_in.part).fields:
        return None
    say, day, mend = (
        _Found(hand_in),
        read_day(read),
        "Ange dagen då beslutet fattades, till exempel 2027-09-23.",
    )
    if not read:
        return say("saknar-datum", "Mötets datum saknas.", mend, place="Datum")
    if day is None:
        return say("fel-datum", f"”{read[:40]}” är inget datum.", mend, place="Datum")
    if day > hand_in.today:
        return say("framtida-datum", f"Mötets datum, {day_text(day)}, har inte varit än.", mend, place="Datum")
    return None


def not_stated(hand_in: HandIn) -> Finding | None:
    """An intyg is a statement: without the tick it says nothing."""
    if INTYGAS not in form_of(hand_in.part).fields or hand_in.fields.get(INTYGAS) is True:
        return None
    return _Found(hand_in)(
        "ej-intygat", "Rutan är inte ikryssad.", "Kryssa i rutan när du kan intyga det, och lämna in igen."
    )


def not_approved(hand_in: HandIn) -> Finding | None:
    """An approval is a word: without the tick it says nothing."""
    if APPROVED not in form_of(hand_in.part).fields or hand_in.fields.get(APPROVED) is True:
        return None
    mend = "Kryssa i rutan när du har läst det och godkänner det. Ska det bäras upp utan: skriv varför i stället."
    return _Found(hand_in)("ej-godkant", "Rutan är inte ikryssad.", mend)


#: decide whether it is taken at all; each tells what no other one tells, for everything is told at once
TAKING: tuple[Check, ...] = (
    empty_file,
    too_large,
    encrypted,
    macros,
    active_content,
    wrong_kind,
    not_stated,
    not_approved,
)
#: look at what was typed beside the file
TYPED: tuple[Check, ...] = (paragraf, decided_on)
#: decide whether what was taken is complete
JUDGING: tuple[Check, ...] = (cut_off, guarded_pdf, *TYPED)

_SECTION = re.compile(r"§?\s*(\d{1,4}(?: ?[a-zå-ö])?)\s*§?", re.IGNORECASE)


def read_paragraf(read: str) -> str | None:
    """Return ``§ 45`` for "45", "§45" or "§ 45"; None when it is no §."""
    found = _SECTION.fullmatch(read.strip())
    return f"§ {found[1]}" if found else None


def read_day(read: str) -> date | None:
    """Return the day of ``2027-09-23``; None when it is no day."""
    try:
        return date.fromisoformat(read.strip())
    except ValueError:
        return None


def ej_aktuellt_without_substance(hand_in: HandIn, motivering: str) -> Finding | None:
    """A motivering tells why, in a sentence: at least three words that say more than the question did."""
    words = [
        word
        for word in re.findall(r"[a-zåäöéü]{2,}", motivering.lower())
        if word not in ("ej", "inte", "aktuellt", "aktuell")
    ]
    if len(set(words)) >= 3 and len(motivering.strip()) >= 15:
        return None
    return _Found(hand_in)(
        "motivering",
        "Motiveringen säger inte varför delen inte är aktuell.",
        "Skriv en mening som förklarar varför, till exempel: ”Nämnden har inga investeringar i år.”",
        place=hand_in.part.name,
    )
