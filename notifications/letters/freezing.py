"""Freezing a letter: its words and headers become bytes in the outbox, sealed, with its notices, in one transaction."""

from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes, policy

from arshjul.definition.model import OFFICE
from arshjul.keys import OccurrenceKey
from arshjul.swedish import local_date
from notifications.letters import compose
from notifications.letters.mime import build, message_id, reworded, sign_of
from notifications.letters.sealing import SealError, blot, seal, unsealed
from notifications.letters.views.composed import Composed
from notifications.office import Office
from store.acting import BY_SERVICE
from store.database import Session
from store.log.log_chain import head
from store.log.writing import log
from store.plan.recorded import numbers
from store.post.correspondence import first_of_thread, is_written, put
from store.post.letter_changes import address_anew, reword
from store.post.letter_keys import LetterKey, occurrence_of, thread_key
from store.post.letter_states import WAITING
from store.savepoints import settle
from store.tables import LetterRow, NoticeRow, Person

BY_ROLE = "överlämna"  #: how the kinds begin that go to a body's readers, and to the ekonomikontor in their place


def freeze(
    session: Session,
    office: Office,
    now: datetime,
    *,
    key: LetterKey,
    kind: str,
    composed: Composed,
    to: Person | None,
    cc: Iterable[str] = (),
    rung: str | None = None,
    thread: OccurrenceKey | None = None,
    notices: Iterable[NoticeRow] = (),
    daily: bool = False,
    run_id: str | None = None,
    asked_for: bool = False,
    secret_words: Iterable[str] = (),
    not_before: datetime | None = None,
) -> LetterRow | None:
    """Put a letter in the outbox; None when a letter with this key is there already, or utskick is ``av``.

    ``to`` None is the ekonomikontor itself. In ``skugga`` every letter goes to the ekonomikontor, and says who
    would have got it; also one that comes to the ekonomikontor because nobody holds the role, and none has a copy. A
    letter that its reader has ``asked_for`` (to log in, or by a setting to hear of faults) goes to that reader
    whatever utskick is. ``thread`` keeps letters about one report under the first to that reader.
    What opens something (links, and ``secret_words``) is sealed: it is put in when the letter is handed over.
    It leaves ``not_before`` that instant, when one is said; a round writes within the sending hours, and says none.
    The subject names the diarienummer of the tillfälle that the letter is about, when it is known and the only one.
    """
    notices, cc, office = list(notices), list(cc), office.at(session)
    composed = compose.with_diarienummer(composed, _diarienummer(session, thread, notices))
    shadow = goes_to_office_instead(office, to, kind, has_readers=bool(cc or notices)) and not asked_for
    key = key.shadow if shadow else key
    if (office.utskick == "av" and not asked_for) or is_written(session, key):
        return None
    composed, to_addresses, cc_addresses = _addressed(office, composed, to, cc, shadow=shadow)
    thread_name = thread_key(thread, to.id if to else None) if thread else None
    ident = message_id(key, office.mail_from.rpartition("@")[2], office.secret)
    first = first_of_thread(session, thread_name) if thread_name else None
    mime = _bytes(
        session, office, now, composed, to, to_addresses, cc_addresses, key, ident, first, run_id, secret_words
    )
    letter = LetterRow(
        key=key,
        kind=kind,
        rung=rung,
        message_id=ident,
        thread=thread_name,
        person_id=to.id if to else None,
        daily_to=(to.id if to else OFFICE) if daily else None,
        day=local_date(now),
        sender=office.mail_from,
        to=to_addresses,
        cc=cc_addresses,
        subject=composed.subject,
        mime=mime,
        run_id=run_id,
        shadow=shadow,
        made_at=now,
        state=WAITING,
        not_before=not_before or now,
        lease_until=None,
        handed_at=None,
        answer=None,
    )
    put(session, letter, notices)
    log(session, now, BY_SERVICE, "letter.frozen", key, {"kind": kind, "to": to_addresses, "run": run_id})
    return letter


