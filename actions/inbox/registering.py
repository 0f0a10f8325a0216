"""Registering for somebody: what was mailed or handed over in the corridor, filed by a person of the ekonomikontor."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from actions.act import SHORTEST_REASON, Act
from actions.inbox.inbox import mark_filed, take_in
from actions.inbox.returned import Returned, may_have_returned, say_lost
from actions.inbox.sorting import Opened, marks_in
from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, hand_in, received_of
from arshjul.definition.model import OFFICE
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.swedish import listing
from notifications.mailbox.enclosed import File
from notifications.mailbox.mail_reading import MAX_BYTES, MAX_TEXT, UNREADABLE, Mail, read_mail, unreadable
from notifications.mailbox.read_apart import Read, read_mail_apart
from notifications.plain import header_words, one_line, quoted
from store.handins import versions as submissions
from store.people.person_words import name_faults
from store.post import incoming
from store.post.incoming import ASIDE, REGISTERED, UNREAD
from store.post.letters import letter_afresh
from store.tables import Incoming, Person
from store.tokens import blotted_bytes
from submissions.files.parts import Upload, form_of
from submissions.intake.part_fields import Fields
from submissions.intake.prepared import examined_for, owed
from submissions.intake.received import Received
from submissions.review.examining import Examined

VIA = "registrerat åt"
HANDED_OVER = "överlämnade filer"  #: what an entry is that did not come as a mail
WRAPPED = "@overlamnat.invalid>"  #: how the Message-ID of files that were handed over ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which part one of an entry's files is."""

    sha256: str
    obligation_key: ObligationKey
    part: PartId


Chosen = Mapping[Choice, tuple[File, Examined | None]]  #: each chosen file, and what was found in it


def open_brought(files: Sequence[File], now: datetime, *, read: Read = read_mail_apart, office: str = OFFICE) -> Opened:
    """Read what somebody brings: a mail (one .eml), or files that were handed over. Before the transaction.

    ``office`` is what those who file it are called inside a sentence.

    Raises RefusedError when there is nothing, or too much.
    """
    if not files:
        raise RefusedError("Inget är valt. Välj ett sparat mejl (.eml) eller en eller flera filer.")
    if sum(len(file.content) for file in files) > MAX_BYTES:
        raise RefusedError(f"Det är mer än {MAX_TEXT}. Lägg in färre filer åt gången.")
    mails = [file for file in files if file.name.casefold().endswith(".eml")]
    if mails and len(files) > 1:
        raise RefusedError("Lägg in ett mejl (.eml) för sig, och andra filer för sig.")
    if mails:
        raw = blotted_bytes(mails[0].content)  # it may quote a letter of ours, and with it the link
        mail = read(raw)
        return Opened(mail=mail, raw=raw, marks=marks_in(mail.files))
    raw = _wrapped(files, now, office)
    mail = read_mail(raw)  # a mail that we have just written ourselves
    return Opened(mail=mail, raw=raw, marks=marks_in(mail.files))


def bring(act: Act, opened: Opened) -> Incoming:
    """Lay a mail, or files that somebody handed over, before the person who brings them."""
    scene = act.scene
    row = take_in(act, opened, opened.mail.arrived or scene.now, ask=True).row
    if opened.mail.message_id.endswith(WRAPPED):
        incoming.be_of_kind(row, HANDED_OVER)
        incoming.handle(scene.session, row, UNREAD, "Välj vad det är, vem som lämnade det och när.", act.by, scene.now)
    return row


def content_of(scene: Scene, row: Incoming) -> bytes:
    """Return a mail's bytes as it came."""
    return submissions.content(scene.session, row.sha256) or b""


def mail_of(scene: Scene, row: Incoming) -> Mail:
    """Return an entry's mail, read again. It was read apart when it came; one that did not stand it is not read here."""
    raw = content_of(scene, row)
    return unreadable(raw) if row.kind == UNREADABLE else read_mail(raw)


def open_chosen(scene: Scene, row: Incoming, choices: Sequence[Choice]) -> Callable[[], Chosen]:
    """Return the chosen files and what is in them, to be found out when the session is closed.

    Raises RefusedError when there is no such file or part, for two files of one part, and for an entry that is done.
    """
    _needs_to_wait(row)
    if len({(each.obligation_key, each.part) for each in choices}) < len(choices):
        raise RefusedError("Två filer har fått samma del. Välj en del för var och en, eller ”Registreras inte”.")
    contents = {file.sha256: file for file in mail_of(scene, row).files}
    if any(choice.sha256 not in contents for choice in choices):
        raise RefusedError("En av filerna finns inte i det här mejlet. Ladda om sidan och försök igen.")
    waiting = {
        choice: examined_for(
            scene.session, scene.wheel, choice.obligation_key, choice.part, contents[choice.sha256].content
        )
        for choice in choices
    }
    return lambda: {choice: (contents[choice.sha256], examine()) for choice, examine in waiting.items()}


