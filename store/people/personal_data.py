"""All that the store holds of one person, as rows: for the registerutdrag, and for knowing what of them is left."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from store.people.people_file import person_id
from store.tables import (
    AnstandRequest,
    Answer,
    AskedCode,
    DraftFile,
    DraftForm,
    Holder,
    Incoming,
    LetterRow,
    Link,
    LoginLink,
    LoginSession,
    LogRow,
    Person,
    Submission,
    Withheld,
)

#: an address that is no end or beginning of a longer one, as anna@ is of johanna@
_WHOLE_ADDRESS = r"(?<![\w.+%&'-]){}(?![\w-]|\.\w)"
HANDED_IN = ("submission.received", "submission.ej_aktuellt")  #: kinds of log rows that tell of a version


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """One person's rows, oldest first. ``person`` is None for an address that no person has."""

    address: str
    person: Person | None
    seats: Sequence[Holder]  #: as holder or as deputy
    links: Sequence[Link]
    logins: Sequence[LoginSession]
    login_links: Sequence[LoginLink]
    codes: Sequence[AskedCode]
    letters: Sequence[LetterRow]  #: without their content
    versions: Sequence[Submission]
    answers: Sequence[Answer]
    requests: Sequence[AnstandRequest]
    draft_forms: Sequence[DraftForm]
    draft_files: Sequence[DraftFile]
    mails: Sequence[Incoming]
    withheld: Sequence[Withheld]  #: what they may open
    log: Sequence[LogRow]
    others: Sequence[Person]  #: everybody else, whose names and addresses are masked

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known of them."""
        told = (self.seats, self.logins, self.letters, self.versions, self.mails, self.log, self.answers)
        return self.person is None and not any(told)


def personal_data(session: Session, address: str) -> PersonalData:
    """Gather all that is kept of who has this address."""
    wanted = person_id(address)
    everybody = session.scalars(select(Person).order_by(Person.id)).all()
    mine = [each for each in everybody if wanted in (each.id, person_id(each.address))]
    person, ids = (mine[0] if mine else None), [each.id for each in mine]
    addresses = sorted({wanted, *(each.address for each in mine), *ids})
    alone = [each.name for each in mine if sum(other.name == each.name for other in everybody) == 1]
    logins = session.scalars(
        select(LoginSession).where(LoginSession.address.in_(addresses)).order_by(LoginSession.made_at)
    ).all()
    subjects = sorted({*addresses, *(each.subject for each in logins)})
    log = _log(session, subjects, alone, addresses)
    return PersonalData(
        address=wanted,
        person=person,
        seats=session.scalars(
            select(Holder).where(or_(Holder.person_id.in_(ids), Holder.deputy_id.in_(ids))).order_by(Holder.id)
        ).all(),
        links=session.scalars(select(Link).where(Link.person_id.in_(ids)).order_by(Link.expires_at)).all(),
        logins=logins,
        login_links=session.scalars(
            select(LoginLink).where(LoginLink.address.in_(addresses)).order_by(LoginLink.made_at)
        ).all(),
        codes=session.scalars(select(AskedCode).where(AskedCode.person_id.in_(ids)).order_by(AskedCode.made_at)).all(),
        letters=session.scalars(
            select(LetterRow)
            .where(or_(LetterRow.person_id.in_(ids), _names(LetterRow.to, addresses), _names(LetterRow.cc, addresses)))
            .options(defer(LetterRow.mime))
            .order_by(LetterRow.made_at, LetterRow.id)
        ).all(),
        versions=_versions(session, log, subjects, alone),
        answers=session.scalars(select(Answer).where(Answer.by.in_([*alone, *subjects])).order_by(Answer.id)).all(),
        requests=session.scalars(
            select(AnstandRequest).where(AnstandRequest.person_id.in_(ids)).order_by(AnstandRequest.id)
        ).all(),
        draft_forms=session.scalars(select(DraftForm).where(DraftForm.person_id.in_(ids))).all(),
        draft_files=session.scalars(select(DraftFile).where(DraftFile.person_id.in_(ids)).order_by(DraftFile.id)).all(),
        mails=session.scalars(
            select(Incoming).where(Incoming.sender.in_(addresses)).order_by(Incoming.received_at)
        ).all(),
        withheld=[
            each
            for each in session.scalars(select(Withheld).order_by(Withheld.id))
            if set(addresses) & {person_id(one) for one in each.readers}
        ],
        log=log,
        others=[each for each in everybody if each not in mine],
    )


def _names(column: InstrumentedAttribute[list[str]], addresses: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(cast(column, String).icontains(f'"{each}"', autoescape=True) for each in addresses))


def _log(session: Session, subjects: Sequence[str], names: Sequence[str], addresses: Sequence[str]) -> Sequence[LogRow]:
    """Return the rows of which they are the subject, that have their own name, or that tell of them."""
    told = [cast(LogRow.detail, String).icontains(each, autoescape=True) for each in addresses]
    about = [LogRow.key.icontains(each, autoescape=True) for each in addresses]
    where = or_(LogRow.subject.in_(subjects), LogRow.who.in_([*names, *subjects]), *told, *about)
    own = re.compile("|".join(_WHOLE_ADDRESS.format(re.escape(each)) for each in addresses), re.IGNORECASE)
    return [
        row
        for row in session.scalars(select(LogRow).where(where).order_by(LogRow.id))
        if row.subject in subjects
        or row.who in (*names, *subjects)
        or any(own.search(text) for text in _texts([row.key, row.detail]))
    ]


def _texts(told: object) -> Iterator[str]:
    """Give the texts that a row of the log tells, however deep they lie."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for name, each in told.items():
            yield from (name, *_texts(each))
    elif isinstance(told, Sequence):
        for each in told:
            yield from _texts(each)


def _versions(
    session: Session, log: Sequence[LogRow], subjects: Sequence[str], names: Sequence[str]
) -> Sequence[Submission]:
    """Return what they handed in: by the log where it says who it was, else by their name where nobody else has it."""
    by = {(row.key, (row.detail or {}).get("part"), (row.detail or {}).get("version")) for row in log
          if row.what in HANDED_IN and row.subject in subjects}  # fmt: skip
    keys = sorted({key for key, _, _ in by if key})
    own = or_(
        Submission.by.in_([*names, *subjects]),
        *(Submission.by.endswith(f" för {each}", autoescape=True) for each in names),
    )
    rows = session.scalars(
        select(Submission).where(or_(Submission.obligation_key.in_(keys), own)).order_by(Submission.received_at)
    )
    return [
        row
        for row in rows
        if (row.obligation_key, row.part, row.version) in by
        or row.by in (*names, *subjects)
        or any(row.by.endswith(f" för {each}") for each in names)
    ]
