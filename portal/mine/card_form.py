"""What one card's form holds, part by part: what was written and chosen, dropped among several, or kept in the draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from actions.sent_up import count_as_sent
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.swedish import listing
from arshjul.year.wheel import Obligation, Wheel
from portal.mine.link_reach import Reach, reach
from portal.mine.visiting import Visits
from portal.web.denials import DeniedError
from portal.web.limits import Visit
from portal.web.uploads import scan
from store.database import Session
from store.handins import drafts
from store.plan.planning import current_wheel
from submissions.files.contents import clean_name
from submissions.files.parts import MAX_BYTES, MAX_TEXT, form_of
from submissions.intake.placing import Place, places_for

Where = tuple[ObligationKey, PartId]  #: an obligation's key and a part's id
Values = dict[str, str | UploadFile]  #: a part's fields by their names' ends

NOT_YOURS = "Den delen hör inte till din länk. Gå tillbaka till din sida och lämna in där."
HTTP_INFECTED = 422  #: what a file with a virus in it is answered with
SEVERAL, KEPT, REMOVE = "filer", "fil", "bort"  #: fields: files dropped together, a kept file's part, those to remove


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Somebody who may hand in here, by what stood when they came."""

    wheel: Wheel
    group: tuple[Obligation, ...]
    mine: Reach
    visit: Visit

    @property
    def key(self) -> ObligationKey:
        """The card's obligation."""
        return self.group[0].key

    @property
    def count(self) -> int:
        """How many parts they may hand in."""
        return sum(len(self.mine.owes(one)) for one in self.group)

    @property
    def places(self) -> tuple[Place, ...]:
        """The parts of theirs that are files."""
        return tuple(
            (one, part)
            for one in self.group
            for part in one.parts
            if part.id in self.mine.owes(one) and form_of(part).wants_file
        )

    def where(self, name: str) -> Where:
        """Return the part that a form's name means: ``delarsrapport.underlag.ekonomi``. Raises DeniedError (403)."""
        prefix, _, part = name.rpartition(".")
        one = next((one for one in self.group if f"{one.step}.{one.krav}" == prefix), None)
        if one is None or part not in self.mine.owes(one):
            raise DeniedError(NOT_YOURS, "någon annans del", who=self.visit.link_id, key=self.key)
        return one.key, PartId(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardForm:
    """A form's contents. ``unsure`` are files that somebody must say the part of; ``words`` tell what is not taken.

    ``kept`` are the draft's files whose part is known, by their ids; ``removed`` those that were ticked away.
    """

    asked: Mapping[Where, Values]
    unsure: tuple[UploadFile, ...] = ()
    words: tuple[str, ...] = ()
    kept: Mapping[int, Where]
    removed: frozenset[int] = frozenset()


def admit(page: Visits, visit: Visit, key: ObligationKey, now: datetime) -> Admitted:
    """Return what this person may hand in here, before anything of the body is read."""
    with page.context.store.read() as session:
        mine = reach(session, page.context.office.definition, page.link(session, visit, now), now)
        wheel = current_wheel(session, page.context.office.definition, now)
    if key not in wheel.obligations:
        raise HTTPException(404, "Det du ville lämna in finns inte i årshjulet. Gå tillbaka till din sida.")
    group = (wheel.obligations[key], *wheel.hosted.get(key, ()))
    admitted = Admitted(wheel=wheel, group=group, mine=mine, visit=visit)
    if not admitted.count:
        raise DeniedError(NOT_YOURS, "någon annans underlag", who=visit.link_id, key=key)
    return admitted


def spend(page: Visits, admitted: Admitted, form: FormData) -> None:
    """Count a form's files as its person's of this day. Raises DeniedError (429) when it is too much."""
    size = sum(value.size or 0 for _, value in form.multi_items() if isinstance(value, UploadFile))
    if not size:
        return
    now = page.context.clock()
    try:
        with page.context.store.begin() as session:
            count_as_sent(session, admitted.mine.person.id, size, now)
    except RefusedError as refused:
        raise DeniedError(
            str(refused), "för mycket i dag", who=admitted.visit.link_id, key=admitted.key, status=429,
            headers={"Retry-After": "86400"},
        ) from None  # fmt: skip


def card_of(page: Visits, admitted: Admitted, form: FormData) -> CardForm:
    """Gather a form. Files that were dropped together are placed, which may read them: not within a transaction.

    A file that was chosen for a part wins over one that was dropped, and that one over one in the draft.
    """
    asked = _asked(form, admitted)
    asked, unsure, words = _placed(admitted, form, asked)
    with page.context.store.read() as session:
        kept, removed = _kept(session, admitted, form)
    return CardForm(asked=asked, unsure=unsure, words=words, kept=kept, removed=removed)


def with_kept(page: Visits, admitted: Admitted, card: CardForm) -> CardForm:
    """Return the card with the draft's files in the parts where nothing else stands.

    The scanner looks at them again: it may know more than when they were put there. Raises DeniedError, and then what
    it found is no longer in the draft.
    """
    waiting = {
        number: where for number, where in card.kept.items() if not {"fil", "ej"} & card.asked.get(where, {}).keys()
    }
    if not waiting:
        return card
    asked = {where: dict(values) for where, values in card.asked.items()}
    with page.context.store.read() as session:
        found = [
            (row.id, row.filename, row.content)
            for row in drafts.files(session, admitted.mine.person.id, [admitted.key])
            if row.id in waiting
        ]
    for number, name, content in found:
        _scan_again(page, admitted, number, name, content)
        asked.setdefault(waiting[number], {})["fil"] = UploadFile(BytesIO(content), size=len(content), filename=name)
    return replace(card, asked=asked)


def _scan_again(page: Visits, admitted: Admitted, number: int, name: str, content: bytes) -> None:
    try:
        scan(page.context.intake, name, content, admitted.visit.link_id)
    except DeniedError as found:
        if found.status_code != HTTP_INFECTED:
            raise
        with page.context.store.begin() as session:
            drafts.drop_files(session, admitted.mine.person.id, [number])
        found.detail = f"{found.detail} Den är borttagen ur utkastet."
        raise


def content_of(file: UploadFile) -> bytes:
    """Return a file's bytes from its beginning."""
    file.file.seek(0)
    return file.file.read()


def _asked(form: FormData, admitted: Admitted) -> dict[Where, Values]:
    found: dict[Where, Values] = {}
    for name, value in form.multi_items():
        part, _, field = name.rpartition(".")
        if not part:
            continue  # the token, and what is said of several files
        where = admitted.where(part)
        empty = not value.filename if isinstance(value, UploadFile) else not value.strip()
        if not empty:
            found.setdefault(where, {})[field] = value
    return found


def _placed(
    admitted: Admitted, form: FormData, asked: dict[Where, Values]
) -> tuple[dict[Where, Values], tuple[UploadFile, ...], tuple[str, ...]]:
    unsure, words = [], []
    for file in form.getlist(SEVERAL):
        if not isinstance(file, UploadFile) or not file.filename:
            continue
        name = clean_name(file.filename, None, "fil")
        if (file.size or 0) > MAX_BYTES:
            words.append(f"{name} är större än {MAX_TEXT} och togs inte emot. Minska bilderna eller dela upp den.")
            continue
        found = places_for(admitted.places, content_of(file))
        if not found:
            kinds = listing(sorted({form_of(part).kinds_text for _, part in admitted.places}))
            words.append(f"{name} togs inte emot: ingen del här är en sådan fil. Spara den som {kinds}.")
            continue
        where = (found[0][0].key, found[0][1].id)
        if len(found) == 1 and "fil" not in asked.get(where, {}):
            asked.setdefault(where, {})["fil"] = file
        else:
            unsure.append(file)
    return asked, tuple(unsure), tuple(words)


def _kept(session: Session, admitted: Admitted, form: FormData) -> tuple[dict[int, Where], frozenset[int]]:
    away = {value for value in form.getlist(REMOVE) if isinstance(value, str)}
    kept, removed = {}, set[int]()
    for row in drafts.files(session, admitted.mine.person.id, [admitted.key]):
        said = form.get(f"{KEPT}{row.id}")
        name = said if isinstance(said, str) and said else row.part
        if str(row.id) in away:
            removed.add(row.id)
        elif name:
            kept[row.id] = admitted.where(name)
    return kept, frozenset(removed)