def refreeze(
    session: Session,
    office: Office,
    now: datetime,
    letter: LetterRow,
    *,
    composed: Composed,
    to: Person | None,
    cc: Iterable[str] = (),
    rung: str | None = None,
    notices: Iterable[NoticeRow] = (),
) -> bool:
    """Write a letter that nobody has got anew, under its key and its Message-ID; False when it says the same already."""
    notices = list(notices)
    thread = occurrence_of(letter.thread) if letter.thread else None
    composed = compose.with_diarienummer(composed, _diarienummer(session, thread, notices))
    composed, to_addresses, cc_addresses = _addressed(office, composed, to, cc, shadow=letter.shadow)
    if (to_addresses, cc_addresses) == (letter.to, letter.cc) and _says(letter.mime, composed, office.secret):
        return False
    first = first_of_thread(session, letter.thread) if letter.thread else None
    first = None if first == letter.message_id else first
    ident, run_id = letter.message_id, letter.run_id
    reword(
        letter,
        _bytes(session, office, now, composed, to, to_addresses, cc_addresses, letter.key, ident, first, run_id),
    )
    address_anew(letter, to_addresses, cc_addresses, composed.subject, rung)
    log(session, now, BY_SERVICE, "letter.rewritten", letter.key, {"kind": letter.kind, "to": to_addresses})
    settle(session)
    return True


def goes_to_office_instead(office: Office, to: Person | None, kind: str, *, has_readers: bool) -> bool:
    """Tell whether a letter goes to the ekonomikontor as one that is tried out in ``skugga``.

    Also one that comes there because nobody holds the role: it ``has_readers`` of its notices or copies, or its kind
    is a body's.
    """
    theirs = (to is not None and to.address != office.mail_from) or has_readers or kind.startswith(BY_ROLE)
    return office.utskick == "skugga" and theirs


def _addressed(
    office: Office, composed: Composed, to: Person | None, cc: Iterable[str], *, shadow: bool
) -> tuple[Composed, list[str], list[str]]:
    """Return a letter with its ``to`` and ``cc``: in the shadow the ekonomikontor alone, told who would have got it."""
    address = to.address if to else office.mail_from
    copies = sorted(set(cc) - {address})
    if not shadow:
        return composed, [address], copies
    return compose.shadow(composed, [address, *copies], office.sender), [office.mail_from], []


def _bytes(
    session: Session,
    office: Office,
    now: datetime,
    composed: Composed,
    to: Person | None,
    to_addresses: list[str],
    cc_addresses: list[str],
    key: str,
    ident: str,
    first: str | None,
    run_id: str | None,
    secret_words: Iterable[str] = (),
) -> bytes:
    newest = head(session)  # every letter is a witness outside the house, and nobody needs to read it
    letter = build(
        composed,
        sender=office.mail_from,
        to=[(to.name, to.address)] if to and to_addresses == [to.address] else to_addresses,
        cc=cc_addresses,
        sender_name=f"{office.definition.kommun.name}, {office.definition.office_said}",
        key=key,
        sign=sign_of(key, office.secret),
        message_id=ident,
        now=now,
        in_reply_to=first,
        run_id=run_id,
        log_head=(newest.number, newest.digest) if newest else None,
    )
    return seal(letter, reworded(letter, composed, blot(composed, secret_words)), office.secret)


def _says(mime: bytes, composed: Composed, secret: bytes) -> bool:
    """Tell whether a letter's subject and words, its link too, are these already."""
    try:
        mail = message_from_bytes(unsealed(mime, secret), policy=policy.default)
    except SealError:
        return False  # written with another secret: anew, it can go
    body = mail.get_body(("plain",))
    text = str(body.get_content()).split() if body else []
    return str(mail["Subject"]) == composed.subject and text == composed.text.split()


def _diarienummer(session: Session, thread: OccurrenceKey | None, notices: Iterable[NoticeRow]) -> str | None:
    """Return the one diarienummer of all that a letter is about; None when there is none, or more than one."""
    about = {thread} if thread else set()
    about |= {notice.obligation_key.occurrence for notice in notices}
    known = numbers(session, about)
    found = {known.get(occurrence) for occurrence in about}
    return found.pop() if len(found) == 1 else None
