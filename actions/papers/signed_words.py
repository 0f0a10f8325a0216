"""What the one who signs a paper has made of its draft, held against what the paper is about when it goes.

The words are theirs, and stand under no other's name; the facts and the law stay the service's, and are said as they are now.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.scene import Scene
from arshjul.keys import BodyId, ObligationKey
from arshjul.swedish import listing, local_date, said_day
from arshjul.year.wheel import Obligation
from notifications.letters.views.matter_view import Signer
from store.post.papers import newest_paper, noted
from store.tables import PaperRow

UNATTENDED = "Kommunens årshjul lämnade skrivelsen vid sin tid, utan att någon hade släppt den."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedWords:
    """What stands in the paper by the one who signs it, paragraph by paragraph; () where the service's words stand."""

    background: tuple[str, ...] = ()
    assessment: tuple[str, ...] = ()
    points: tuple[str, ...] = ()  #: of the proposal, each "att ..."
    released: bool = False  #: it was let go, and nothing has come to it since
    said: str = ""  #: what the paper says of it: who, when, and what has changed since; "" when nobody has touched it

    @property
    def is_changed(self) -> bool:
        """Whether any words are theirs."""
        return bool(self.background or self.assessment or self.points)


def signed_words(scene: Scene, late: Sequence[Obligation], body_id: BodyId, signer: Signer) -> SignedWords:
    """Return what a signer has made of the paper about some late obligations of one occurrence."""
    row = newest_paper(scene.session, late[0].occurrence, body_id, signer.person_id)
    now = noted({one.key: one.deadline.at for one in late})
    if row is None or not any(row.late.get(key) == due for key, due in now.items()):
        return SignedWords()  # nothing, or made of another paper: before an anstånd, or about others
    added = [key for key, due in now.items() if row.late.get(key) != due]
    gone = [key for key in row.late if key not in now]
    words = SignedWords(
        background=_lines(row.addition), assessment=_lines(row.assessment), points=_lines(row.points),
        released=row.released and not added,
    )  # fmt: skip
    said = _said(scene, row, signer, words, added, gone) if words.released or words.is_changed else ""
    return SignedWords(
        background=words.background,
        assessment=words.assessment,
        points=words.points,
        released=words.released,
        said=said,
    )


def _said(
    scene: Scene, row: PaperRow, signer: Signer, words: SignedWords, added: Sequence[str], gone: Sequence[str]
) -> str:
    who = row.by if row.by.casefold() == signer.name.casefold() else f"{row.by}, för {signer.role_said},"
    day = said_day(local_date(row.recorded_at))
    did = "läste skrivelsen och lät den gå" if words.released else "ändrade i skrivelsen"
    sentences = [f"{who} {did} {day}."]
    if gone:
        sentences.append(f"Sedan dess ingår {_units(scene, gone)} inte längre.")
    if added:
        sentences.append(f"Sedan dess har {_units(scene, added)} tillkommit.")
    return " ".join([*sentences, *([] if words.released else [UNATTENDED])])


def _units(scene: Scene, keys: Sequence[str]) -> str:
    units = scene.office.definition.units
    named = [units[unit].said if (unit := ObligationKey(key).unit) in units else unit for key in keys]
    return listing(list(dict.fromkeys(named)))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line)
