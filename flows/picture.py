"""The artifact of a tillfälle: one table in the Prefect UI that always shows how it stands now."""

import json
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import ArtifactCreate

from arshjul.swedish import STOCKHOLM, instant_text, listing, short_day
from arshjul.wheel import Obligation, Occurrence
from flows.naming import artifact_key
from notifications.scene import Scene, Sight
from notifications.telling import missing
from store.database import Session
from store.notices import letters_about
from store.recording import decisions


def table(scene: Scene, occurrence: Occurrence) -> list[dict[str, str]]:
    """Return a row per inlämningskrav, the soonest frist first, and one per body's moment."""
    sight = scene.look([one.key for one in occurrence.obligations])
    latest = _latest_letters(scene.session, [one.key for one in occurrence.obligations])
    page = f"{scene.office.public_url}/lage/{occurrence.step}/{occurrence.period.key}"
    by_frist = sorted(occurrence.obligations, key=lambda one: (one.deadline.at, one.key))
    rows = [_row(scene, sight, one, latest.get(one.key, "–"), page) for one in by_frist]
    moments = [each for each in occurrence.milestones if each.unit is None]
    recorded = decisions(scene.session, [each.key for each in moments])
    for each in moments:
        decision = recorded.get(each.key)
        state = f"{decision.outcome} {short_day(decision.decided_on)}" if decision else "Öppet"
        body = scene.office.definition.bodies[each.body].short if each.body else ""
        rows.append(_cells(each.name, body, instant_text(each.at), state, "" if decision else "registrering", "", page))
    return rows


def summary(scene: Scene, occurrence: Occurrence) -> str:
    """Return the artifact's heading in markdown: what it is, its lagrum, when it was drawn, where to read more."""
    page = f"{scene.office.public_url}/lage/{occurrence.step}/{occurrence.period.key}"
    return (
        f"**{occurrence.step_name} {occurrence.period.text}** · läget {instant_text(scene.now)} · "
        f"{occurrence.lagrum} · [Statussidan]({page})"
    )


async def draw(client: PrefectClient, scene: Scene, occurrence: Occurrence, run_id: str | None = None) -> None:
    """Draw the occurrence's artifact anew: the same key, so the UI shows the newest."""
    await client.create_artifact(
        ArtifactCreate(
            key=artifact_key(occurrence.step, occurrence.period.key),
            type="table",
            description=summary(scene, occurrence),
            data=json.dumps(table(scene, occurrence), ensure_ascii=False),
            flow_run_id=UUID(run_id) if run_id else None,
        )
    )


def _row(scene: Scene, sight: Sight, one: Obligation, letter: str, page: str) -> dict[str, str]:
    roles = scene.office.definition.roles
    responsible = listing(list(dict.fromkeys(roles[part.role].name for part in one.parts)))
    lacks = ", ".join(part.name for part in missing(scene, sight.states[one.key]))
    return _cells(
        f"{one.unit_name}: {one.name}",
        responsible,
        instant_text(one.deadline.at),
        sight.shown_state(one),
        lacks,
        letter,
        page,
    )


def _cells(unit: str, role: str, due: str, state: str, lacks: str, letter: str, page: str) -> dict[str, str]:
    return {
        "enhet": unit,
        "ansvarig roll": role,
        "frist": due,
        "läge": state,
        "saknas": lacks,
        "senaste brev": letter,
        "statussida": page,
    }


def _latest_letters(session: Session, keys: list[str]) -> dict[str, str]:
    found = {}
    for key, rows in letters_about(session, keys).items():
        if rows:
            notice, letter = rows[-1]
            handed = letter.handed_at or letter.made_at
            found[key] = f"{notice.rung} {short_day(handed.astimezone(STOCKHOLM).date())}"
    return found
