"""A letter that went, sent once more as it was: to who has the role now, or to the address that was put right."""

from actions.act import Act
from actions.posting import write
from actions.sending.reminding import OFF
from actions.underlag.readdressing import to_another
from arshjul.errors import RefusedError
from arshjul.swedish import instant_text
from notifications.letters import code_letter, compose, login_letter
from notifications.letters.mime import words_of
from notifications.letters.sealing import SealError, unsealed
from store.people.holders import Seat
from store.post.correspondence import is_written
from store.post.letter_keys import LetterKey, in_key
from store.post.letter_states import ONCE_MORE
from store.post.sent import letter_of, letters_to_seat

#: what opens something for a short while only, and what is a second letter already
NOT_AGAIN = (login_letter.KIND, code_letter.KIND, ONCE_MORE)


def send_again(act: Act, seat: Seat, number: int) -> str:
    """Send a letter that went to a role's holder, now or before, to its holder of today; return a sentence on it.

    Its words and files are as they were, and it says so; its links are the new reader's own. Raises RefusedError.
    """
    scene = act.scene
    person = scene.people.who(*seat)
    if person is None:
        raise RefusedError("Ingen har rollen i dag. Lägg in en innehavare först.")
    if scene.office.utskick == "av":
        raise RefusedError(OFF)
    if number not in {each.id for each in letters_to_seat(scene.session, *seat, NOT_AGAIN)}:
        raise RefusedError("Välj ett av breven i listan.")
    row = letter_of(scene.session, number)
    assert row is not None  # noqa: S101 - it stood in the list
    key = LetterKey.of(scene.office.definition.kommun.id, "brev-igen", scene.today, number, in_key(person.id))
    if is_written(scene.session, key) or is_written(scene.session, key.shadow):
        raise RefusedError(f"Det brevet har redan gått en gång till i dag, till {person.name}.")
    try:
        words = to_another(scene, words_of(unsealed(row.mime, scene.office.secret)), person)
    except SealError as fault:
        raise RefusedError(str(fault)) from None
    composed = compose.again(words, row.to, row.handed_at or row.made_at, scene.office.sender)
    letter = write(scene, key=key, kind=ONCE_MORE, composed=composed, to=person)
    if letter is None:
        raise RefusedError("Brevet gick inte att skriva. Försök igen om en stund.")
    act.log("letter.again", key, {"letter": row.key, "to": letter.to})
    when = "nu" if scene.opens <= scene.now else instant_text(scene.opens)
    if letter.shadow:
        return f"Utskick är i skugga: brevet till {person.name} går {when} till {scene.office.definition.office_said}."
    return f"Brevet går {when} till {person.name}, {person.address}."
