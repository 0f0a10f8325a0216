"""Each letter is composed in a savepoint of its own: what cannot be written stops that letter alone, and is told."""

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from actions.act import by_service
from actions.posting import NOTE
from actions.scene import Scene
from notifications.letters import compose
from notifications.letters.freezing import freeze
from store.database import is_to_be_done_again
from store.post.correspondence import is_written
from store.post.letter_keys import LetterKey
from store.savepoints import apart

logger = logging.getLogger(__name__)
AGAIN = timedelta(hours=1)  #: when what could not be thought of, or told, is tried again
_T = TypeVar("_T")


def alone(
    scene: Scene, what: str, write: Callable[[], _T], *, failed: Callable[[], object] = lambda: None
) -> _T | None:
    """Do ``write`` in a savepoint; None when it fails, after ``failed()``.

    ``what`` says in Swedish which letter it is. The ekonomikontor is told once a day, in a note of its own, and the
    log and the service's own log say why. The database's own faults are not a letter's: they go on to the caller when
    the note cannot be written either.
    """
    try:
        with apart(scene.session):
            return write()
    except Exception as error:
        if is_to_be_done_again(scene.session, error):
            raise  # nobody's fault: all of it is done again
        logger.exception("letter.failed what=%s", what)
        failed()
        _tell(scene, what)
        return None


def _tell(scene: Scene, what: str) -> None:
    digest = hashlib.sha256(what.encode()).hexdigest()[:10]
    key = LetterKey.of(scene.office.definition.kommun.id, "oskrivet", scene.today, digest)
    if is_written(scene.session, key):
        return
    by_service(scene).log("letter.failed", key, {"what": what})
    words = [
        f"Tjänsten kunde inte skriva {what}. De andra breven har skrivits som vanligt.",
        "Den som skulle ha fått brevet har inte fått det. Tjänsten försöker igen, och säger till en gång om dagen så "
        "länge det inte går. Be den som sköter servern se i tjänstens logg, och säg till mottagaren på annat sätt.",
    ]
    composed = compose.note(f"Ett brev kunde inte skrivas: {what}", words, scene.office.sender)
    freeze(scene.session, scene.office, scene.now, key=key, kind=NOTE, composed=composed, to=None)
