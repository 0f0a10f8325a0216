"""The word to the ekonomikontor, the same hour, when a nämnd or bolag says that it cannot keep its ram.

Kommunfullmäktige shall take a stand on a forecast deviation (styrmodellen, "Budgetavvikelser"): it must not wait for
the compilation.
"""

from collections.abc import Sequence
from datetime import datetime

from arshjul.swedish import in_running_text, instant_text
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Reader
from notifications.office import Office
from store.database import Session
from store.post.correspondence import is_written
from store.post.letter_keys import LetterKey
from store.tables import LetterRow
from submissions.intake.received import Received

KIND = "budgetavvikelse"
RULE = "ram-halls-inte"  #: the rule that finds a no to the question about the ram


def warn_of_budget(session: Session, office: Office, received: Sequence[Received], now: datetime) -> list[LetterRow]:
    """Freeze one letter for each version that says so, once."""
    letters = []
    for each in received:
        said = next((found for found in each.findings if found.rule == RULE), None)
        key = LetterKey.of(each.obligation.key, KIND, f"{each.part.id}.{each.version}")
        if said is None or each.outcome != "mottagen" or is_written(session, key):
            continue
        one = each.obligation
        words = [
            f"{one.unit_name} lämnade {instant_text(now)} in {each.part.name} till {one.report}, "
            "och svarar att ramen inte håller.",
            said.message,
            "Kommunfullmäktige ska ta ställning till en prognostiserad avvikelse. Ta kontakt med den ansvariga chefen "
            f"och bestäm när ärendet ska upp. Lämnat av {each.by}. Grund: {said.lagrum}.",
        ]
        page = f"{office.public_url}/lage/{one.occurrence.path}"
        reader = Reader(
            name=office.definition.office_name, address=office.mail_from, role_name=office.definition.office_said,
            link=None, page=page,
        )  # fmt: skip
        letter = freeze(
            session,
            office,
            now,
            key=key,
            kind=KIND,
            composed=compose.note(
                f"Ramen håller inte: {one.unit_name}, {in_running_text(one.step_name)} {one.period.text}",
                words,
                office.sender,
                reader,
                "Öppna rapporten",
            ),
            to=None,  # the ekonomikontor's own address
            thread=one.occurrence,
        )
        letters += [letter] if letter else []
    return letters
