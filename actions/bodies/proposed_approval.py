"""The tjänsteskrivelse by which whoever ``föreslås av`` names proposes that a body approves a report that is whole."""

import logging

from actions.contacts import handler
from actions.scene import Scene
from arshjul.bodies.asked_for import with_secretary
from arshjul.bodies.closing import closing
from arshjul.bodies.outcomes import outcomes_of
from arshjul.bodies.overlamnande import is_handed_over, meeting_of
from arshjul.definition.in_force import in_force
from arshjul.definition.model import Step
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, OccurrenceKey, RoleId
from arshjul.swedish import listing, said_day
from arshjul.year.wheel import Milestone, Occurrence
from notifications.letters.papers.approval import ApprovalView, approval_file
from notifications.letters.papers.word_template import WordTemplateError
from notifications.letters.views.composed import Attachment
from notifications.letters.views.matter_view import Signer
from store.plan.recorded import decisions
from submissions.compilation.keeping import basis_of

logger = logging.getLogger(__name__)

#: the law's and the bodies' words for what is decided, as what is proposed
_VERBS = {"fastställs": "fastställa", "behandlas": "behandla", "läggs till handlingarna": "lägga till handlingarna"}
APPROVE = "godkänna"


def approval_paper(scene: Scene, key: OccurrenceKey) -> Attachment:
    """Return the paper, for the one who signs it to read and sign. Nothing is recorded.

    Raises RefusedError (Swedish) when the step has nobody who proposes, something is missing, or no body treats the
    report any more; KeyError for a tillfälle that is not there.
    """
    occurrence = scene.wheel.occurrence(key)
    proposer = _step(scene, occurrence).proposed_by
    if proposer is None:
        raise RefusedError(
            f"{occurrence.step_name} har ingen som föreslår. Skriv 'föreslås av' med en roll i steget, och starta om tjänsten."
        )
    if missing := _missing(scene, occurrence):
        raise RefusedError(
            f"{occurrence.step_name} {occurrence.period.text} är inte komplett: det saknas från {listing(missing)}. "
            "Tjänsteskrivelsen görs när allt har kommit in."
        )
    moments = _ahead(scene, occurrence)
    if not moments:
        raise RefusedError(f"Inget organ ska behandla {occurrence.step_name} {occurrence.period.text} längre.")
    view = _view(scene, occurrence, RoleId(proposer), moments[0])
    try:
        return approval_file(view, scene.office.papers.get("godkannande"))
    except WordTemplateError as fault:  # tried at start; what fails all the same is written from ours
        logger.error("paper.template file=godkannande fault=%s", fault)
        return approval_file(view)


def is_proposed(scene: Scene, occurrence: Occurrence) -> bool:
    """Tell whether there is such a paper now."""
    step = _step(scene, occurrence)
    return step.proposed_by is not None and not _missing(scene, occurrence) and bool(_ahead(scene, occurrence))


def vacant_proposer(scene: Scene, occurrence: Occurrence) -> str:
    """Return the role that is to put it before its body and that nobody holds; "" when somebody does, or none is named."""
    role = _step(scene, occurrence).proposed_by
    return "" if role is None or scene.people.who(role, None) else scene.wheel.definition.roles[role].name


def _step(scene: Scene, occurrence: Occurrence) -> Step:
    whole = scene.wheel.definition.steps[occurrence.step]
    return in_force(whole, occurrence.period) or whole


def _missing(scene: Scene, occurrence: Occurrence) -> list[str]:
    """Return whose underlag is not whole yet; what is over or from before the service is waited for by nobody."""
    standing = basis_of(scene.session, scene.wheel, occurrence, scene.now, scene.office.since).standing
    return list(dict.fromkeys(one.unit_said for one in occurrence.obligations if standing[one.key].is_owing))


def _ahead(scene: Scene, occurrence: Occurrence) -> list[Milestone]:
    """Return the bodies' moments that are still to be decided, in order."""
    shared = [one for one in occurrence.milestones if one.body and one.unit is None and not is_handed_over(one)]
    decided = decisions(scene.session, [one.key for one in shared])
    return sorted((one for one in shared if one.key not in decided), key=lambda one: one.at)


def _view(scene: Scene, occurrence: Occurrence, role: RoleId, first: Milestone) -> ApprovalView:
    definition = scene.wheel.definition
    body = definition.bodies[BodyId(first.body or "")]
    last = next(iter(closing(occurrence)), first)
    end = definition.bodies[BodyId(last.body or "")]
    report = _step(scene, occurrence).report(occurrence.period)
    verb = _VERBS.get(outcomes_of(last)[0], APPROVE)
    who = f"{body.name} beslutar" if end is body else f"{body.name} föreslår {end.said} besluta"
    person, named = scene.people.who(role, None), definition.roles[role]
    meeting = meeting_of(scene.wheel, first) if first.status != "ej beslutad" else None
    return ApprovalView(
        municipality=definition.kommun.name,
        title=_capital(report),
        report=report,
        step_name=occurrence.step_name,
        period_text=occurrence.period.text,
        made_on=scene.today,
        body_name=body.name,
        body_said=body.said,
        proposal=(who, f"att {verb} {report}."),
        summary=tuple(_summary(occurrence, report)),
        basis=(f"Tjänsteskrivelse {said_day(scene.today)}", f"Sammanställning av {report}"),
        sent_to=tuple(dict.fromkeys(_capital(with_secretary(definition, one)) for one in occurrence.obligations)),
        lagrum=occurrence.lagrum.text,
        signer=Signer(
            role=role,
            role_name=named.name,
            role_said=named.definite,
            name=person.name if person else "",
            person_id=person.id if person else None,
        ),
        handler=handler(scene, occurrence),
        meeting_at=meeting.at if meeting else None,
        agenda_closes=meeting.agenda_closes if meeting and meeting.agenda_closes > scene.now else None,
        diarienummer=scene.diarienummer(occurrence.key),
    )


def _summary(occurrence: Occurrence, report: str) -> list[str]:
    units = list(dict.fromkeys(one.unit_said for one in occurrence.obligations))
    krav = list(dict.fromkeys(one.name for one in occurrence.obligations))
    return [
        f"Allt som ska lämnas till {report} har kommit in: {listing(krav)} från {listing(units)}.",
        "Det som har lämnats står i sammanställningen, med de frågor som är ställda och de svar som har getts.",
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
