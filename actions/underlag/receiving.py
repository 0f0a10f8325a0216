"""Handing in: what one person hands in at once, of one part or several, in one transaction and with one kvittens.

The personal page, the inbox, *Registrera*, the command and the rehearsal all come here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from actions.act import Act
from actions.contents.withholding import keep_withheld, noted
from actions.underlag.receipts import write_receipt
from actions.underlag.weighing import weigh
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.year.concerned import concerned
from store.handins import versions as submissions
from store.plan.obligations import hold
from store.tables import Person
from submissions.files.parts import Upload
from submissions.intake.answering import answer
from submissions.intake.part_fields import Fields
from submissions.intake.receive import receive, refuse_oversize
from submissions.intake.received import Received
from submissions.review.examining import Examined

STORED = ("mottagen", "besvarad")  #: outcomes that are something new: they get a kvittens


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHandedIn:
    """What is handed in of one part: a file, fields, a motivering to *ej aktuellt*, answers, or several of them."""

    key: ObligationKey
    part: PartId
    upload: Upload | None = None
    fields: Fields | None = None
    ej_aktuellt: str | None = None
    answers: Mapping[int, str] = field(default_factory=dict)  #: by the question's id, for the version that stands
    oversize: str | None = None  #: the name of a file over the limit, whose content was never read
    examined: Examined | None = None  #: what was found in the file before the transaction began

    @property
    def has_more_than_answers(self) -> bool:
        """Whether something is handed in, beside answers to what was asked before."""
        return self.upload is not None or self.ej_aktuellt is not None or self.fields is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTaken:
    """What became of one part."""

    handed_in: PartHandedIn
    received: tuple[Received, ...] = ()
    refusal: str | None = None  #: why no more of it could be taken than was received; Swedish

    @property
    def is_refused(self) -> bool:
        """Whether the last that was handed in of it was not taken."""
        return self.refusal is not None or not self.received or self.received[-1].outcome == "nekad"


def hand_in(
    act: Act, person: Person | None, parts: Sequence[PartHandedIn], *,
    via: str, handed_over_at: datetime | None = None, for_name: str | None = None,
) -> tuple[PartTaken, ...]:  # fmt: skip
    """Take in each part, and write one kvittens to ``person`` (None: nobody to write to) for what is new.

    It is handed in by who acts, or, where ``for_name`` is told, filed by who acts in that name. It counts from
    ``handed_over_at`` (None: now). A part that is refused stops no other: its outcome says why. What stood there
    already gets no new kvittens. The rows of all parts are held before the first is written, in one order.
    """
    scene = act.scene
    obligations = (scene.wheel.obligations.get(each.key) for each in parts)
    hold(scene.session, {near for one in obligations if one for near in concerned(scene.wheel, one)})
    outcomes = tuple(_take(act, each, via, handed_over_at, for_name) for each in parts)
    stored = [one for each in outcomes for one in each.received if one.outcome in STORED]
    if stored and person:
        write_receipt(scene.session, scene.office, stored, person, scene.now)
    weigh(scene, [one.obligation.key for one in stored])
    return outcomes


def received_of(outcomes: Sequence[PartTaken]) -> tuple[Received, ...]:
    """Return what was received, refused files with it, in the order of the parts."""
    return tuple(one for each in outcomes for one in each.received)


def _take(act: Act, each: PartHandedIn, via: str, at: datetime | None, for_name: str | None) -> PartTaken:
    """Take one part's answers first, then its file, fields or motivering. Answers that were taken are told as such."""
    received: list[Received] = []
    try:
        received += _answered(act, each)
        received += _handed_in(act, each, via, at, for_name)
    except RefusedError as refused:
        return PartTaken(handed_in=each, received=tuple(received), refusal=str(refused))
    return PartTaken(handed_in=each, received=tuple(received))


def _answered(act: Act, each: PartHandedIn) -> Sequence[Received]:
    scene = act.scene
    version = submissions.newest(scene.session, [each.key]).get((each.key, each.part)) if each.answers else None
    return [answer(scene.session, scene.wheel, version.id, each.answers, act.by, scene.now)] if version else []


def _handed_in(act: Act, each: PartHandedIn, via: str, at: datetime | None, for_name: str | None) -> Sequence[Received]:
    scene, by, registered_by = act.scene, for_name or act.by, act.by if for_name else None
    if each.oversize is not None:
        too_large = refuse_oversize(
            scene.session, scene.wheel, each.key, each.part, filename=each.oversize, by=by, via=via, now=scene.now,
            handed_over_at=at, registered_by=registered_by,
        )  # fmt: skip
        return [too_large]
    if not each.has_more_than_answers:
        return []
    received = receive(
        scene.session, scene.wheel, each.key, each.part, upload=each.upload, fields=each.fields,
        ej_aktuellt=each.ej_aktuellt, by=by, via=via, now=scene.now, handed_over_at=at, registered_by=registered_by,
        examined=each.examined,
    )  # fmt: skip
    if received.outcome == "mottagen" and (held := keep_withheld(act, received.sha256)):
        received = replace(received, findings=(noted(held, complete=received.complete),))  # what was found quotes it
    return [received]
