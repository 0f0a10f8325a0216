"""A tjänsteskrivelse as a file: from the municipality's own template where it can be filled in, else from ours."""

import logging
from collections.abc import Callable

from actions.posting import note
from actions.scene import Scene
from notifications.letters import compose
from notifications.letters.papers.word_template import WordTemplateError
from notifications.letters.views.composed import Attachment, Composed
from notifications.letters.views.matter_view import MatterView
from store.post.letter_keys import LetterKey

logger = logging.getLogger(__name__)


def paper_file(scene: Scene, view: MatterView) -> Attachment:
    if template := scene.office.papers.get("tjansteskrivelse"):
        try:
            return compose.paper(view, template)
        except WordTemplateError as fault:
            _tell_of_template(scene, fault)
    return compose.paper(view)


def with_paper(scene: Scene, write: Callable[[bytes | None], Composed]) -> Composed:
    """Compose a letter with a tjänsteskrivelse, from the municipality's template where it has one; None is ours."""
    if template := scene.office.papers.get("tjansteskrivelse"):
        try:
            return write(template)
        except WordTemplateError as fault:
            _tell_of_template(scene, fault)
    return write(None)


def _tell_of_template(scene: Scene, fault: WordTemplateError) -> None:
    """Tell the ekonomikontor, once a day, that a tjänsteskrivelse was written from our template, and what to mend."""
    own = scene.office.definition.papers.get("tjansteskrivelse")
    name = f"Mallen '{own.file}'" if own else "Er mall"
    logger.error("paper.template file=%s fault=%s", own.file if own else None, fault)
    words = [
        f"{name} till tjänsteskrivelsen {fault}.",
        "Därför är tjänsteskrivelsen skriven efter tjänstens egen mall i stället, och inget behöver göras om. "
        "Rätta mallen, pröva den med arshjul check och starta om tjänsten.",
    ]
    key = LetterKey.of(scene.office.definition.kommun.id, "pappersmall", scene.today)
    note(scene, key, f"{name} till tjänsteskrivelsen gick inte att fylla i", words, None)
