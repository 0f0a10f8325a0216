"""The paper (.docx) that brings a deviation before a body: what the enhet says, what is proposed, what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from submissions.papers.paper import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationCase:
    """What the paper tells. ``days`` are what follows, each a whole line."""

    unit_name: str
    unit_said: str
    report: str
    said: str  #: what the hand-in says, after the enhet's name
    handed_in: str  #: when, as people write it
    days: Sequence[str]
    lagrum: str
    bodies: Sequence[str]  #: through whom it goes, the last decides; as in a sentence


def deviation_paper(case: DeviationCase, municipality: str, office: str, at: datetime) -> bytes:
    """Return the file; the same input gives the same bytes."""
    title = f"Prognostiserad avvikelse: {case.unit_name}"
    paper = Paper(title, municipality, office, f"Upprättad av kommunens årshjul {case.handed_in}")
    paper.title(title)
    paper.words(f"Gäller {case.report}. Lämnat {case.handed_in}.", quiet=True)
    paper.heading("Förslag till beslut", 2)
    *through, decides = case.bodies
    by = f" på förslag av {' och '.join(through)}" if through else ""
    paper.words(
        f"{decides[:1].upper()}{decides[1:]} tar ställning till avvikelsen{by}, och till {_owned(case.unit_said)} förslag till åtgärder."
    )
    paper.heading("Vad enheten säger", 2)
    paper.words(f"{case.unit_name} {case.said}.")
    paper.words(
        "Uppgifterna är enhetens egna, så som de lämnades in. De är inte granskade av någon annan än kommunens kontroller."
    )
    if case.days:
        paper.heading("Vad som följer", 2)
        for day in case.days:
            paper.words(day)
    paper.words(f"Grund: {case.lagrum}", quiet=True)
    return paper.bytes_at(at)


def _owned(said: str) -> str:
    return said if said.endswith(("s", "x")) else f"{said}s"
