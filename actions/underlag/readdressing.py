"""A word about one underlag that waits while another comes to answer for its role: the other gets it, in the same words.

What was sent back, and why, is nothing to whoever has left, and stands in no other letter to the one who came.
"""

import re
from dataclasses import replace
from html import escape

from actions.readers import READING_PATH, body_readers, link_for, page_for
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene
from arshjul.keys import BodyId
from arshjul.year.wheel import Obligation
from notifications.letters.freezing import freeze
from notifications.letters.mime import words_of
from notifications.letters.sealing import unsealed
from notifications.letters.views.composed import Composed
from store.post.correspondence import is_written, take_back
from store.post.letter_keys import LetterKey, occurrence_of
from store.post.letter_outcomes import accepted
from store.tables import LetterRow, Person

ANOTHERS = "en annan har rollen nu, och har fått brevet i stället"
_GREETING = re.compile(r"Hej [^!<>]{1,300}!")
_NUMBER = re.compile(r" \(dnr [^()]*\)\Z")  #: it is set anew


def readdress(scene: Scene, letter: LetterRow, one: Obligation) -> bool:
    """Take a letter that nobody has got back, and write it to who answers for its role now; False where that is its reader.

    The role is the last but one of its key's names. In the shadow it goes to the ekonomikontor, whoever has the role.
    """
    key = LetterKey(letter.key)
    to = scene.people.who(key.role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
    if letter.shadow or letter.person_id == (to.id if to else None):
        return False
    composed = to_another(scene, words_of(unsealed(letter.mime, scene.office.secret)), to)
    had = accepted(scene.session, letter.key)
    if not take_back(scene.session, letter, ANOTHERS, scene.now):
        return False
    freeze(
        scene.session,
        scene.office,
        scene.now,
        key=key.to(to.id if to else None),
        kind=letter.kind,
        composed=composed,
        to=to,
        cc=[each for each in copies([one.unit], to, scene.people) if each.casefold() not in had],
        rung=letter.rung,
        thread=one.occurrence,
    )
    return True


def readdress_to_body(scene: Scene, letter: LetterRow, body: BodyId) -> None:
    """Take a letter to a body's reader back that nobody has got, who is its reader no more, and write it to who came.

    One that went to the ekonomikontor, as nobody held the role, stays as it is.
    """
    readers = [(role, person) for role, person in body_readers(scene, body) if person]
    if letter.shadow or letter.person_id is None or letter.person_id in {person.id for _, person in readers}:
        return
    words = words_of(unsealed(letter.mime, scene.office.secret))
    if not take_back(scene.session, letter, ANOTHERS, scene.now):
        return
    for _, person in readers:
        key = LetterKey(letter.key).to(person.id)
        if is_written(scene.session, key):
            continue  # they were its reader all the time
        freeze(
            scene.session,
            scene.office,
            scene.now,
            key=key,
            kind=letter.kind,
            composed=to_another(scene, words, person),
            to=person,
            rung=letter.rung,
            thread=occurrence_of(letter.thread) if letter.thread else None,
        )


def to_another(scene: Scene, composed: Composed, to: Person | None) -> Composed:
    """Return a letter's words with another's name and link: all in them that is its reader's."""
    link = re.compile(rf"{re.escape(scene.office.public_url)}/l/[^\s\"'<>]+")
    page = link_for(scene, to) or scene.office.public_url
    name = to.name if to else scene.office.definition.office_name
    reading = re.compile(rf"{re.escape(scene.office.public_url)}{READING_PATH}/[^\s\"'<>?]+\?till=([^\s\"'<>]+)")

    def anew(text: str, greeted: str) -> str:
        text = reading.sub(lambda found: page_for(scene, to, found[1]), text)
        return link.sub(lambda _: page, _GREETING.sub(lambda _: f"Hej {greeted}!", text, count=1))

    return replace(
        composed,
        subject=_NUMBER.sub("", composed.subject),
        text=anew(composed.text, name),
        html=anew(composed.html, escape(name)),
    )
