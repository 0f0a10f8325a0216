"""Who owes and has had no word: the ladder stops, and the ekonomikontor gets the case instead, once, with what to do."""

from collections.abc import Iterator, Sequence

from actions.act import by_service
from actions.reached import TRIED_AGAIN_AFTER
from actions.scene import Scene, Sight
from arshjul.keys import RoleId
from arshjul.swedish import instant_text
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.plain import quoted
from store.post.letter_keys import LetterKey
from store.post.notices import UNHEARD, queue
from store.post.told_notices import last_answer
from store.tables import LetterRow, NoticeRow

KIND = "inte nådd"


def hand_to_office(sight: Sight, one: Obligation) -> None:
    """Queue the case of an obligation whose ladder waits for a word: once for each role, frist and obligation."""
    scene = sight.scene
    rows = queue(
        scene.session,
        milestone_key=one.milestone_key(UNHEARD),
        obligation_key=one.key,
        rung=UNHEARD,
        due_at=one.deadline.at,
        recipients=[(role, None) for role in sight.standing(one).unheard],
        now=scene.now,
    )
    if rows:
        by_service(scene).log("ladder.withheld", one.key, {"roles": [row.role for row in rows]})


def write_unheard(sight: Sight, notices: Sequence[NoticeRow], run_id: str | None) -> list[LetterRow]:
    """Freeze one letter to the ekonomikontor with every case that it has not been given."""
    if not notices:
        return []
    scene = sight.scene
    definition, many = scene.office.definition, len({notice.obligation_key for notice in notices})
    words: list[str | list[str]] = [
        "Den som ska lämna in har inte fått något brev om det. Därför har trappan stannat: ingen annan får veta att "
        "det är sent, och inget ärende väcks, förrän ett brev har kommit fram.",
        [_case(scene, scene.wheel.obligations[notice.obligation_key], notice) for notice in notices],
        "Gör så här:",
        [
            "Ring, eller säg till på annat sätt, så att den som ska lämna in vet om det.",
            "Rätta adressen, eller lägg in en ny innehavare av rollen, på sidan Personer: "
            f"{scene.office.public_url}/personer",
        ],
        "Då skickar årshjulet brevet på nytt, och trappan går vidare när det har kommit fram. Är adressen rätt behöver "
        f"ni inte göra något där: brevet prövas igen efter {TRIED_AGAIN_AFTER} arbetsdagar.",
    ]
    whose = scene.wheel.obligations[notices[0].obligation_key].unit_name
    subject = f"Brevet har inte nått fram: {f'{many} underlag' if many > 1 else whose}"
    letter = freeze(
        scene.session,
        scene.office,
        scene.now,
        key=LetterKey.of(definition.kommun.id, "inte-nadd", scene.today, notices[0].id),
        kind=KIND,
        composed=compose.note(subject, words, scene.office.sender),
        to=None,  # the ekonomikontor's own address, whoever holds the role
        notices=notices,
        run_id=run_id,
    )
    return [letter] if letter else []


def _case(scene: Scene, one: Obligation, notice: NoticeRow) -> str:
    what = f"{one.unit_name}: {one.name} {one.period.text}, frist {instant_text(one.deadline.at)}."
    return " ".join((what, *_why(scene, one, notice.role)))


def _why(scene: Scene, one: Obligation, role: RoleId) -> Iterator[str]:
    name, person = scene.office.definition.roles[role].name, scene.people.who(role, one.unit)
    if person is None:
        yield f"Rollen {name} saknar innehavare."
        return
    yield f"{person.name}, {name}, {person.address}."
    if answer := last_answer(scene.session, one.key, person.id):
        yield f"E-postservern svarade: {quoted(answer)}"
