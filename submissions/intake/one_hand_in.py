"""One hand-in on its way through: recognised, judged, kept as a new version, and told to the ladder."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from arshjul.errors import RefusedError
from arshjul.swedish import instant_text, local_date
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from store.database import Session
from store.handins import answers
from store.handins import versions as submissions
from store.handins.answers import Asked
from store.handins.resting import resting
from store.handins.versions import Draft
from store.log.writing import log
from store.plan.waking import wake
from store.tables import Answer, Submission
from submissions.files.contents import Contents, clean_name, look_into
from submissions.files.filled import Filled
from submissions.files.parts import KINDS, Form, Upload
from submissions.finding import STOP, Finding, finding_of
from submissions.intake import checks
from submissions.intake.checks import HandIn
from submissions.intake.part_fields import Fields, as_kept
from submissions.intake.prepared import examined_for
from submissions.intake.received import Outcome, Received
from submissions.ledger.known import known_of
from submissions.review.examining import Examined, judged
from submissions.standing.version import asked, is_faultless, questions


@dataclass(frozen=True, slots=True)
class Taking:
    """One hand-in on its way through."""

    session: Session
    wheel: Wheel
    one: Obligation
    part: PartOwed
    by: str
    via: str
    now: datetime  #: when it is registered
    at: datetime  #: when it was handed over, which is what counts
    registered_by: str | None

    def take(
        self,
        form: Form,
        upload: Upload | None,
        typed: dict[str, Any],
        before: Submission | None,
        examined: Examined | None,
    ) -> Received:
        hand_in = self._hand_in(upload, typed)
        if refusals := checks.refusals(hand_in):
            return self.refused(upload, refusals)
        filename, media_type, sha256 = self._file(upload, hand_in.contents, before)
        kept = as_kept(form, typed)
        same = before and before.ej_aktuellt is None and (before.sha256, before.fields) == (sha256, kept)
        if before and same and not self.part.carries:  # what is approved may be another than before
            return self._again(before)
        self._stands(before)
        looked = self._looked_into(upload, sha256, examined)
        if looked and looked.refused:
            return self.refused(upload, (*looked.refused, *checks.run(checks.TYPED, hand_in)))
        if upload and sha256:
            submissions.keep_blob(self.session, sha256, upload.content)
        found = (*checks.run(checks.JUDGING, hand_in), *(self._found(looked, before) if looked else ()))
        filled = looked.filled if looked else None
        return self._add(
            found, before, filename=filename, media_type=media_type, sha256=sha256, fields=kept, filled=filled
        )

    def _looked_into(self, upload: Upload | None, sha256: str | None, examined: Examined | None) -> Examined | None:
        """Return what is in the file: as it was examined before the transaction began, else examined now."""
        if upload is None or (examined and examined.sha256 == sha256):
            return examined
        return examined_for(self.session, self.wheel, self.one.key, self.part.id, upload.content)()

    def _found(self, looked: Examined, before: Submission | None) -> tuple[Finding, ...]:
        """Return what the rules found. An answer from the version before opens what a question of identity hid."""
        answered = {rule for rule, _ in self._replies(looked.findings, before)}
        if looked.filled is None or not answered:
            return looked.findings
        known = known_of(self.session, self.wheel.definition, self.one)
        out_of_force = resting(self.session)
        return judged(
            self.wheel.definition, self.one, self.part, looked.filled, known, resting=out_of_force, answered=answered
        )

    def ej_aktuellt(self, form: Form, motivering: str, before: Submission | None) -> Received:
        hand_in = self._hand_in(None, {})
        motivering = " ".join("".join(char if char.isprintable() else " " for char in motivering).split())
        if not form.may_be_ej_aktuellt:
            raise RefusedError(f"{self.part.name} kan inte anges som ej aktuellt.")
        found = checks.ej_aktuellt_without_substance(hand_in, motivering)
        if found:
            return self.refused(None, (found,))
        if before and before.ej_aktuellt == motivering:
            return self._again(before)
        self._stands(before)
        return self._add((), before, ej_aktuellt=motivering)

    def _stands(self, before: Submission | None) -> None:
        """Refuse what was handed over earlier than the version that stands, when it is taken in afterwards.

        What was only slow to read is taken after one that is not complete: it may be what was to be handed in.
        """
        if not before or self.at >= min(before.received_at, self.now):
            return
        if self.registered_by:
            raise RefusedError(
                f"{self.part.name}: en nyare version lämnades in {instant_text(before.received_at)}, och den gäller. "
                "Ska den här filen gälla i stället: fråga den som lämnade den, och ange tiden för det svaret."
            )
        if before.complete:
            raise RefusedError(
                f"{self.part.name}: medan den här lästes lämnades en nyare version in, {instant_text(before.received_at)}, "
                "och den gäller. Ska den här gälla i stället: lämna in den igen."
            )

    def refused(self, upload: Upload | None, findings: tuple[Finding, ...]) -> Received:
        filename = clean_name(upload.filename, None, self.part.id) if upload else None
        detail = {"part": self.part.id, "filename": filename, "rules": [found.rule for found in findings]}
        log(self.session, self.now, self.registered_by or self.by, "submission.refused", self.one.key, detail)
        return self._received("nekad", None, filename=filename, findings=findings, complete=False)

    def file_missing(self, form: Form, typed: Fields) -> tuple[Finding, ...]:
        """Tell that there is no file, and what is wrong with what was typed."""
        missing = Finding(
            rule="saknar-fil",
            severity=STOP,
            place=self.part.name,
            message="Ingen fil är vald.",
            mend=f"Välj protokollsutdraget som {form.kinds_text} tillsammans med paragraf och datum.",
            lagrum=self.part.lagrum.text,
        )
        return (missing, *checks.run(checks.TYPED, self._hand_in(None, typed)))

    def _hand_in(self, upload: Upload | None, typed: Fields) -> HandIn:
        return HandIn(
            part=self.part,
            upload=upload,
            contents=look_into(upload.content) if upload else Contents(),
            fields=typed,
            today=local_date(self.now),
        )

    def _file(
        self, upload: Upload | None, contents: Contents, before: Submission | None
    ) -> tuple[str | None, str | None, str | None]:
        if upload is None:
            return (before.filename, before.media_type, before.sha256) if before else (None, None, None)
        kind = KINDS[contents.kind] if contents.kind else None
        name = clean_name(upload.filename, kind.id if kind else None, self.part.id)
        return name, kind.media_type if kind else None, hashlib.sha256(upload.content).hexdigest()

    def _again(self, before: Submission) -> Received:
        rows = submissions.findings(self.session, [before.id]).get(before.id, [])
        return self._received(
            "samma igen",
            before.version,
            filename=before.filename,
            sha256=before.sha256,
            ej_aktuellt=before.ej_aktuellt,
            complete=before.complete,
            findings=tuple(finding_of(row) for row in rows),
        )

    def _replies(self, findings: tuple[Finding, ...], before: Submission | None) -> Mapping[Asked, Answer]:
        """Return the answers of the version before to questions that are asked again in the same words."""
        if before is None or not any(questions(findings)):
            return {}
        old = {
            asked(finding_of(row)): row.message
            for row in submissions.findings(self.session, [before.id]).get(before.id, ())
        }
        given = answers.answers(self.session, [before.id]).get(before.id, {})
        same = (asked(found) for found in questions(findings) if old.get(asked(found)) == found.message)
        return {each: given[each] for each in same if each in given}

    def _add(
        self, findings: tuple[Finding, ...], before: Submission | None, *, filename: str | None = None, media_type: str | None = None, filled: Filled | None = None,
        sha256: str | None = None, fields: dict[str, Any] | None = None, ej_aktuellt: str | None = None,
    ) -> Received:  # fmt: skip
        replies = self._replies(findings, before)
        late, complete = self.at > self.one.deadline.at, is_faultless(findings, replies, resting(self.session))
        draft = Draft(
            obligation_key=self.one.key,
            part=self.part.id,
            received_at=self.at,
            by=self.by,
            via=self.via,
            late=late,
            complete=complete,
            filename=filename,
            media_type=media_type,
            sha256=sha256,
            fields=fields or {},
            ej_aktuellt=ej_aktuellt,
            findings=[asdict(found) for found in findings],
            content=filled.to_json() if filled else None,
        )
        row = submissions.add(self.session, draft)
        for question, reply in replies.items():
            answers.add_answer(self.session, row.id, question, reply.motivering, reply.by, reply.answered_at)
        detail = {
            "part": row.part,
            "version": row.version,
            "sha256": sha256,
            "late": late,
            "complete": complete,
            "via": self.via,
        }
        if self.registered_by:
            detail |= {"by": self.by, "handed_over_at": self.at.isoformat(), "registered_by": self.registered_by}
        what = "submission.ej_aktuellt" if ej_aktuellt else "submission.received"
        log(self.session, self.now, self.registered_by or self.by, what, self.one.key, detail)
        wake(self.session, concerned(self.wheel, self.one), self.now)
        return self._received(
            "mottagen",
            row.version,
            filename=filename,
            sha256=sha256,
            ej_aktuellt=ej_aktuellt,
            complete=complete,
            findings=findings,
            late=late,
        )

    def _received(
        self, outcome: Outcome, version: int | None, *, complete: bool, findings: tuple[Finding, ...] = (),
        filename: str | None = None, sha256: str | None = None, ej_aktuellt: str | None = None, late: bool = False,
    ) -> Received:  # fmt: skip
        return Received(
            obligation=self.one,
            part=self.part,
            outcome=outcome,
            version=version,
            received_at=self.at,
            by=self.by,
            late=late,
            complete=complete,
            filename=filename,
            sha256=sha256,
            ej_aktuellt=ej_aktuellt,
            findings=findings,
            registered_by=self.registered_by,
        )