def register(
    act: Act, row: Incoming, chosen: Chosen, person: Person, *,
    through: str = "", handed_over_at: datetime | None = None, fields: Fields | None = None,
) -> tuple[Received, ...]:  # fmt: skip
    """File the chosen files in a person's name, handed over when it was (None: when the mail came).

    ``through`` is who handed it over for the person. One kvittens goes to the person's registered address. The
    entry is done when every chosen file was taken; otherwise it waits, and says what was wrong.
    Raises RefusedError, and then nothing is filed.
    """
    scene, by = act.scene, one_line(act.by)[:80]
    _needs_to_wait(row)
    if not chosen:
        raise RefusedError("Ingen fil har fått någon del. Välj minst en, eller lägg åt sidan med ett skäl.")
    for fault in name_faults(one_line(through)) if one_line(through) else ():
        raise RefusedError(f"Genom: {fault}.")
    name = f"{one_line(through)[:80]} för {person.name}" if one_line(through) else person.name
    parts = []
    for choice, (file, examined) in chosen.items():
        _, part = owed(scene.wheel, choice.obligation_key, choice.part)
        taken = _fields_of(fields, form_of(part).fields)
        upload = Upload(filename=file.name, content=file.content)
        parts.append(
            PartHandedIn(key=choice.obligation_key, part=choice.part, upload=upload, fields=taken, examined=examined)
        )
    at = handed_over_at or row.received_at
    outcomes = hand_in(Act(scene, by), person, parts, via=VIA, handed_over_at=at, for_name=name)
    received = received_of(outcomes)
    faults: list[str] = []
    for (choice, (file, _)), outcome in zip(chosen.items(), outcomes, strict=True):
        if outcome.refusal:
            raise RefusedError(outcome.refusal)
        [one] = outcome.received
        if one.outcome == "nekad":
            faults += [f"{quoted(file.name)}: {found.message} {found.mend}" for found in one.findings]
        else:
            mark_filed(row, choice.sha256, one)
    incoming.concern(row, next(iter(chosen)).obligation_key)
    done = listing([one.part.name for one in received if one.outcome != "nekad"])
    incoming.handle(
        scene.session, row, UNREAD if faults else REGISTERED,
        " ".join(filter(None, [f"Registrerat: {done}." if done else "", *faults])), by, scene.now,
    )  # fmt: skip
    return received


def returned(scene: Scene, row: Incoming, mail: Mail) -> Returned | None:
    """Return the letter of ours that an entry (its ``mail``), which waits, says came back; None for any other entry."""
    if row.state != UNREAD or row.letter_id is None or mail.bounce is None:
        return None
    return may_have_returned(letter_afresh(scene.session, row.letter_id), mail.bounce)


def confirm_return(act: Act, row: Incoming, lost: Collection[str]) -> None:
    """Say that a letter did not reach ``lost``, as a bounce says that was doubted or not clear: they have had no word.

    Raises RefusedError for an entry that is done or no such bounce, and for others than the letter's readers.
    """
    _needs_to_wait(row)
    mail = mail_of(act.scene, row)
    found = returned(act.scene, row, mail)
    if found is None or mail.bounce is None:
        raise RefusedError("Det här är ingen studs av ett brev från årshjulet. Ladda om sidan och försök igen.")
    say_lost(act, row, mail.bounce, found.letter, lost)


def set_aside(act: Act, row: Incoming) -> None:
    """Let an entry be, with a reason. Raises RefusedError without one, and for one that is done."""
    _needs_to_wait(row)
    scene, by, why = act.scene, one_line(act.by)[:80], one_line(act.why)[:500]
    if len(why) < SHORTEST_REASON:
        raise RefusedError("Skriv varför det läggs åt sidan, till exempel: ”Reklam.” eller ”Besvarat per telefon.”")
    incoming.handle(scene.session, row, ASIDE, why, by, scene.now)


def _needs_to_wait(row: Incoming) -> None:
    """Refuse an entry that somebody has taken care of already: two people have it open."""
    if row.state != UNREAD:
        raise RefusedError(f"Det är redan taget om hand: {row.state}, av {row.handled_by}. {row.note}")


def _fields_of(fields: Fields | None, wanted: Sequence[str]) -> Mapping[str, str | bool]:
    return {name: value for name, value in (fields or {}).items() if name in wanted}


def _wrapped(files: Sequence[File], now: datetime, office: str) -> bytes:
    """Return files as a mail, so that what was handed over is kept and read in the same way as what was sent."""
    whole = sha256("".join(file.sha256 for file in files).encode() + now.isoformat().encode())
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{whole.hexdigest()[:32]}{WRAPPED}"
    message["Subject"] = "Överlämnat: " + header_words(listing([file.name for file in files]))[:200]
    message.set_content(f"Filerna är inlagda av {office}.")
    for file in files:
        name = header_words(file.name) or "fil"
        message.add_attachment(file.content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
