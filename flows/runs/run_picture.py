"""The artifact of a tillfälle: one table in the Prefect UI that always shows how it stands now."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from prefect.client.schemas.actions import ArtifactCreate

from actions.scene import Scene, Sight
from actions.telling import missing
from arshjul.bodies.outcomes import past
from arshjul.keys import ObligationKey
from arshjul.ladder.standing import moment_state
from arshjul.swedish import STOCKHOLM, WEEKDAYS, clock_text, instant_text, listing, local_date, short_day
from arshjul.year.wheel import Obligation, Occurrence, owner_name
from flows.naming import Whose
from flows.runs.standing_page import utskick_line
from store.database import Session
from store.plan.recorded import decisions
from store.post.notices import letters_about, word_name


def table(scene: Scene, occurrence: Occurrence) -> list[dict[str, str]]:
    """Return a row per inlämningskrav, the soonest frist first, and one per body's moment."""
    sight = scene.look([one.key for one in occurrence.obligations])
    latest = _latest_letters(scene.session, occurrence.obligations)
    page = f"{scene.office.public_url}/lage/{occurrence.key.path}"
    by_frist = sorted(occurrence.obligations, key=lambda one: (one.deadline.at, one.key))
    rows = [_row(scene, sight, one, latest.get(one.key, "–"), page) for one in by_frist]
    moments = [each for each in occurrence.milestones if each.unit is None]
    recorded = decisions(scene.session, [each.key for each in moments])
    for each in moments:
        decision = recorded.get(each.key)
        decides = each.body is not None
        state = moment_state(each.at, scene.now, scene.office.since, decided=decision is not None, decides=decides).word
        if decision:
            state = f"{past(decision.outcome)} {short_day(decision.decided_on)}"
        body = owner_name(scene.office.definition, each, short=True)
        rows.append(
            _cells(
                unit=body,
                state=state,
                due=_narrow(each.at),
                what=each.name,
                lacks="registrering av beslutet" if decides and not decision else "",
                role=scene.office.definition.office_said,
                letter="–",
                page=page,
            )
        )
    return rows


def summary(scene: Scene, occurrence: Occurrence) -> str:
    """Return the artifact's heading in markdown: what it is, its lagrum, when it was drawn, where to read more.

    While letters do not go to their readers it says so first.
    """
    page = f"{scene.office.public_url}/lage/{occurrence.key.path}"
    head = "".join(f"{line}\n\n" for line in utskick_line(scene))
    return (
        f"{head}**{occurrence.step_name} {occurrence.period.text}** · läget {instant_text(scene.now)} · "
        f"{occurrence.lagrum} · [Statussidan]({page}) · Sammanställning: "
        f"[Excel]({page}/sammanstallning.xlsx), [Word]({page}/sammanstallning.docx)"
    )


def picture(whose: Whose, scene: Scene, occurrence: Occurrence, run_id: str | None = None) -> ArtifactCreate:
    """Return the occurrence's artifact, drawn anew: the same key, so the UI shows the newest."""
    return ArtifactCreate(
        key=whose.artifact(occurrence.key),
        type="table",
        description=summary(scene, occurrence),
        data=json.dumps(table(scene, occurrence), ensure_ascii=False),
        flow_run_id=UUID(run_id) if run_id else None,
    )


def _row(scene: Scene, sight: Sight, one: Obligation, letter: str, page: str) -> dict[str, str]:
    roles = scene.office.definition.roles
    responsible = listing(list(dict.fromkeys(roles[part.role].name for part in one.parts)))
    lacks = ", ".join(part.name for part in missing(scene, sight.states[one.key]))
    return _cells(
        unit=one.unit_name,
        state=sight.state(one).word,
        due=_narrow(one.deadline.at),
        what=one.name,
        lacks=lacks,
        role=responsible,
        letter=letter,
        page=page,
    )


def _cells(
    *, unit: str, state: str, due: str, what: str, lacks: str, role: str, letter: str, page: str
) -> dict[str, str]:
    """Return a row; what matters most comes first, as the UI's table is narrow and does not wrap."""
    return {
        "enhet": unit,
        "läge": state,
        "frist": due,
        "gäller": what,
        "återstår": lacks,  # nothing is missing before its frist
        "ansvarig roll": role,
        "senaste brev": letter,
        "statussida": page,
    }


def _narrow(instant: datetime) -> str:
    """Return ``tis 21 sep 2027 kl. 16.00``."""
    here = instant.astimezone(STOCKHOLM)
    return f"{WEEKDAYS[here.weekday()][:3]} {short_day(here.date())} {here.year} {clock_text(here.time())}"


def _latest_letters(session: Session, obligations: Sequence[Obligation]) -> dict[ObligationKey, str]:
    letters, found = letters_about(session, [one.key for one in obligations]), dict[ObligationKey, str]()
    for one in obligations:
        if rows := letters[one.key]:
            notice, letter = rows[-1]
            name = word_name(one, notice.rung)
            handed = letter.handed_at or letter.made_at
            shadow = ", i skugga" if letter.shadow else ""
            found[one.key] = f"{name} {short_day(local_date(handed))}{shadow}"
    return found
