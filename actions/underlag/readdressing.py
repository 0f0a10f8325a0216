"""A word about one underlag that waits while another comes to answer for its role: the other gets it, in the same words.

What was sent back, and why, is nothing to whoever has left, and stands in no other letter to the one who came.
"""

import re
from dataclasses import replace
from html import escape

from actions.readers import link_for
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene
from arshjul.keys import RoleId, joined, names_in
from arshjul.year.wheel import Obligation
from notifications.letters.freezing import freeze
from notifications.letters.mime import words_of
from notifications.letters.sealing import unsealed
from notifications.letters.views import Composed
from store.post.correspondence import take_back
from store.post.letter_keys import LetterKey, in_key
from store.post.letters import accepted
from store.tables import LetterRow, Person

ANOTHERS = "en annan har rollen nu, och har fått brevet i stället"
_GREETING = re.compile(r"Hej [^!<>]{1,300}!")
_NUMBER = re.compile(r" \(dnr [^()]*\)\Z")  #: it is set anew


def readdress(scene: Scene, letter: LetterRow, one: Obligation) -> bool:
    """Take a letter that nobody has got back, and write it to who answers for its role now; False where that is its reader.

    The role is the last but one of its key's names. In the shadow it goes to the ekonomikontor, whoever has the role.
    """
    *before, role, _ = names_in(letter.key)
    to = scene.people.who(RoleId(role), one.unit) or scene.people.who(EKONOMIKONTORET, None)
    if letter.shadow or letter.person_id == (to.id if to else None):
        return False
    composed = _to_another(scene, words_of(unsealed(letter.mime, scene.office.secret)), to)
    had = accepted(scene.session, letter.key)
    if not take_back(scene.session, letter, ANOTHERS, scene.now):
        return False
    freeze(
        scene.session,
        scene.office,
        scene.now,
        key=LetterKey(joined(*before, role, in_key(to.id if to else None))),
        kind=letter.kind,
        composed=composed,
        to=to,
        cc=[each for each in copies([one.unit], to, scene.people) if each.casefold() not in had],
        rung=letter.rung,
        thread=one.occurrence,
    )
    return True


def _to_another(scene: Scene, composed: Composed, to: Person | None) -> Composed:
    """Return a letter's words with another's name and link: all in them that is its reader's."""
    link = re.compile(rf"{re.escape(scene.office.public_url)}/l/[^\s\"'<>]+")
    page = link_for(scene, to) or scene.office.public_url
    name = to.name if to else "Ekonomikontoret"

    def anew(text: str, greeted: str) -> str:
        return link.sub(lambda _: page, _GREETING.sub(lambda _: f"Hej {greeted}!", text, count=1))

    return replace(
        composed,
        subject=_NUMBER.sub("", composed.subject),
        text=anew(composed.text, name),
        html=anew(composed.html, escape(name)),
    )
