"""What is told where a page was and is no more: calendars and old letters lead here long after the plan has changed."""

from collections.abc import Iterator, Sequence

from starlette.exceptions import HTTPException

from actions.scene import Scene
from arshjul.keys import BodyId, ObligationKey, OccurrenceKey
from arshjul.swedish import instant_text, local_date, said_day
from portal.web.logged_in import Who
from store.handins.versions import versions
from store.log.search import about
from store.plan.calendar_events import shown_as
from store.plan.obligations import GONE, rows_of, rows_of_report
from store.tables import ObligationRow

LAGET = ("/lage", "Öppna Läget")
CALENDAR = "Sparade du fristen i din egen kalender kan du ta bort den där. En kalender som du prenumererar på rättar sig själv."


class GoneError(HTTPException):
    """There is no such page: what became of what it was about, and the ways on, each an address and its words."""

    def __init__(self, who: Who, title: str, words: Sequence[str], ways: Sequence[tuple[str, str]] = (LAGET,)) -> None:
        super().__init__(404, title)
        self.who, self.title, self.words, self.ways = who, title, words, ways


def underlag_gone(scene: Scene, who: Who, key: ObligationKey, unknown: str = "") -> GoneError:
    """Return what is told of an underlag that the plan has not; ``unknown`` is what is wrong with its address, if anything is.

    Whoever asks must see its enhet.
    """
    row = rows_of(scene.session, [key]).get(key)
    if row is None:
        words = [
            "Årshjulet har inget sådant inlämningskrav.",
            *([f"{unknown[:1].upper()}{unknown[1:]}{'' if unknown.endswith(('?', '.')) else '.'}"] if unknown else []),
        ]
        return GoneError(who, "Underlaget finns inte", words)
    report = OccurrenceKey.of(row.step, row.period)
    ways = [LAGET]
    if report in scene.wheel.keys:
        there = scene.wheel.occurrence(report)
        ways.insert(0, (f"/lage/{report.path}", f"Öppna {there.step_name.lower()} {there.period.text}"))
    return GoneError(who, "Underlaget begärs inte längre", list(_became(scene, row)), ways)


def report_gone(scene: Scene, who: Who, key: OccurrenceKey) -> GoneError:
    """Return what is told of a tillfälle that the plan has not. It says nothing of any enhet's own."""
    rows = rows_of_report(scene.session, key)
    step = scene.office.definition.steps.get(key.step)
    name = step.name if step else "Rapporten"
    if not rows:
        return GoneError(who, "Tillfället finns inte", [f"{name} finns inte i årshjulet för den perioden."])
    words = [f"{name} har tagits bort ur årsplanen för den perioden, och lämnas inte in.", CALENDAR]
    return GoneError(who, "Rapporten begärs inte längre", words)


def meeting_gone(scene: Scene, who: Who, body: BodyId) -> GoneError:
    """Return what is told of a meeting that the body does not have, or has not any more."""
    name = scene.office.definition.bodies[body]
    words = [f"{name.short} har inget möte den dagen. Det kan ha flyttats eller ställts in."]
    return GoneError(who, "Mötet finns inte", words, [(f"/organ/{body}", f"Öppna möten i {name.short}"), LAGET])


def _became(scene: Scene, row: ObligationRow) -> Iterator[str]:
    event = shown_as(scene.session, row.key)
    what = event.summary.removeprefix("Frist: ") if event else "Underlaget"
    what = f"{what[:1].upper()}{what[1:]}"
    if row.state == GONE:
        since = about(scene.session, row.key, ["obligation.gone"])
        day = f" sedan {said_day(local_date(since[-1].at))}" if since else ""
        yield f"{what} begärs inte längre{day}: årsplanen är ändrad. Fristen {instant_text(row.due_at)} gäller alltså inte."
    else:
        yield f"{what} skulle in {instant_text(row.due_at)}. Så gamla år visas inte längre."
    if any(versions(scene.session, [row.key]).values()):
        yield f"Det som redan var inlämnat finns kvar. Fråga {scene.office.definition.office_said} om du behöver det."
    yield CALENDAR
