"""What the one who signs a tjänsteskrivelse does with it before it goes: changes the words, lets it go, or holds it.

The ekonomikontor may do the same. Facts, law and the day that is asked for stay the service's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from actions.act import Act
from actions.papers.signed_words import signed_words
from actions.papers.unsent import Unsent, days_to_hold, if_held, paper_path, unsent
from actions.plan.silencing import hold_escalation
from actions.posting import note
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, OccurrenceKey
from arshjul.swedish import day_text, instant_text, listing
from arshjul.workdays import ONE_DAY
from notifications.plain import one_line
from store.people.holders import known_person
from store.plan.recorded import add_quiet
from store.plan.waking import wake
from store.post.correspondence import free_key
from store.post.letter_keys import LetterKey
from store.post.papers import add_paper

GONE = "Skrivelsen väntar inte längre: den har gått, eller så har det som saknades kommit in. Ladda om sidan."
MOST_LINES, MOST_POINTS = 12, 5
LONGEST = 1500  #: characters in one section
NOT_ONLY_JUSTERAD = "Att paragrafen justeras omedelbart står redan i förslaget. Ta bort den raden."


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the signer writes, as it was typed; "" leaves the service's own words."""

    background: str = ""  #: added after what the service says is missing
    assessment: str = ""  #: in the place of the service's first sentence
    points: str = ""  #: of the proposal, a line each


def change_words(act: Act, occurrence: OccurrenceKey, body: BodyId, words: Words) -> None:
    """Let the paper go with these words, at its hour. Who had let it go lets it go anew."""
    _keep(act, waiting(act.scene, occurrence, body), words, released=False)


def let_go(act: Act, occurrence: OccurrenceKey, body: BodyId, words: Words) -> str:
    """Let the paper go with these words; return a sentence on when.

    At the hour that those who are late have been told, and not before it; at once where that has passed and it was held.
    """
    paper = waiting(act.scene, occurrence, body)
    _keep(act, paper, words, released=True)
    if paper.held_until:
        _lift(act, paper)
    anew = unsent(Scene(act.scene.session, act.scene.office, act.scene.now), occurrence, body)
    at = anew.at if anew else act.scene.opens
    if at <= act.scene.now:
        return "Skrivelsen är släppt. Den går inom någon minut."
    return f"Skrivelsen är släppt. Den går {instant_text(at)}, om det som saknas inte har kommit in."


def hold_paper(act: Act, occurrence: OccurrenceKey, body: BodyId, until: date, *, tells_office: bool) -> str:
    """Hold the paper up to and including ``until``, with a reason; return a sentence on what happens then.

    It goes by itself the working day after: to the meeting that is in time then, as an extra ärende, or to the chair.
    """
    why, paper = act.reason, waiting(act.scene, occurrence, body)
    days = dict(days_to_hold(paper))
    if until not in days:
        last = f"{day_text(min(days))} till {day_text(max(days))}" if days else "i morgon"
        raise RefusedError(f"Välj en arbetsdag från {last}; den kan hållas igen.")
    words = signed_words(act.scene, paper.late, body, paper.signer)
    if words.released:
        _keep(act, paper, _typed(words.background, words.assessment, words.points), released=False)
    for one in paper.late:
        hold_escalation(act, one.key, until)
    then = (
        f"Skrivelsen hålls till och med {day_text(until)}. Sedan {if_held(paper, until)}, om något fortfarande saknas."
    )
    if tells_office:
        _tell_office(act, paper, then, why)
    return then


def waiting(scene: Scene, occurrence: OccurrenceKey, body: BodyId) -> Unsent:
    """Return the paper that waits to go. Raises RefusedError where none does."""
    found = unsent(scene, occurrence, body)
    if found is None:
        raise RefusedError(GONE)
    return found


def may_sign(scene: Scene, paper: Unsent, address: str | None) -> bool:
    """Tell whether somebody with this address is the one who signs a paper."""
    signer = known_person(scene.session, paper.signer.person_id) if paper.signer.person_id else None
    return signer is not None and address is not None and signer.address.casefold() == address.casefold()


def _typed(background: Iterable[str], assessment: Iterable[str], points: Iterable[str]) -> Words:
    return Words(background="\n".join(background), assessment="\n".join(assessment), points="\n".join(points))


def _keep(act: Act, paper: Unsent, words: Words, *, released: bool) -> None:
    add_paper(
        act.scene.session, paper.occurrence, paper.body_id, paper.signer.person_id,
        late={one.key: one.deadline.at for one in paper.late},
        addition="\n".join(_paragraphs(words.background, "Ärendet", MOST_LINES)),
        assessment="\n".join(_paragraphs(words.assessment, "Bedömningen", MOST_LINES)),
        points="\n".join(_points(words.points)), released=released, by=act.by, now=act.scene.now,
    )  # fmt: skip
    what = "paper.released" if released else "paper.changed"
    for one in paper.late:
        act.log(what, one.key, {"body": paper.body_id})


def _paragraphs(text: str, what: str, most: int) -> list[str]:
    found = [line for each in text.splitlines() if (line := one_line(each))]
    if sum(map(len, found)) > LONGEST:
        raise RefusedError(
            f"{what} får vara högst {LONGEST} tecken. Korta den, eller lägg resten i en bilaga till ärendet."
        )
    if len(found) > most:
        raise RefusedError(f"{what} får ha högst {most} stycken. Slå ihop några.")
    return found


def _points(text: str) -> Iterator[str]:
    for line in _paragraphs(text, "Förslaget", MOST_POINTS):
        point = line.rstrip(".,; ").removesuffix(", och")
        if "omedelbart justerad" in point.casefold():
            raise RefusedError(NOT_ONLY_JUSTERAD)
        yield point if point.casefold().startswith("att ") else f"att {point[:1].lower()}{point[1:]}"


def _lift(act: Act, paper: Unsent) -> None:
    """End the hold with yesterday: it goes by itself from today."""
    scene = act.scene
    until = scene.today - ONE_DAY
    for one in paper.late:
        add_quiet(scene.session, "håll", one.key, until, "Skrivelsen släpptes.", act.by, scene.now)
    wake(scene.session, [one.key for one in paper.late], scene.now)


def _tell_office(act: Act, paper: Unsent, then: str, why: str) -> None:
    scene, first = act.scene, paper.late[0]
    units = listing(list(dict.fromkeys(one.unit_said for one in paper.late)))
    key = LetterKey.of(paper.occurrence.of_kommun(scene.office.definition.kommun.id), "skrivelsen-halls", scene.today)
    words = [
        f"{act.by} håller tjänsteskrivelsen till {paper.body.said} om {first.report}, som gäller {units}.",
        f"Skäl: {why}",
        f"{then} Släpp den, eller håll den igen, på skrivelsens sida: "
        f"{scene.office.public_url}{paper_path(paper.occurrence, paper.body_id)}",
    ]
    note(scene, free_key(scene.session, key), f"Hålls: skrivelsen till {paper.body.short}", words, None)
