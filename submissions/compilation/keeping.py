"""Sammanställningar kept in the store: made when something that they show has changed, and not otherwise.

Whether it has is told by a digest (:class:`Basis`), with a few queries and without a content being read. The files
are made between two sessions, so that nobody waits for them: what is out of date then is seen at the next look.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from arshjul.definition.model import Definition
from arshjul.file_names import file_name
from arshjul.keys import OccurrenceKey
from arshjul.year.wheel import Occurrence, Wheel
from store.database import Session, Store
from store.handins import answers, compilations, removals
from store.handins import versions as submissions
from store.handins.compilations import KeptCompilation
from store.handins.versions import RottenFileError
from store.plan.planning import current_wheel
from store.plan.silences import silences
from submissions.compilation.basis import Basis, Given
from submissions.compilation.compiled import Compiled
from submissions.compilation.document import document_of
from submissions.compilation.making import compile_occurrence
from submissions.compilation.workbook import workbook_of
from submissions.files.filled import Filled
from submissions.files.parts import KINDS
from submissions.standing.completeness import part_states
from submissions.standing.states import cores_of

logger = logging.getLogger(__name__)

#: what a sammanställning is made as, by the file's ending
MAKERS: Mapping[str, Callable[[Compiled], bytes]] = MappingProxyType({"xlsx": workbook_of, "docx": document_of})


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A sammanställning as a file."""

    kind: str
    filename: str  #: "Sammanställning Delårsrapport 2027-08.xlsx"
    media_type: str
    content: bytes
    sha256: str
    made_at: datetime


def basis_of(session: Session, wheel: Wheel, occurrence: Occurrence, now: datetime, since: date = date.min) -> Basis:
    """Return what an occurrence's sammanställning is made of at ``now``; no content is read.

    ``since`` is i drift från, here and below: what is missing from before it is not late.
    """
    states = part_states(session, occurrence.obligations)
    ids = [each.submission_id for many in states.values() for each in many if each.submission_id is not None]
    return Basis(
        definition=wheel.definition,
        occurrence=occurrence,
        states=states,
        standing=cores_of(wheel, states, silences(session, wheel, occurrence.obligations, since, now), now),
        answers=tuple(
            Given(
                submission_id=row.submission_id,
                rule=row.rule,
                place=row.place,
                motivering=row.motivering,
                by=row.by,
                at=row.answered_at,
            )
            for many in answers.answers(session, ids).values()
            for row in many.values()
        ),
        read=submissions.have_contents(session, ids),
    )


def compiled(session: Session, basis: Basis, now: datetime) -> Compiled:
    """Return the sammanställning as values, from the contents of the versions that count."""
    read = submissions.read_contents(session, basis.submission_ids)
    return compile_occurrence(basis, {key: Filled.from_json(each) for key, each in read.items()}, now)


def fetch(
    store: Store, definition: Definition, key: OccurrenceKey, kind: str, now: datetime, since: date = date.min
) -> Made:
    """Return an occurrence's file of one kind: the kept one, or one that is made and kept now.

    A kept one that has rotten is made anew. Raises KeyError for an occurrence that the open years do not hold or in
    which nothing is handed in, and for a kind that is not made; RottenFileError where it cannot be made anew.
    """
    maker = MAKERS[kind]
    with store.read() as session:
        wheel = current_wheel(session, definition, now)
        occurrence = wheel.occurrence(key)
        if not occurrence.obligations:
            raise KeyError(key)  # a budget's moments: nothing is handed in
        basis = basis_of(session, wheel, occurrence, now, since)
        kept = compilations.kept(session, key, kind, basis.digest)
        the_last = bool(removals.gallrade(session, basis.submission_ids))
        if the_last:  # made anew it would lack what has been gallrat
            kept = compilations.last_kept(session, key, kind) or kept
        content = _content(session, kept, the_last=the_last) if kept else None
        if kept and content is not None:
            return _made(occurrence, kind, content, kept.made_at)
        values = compiled(session, basis, now)
    made = _made(occurrence, kind, maker(values), now)
    store.carry_out(
        lambda session: compilations.keep(
            session, key, kind, basis=basis.digest, sha256=made.sha256, content=made.content, now=now
        )
    )
    return made


def make_rotten_anew(
    store: Store, definition: Definition, rotten: Collection[str], now: datetime, since: date = date.min
) -> None:
    """Make those of these files (by SHA-256) anew that are sammanställningar and can be: nobody need hear of them."""
    with store.read() as session:
        lost = compilations.with_files(session, rotten)
    for key, kind in lost:
        try:
            fetch(store, definition, key, kind, now, since)
        except (KeyError, RottenFileError):
            continue  # it is told as the other rotten files
        except Exception:
            logger.exception("compilation.not_made_anew occurrence=%s/%s kind=%s", *key, kind)


def keep_compilations(
    store: Store, definition: Definition, occurrences: Iterable[OccurrenceKey], now: datetime, since: date = date.min
) -> int:
    """Make anew the files of those of these occurrences (step and period) that have changed; return how many.

    An occurrence in which nothing has been handed in is left until somebody asks for it.
    """
    stale = []
    with store.read() as session:
        wheel = current_wheel(session, definition, now)
        for key in occurrences:
            if key not in wheel.keys:
                continue
            basis = basis_of(session, wheel, wheel.occurrence(key), now, since)
            if basis.submission_ids and not removals.gallrade(session, basis.submission_ids):
                digest = basis.digest
                kinds = [each for each in MAKERS if not compilations.kept(session, key, each, digest)]
                stale += [(key, kind) for kind in kinds]
    for key, kind in stale:
        fetch(store, definition, key, kind, now, since)
    return len(stale)


def _content(session: Session, kept: KeptCompilation, *, the_last: bool) -> bytes | None:
    """Return a kept file's bytes; None when they have rotten, and another can be made in its place."""
    try:
        return submissions.content(session, kept.sha256)
    except RottenFileError:
        if the_last:
            raise
        return None


def _made(occurrence: Occurrence, kind: str, content: bytes, made_at: datetime) -> Made:
    return Made(
        kind=kind,
        filename=file_name(kind, "Sammanställning", occurrence.step_name, occurrence.period.key),
        media_type=KINDS[kind].media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=made_at,
    )
