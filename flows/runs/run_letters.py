"""What a run says of the day's letters: which were of its own report, and which run wrote those that it did not.

All that one reader is told on a day is one letter. So the first run of an instant writes for all the reports of that
instant, and the others find it done.
"""

from actions.scene import Scene
from arshjul.keys import OccurrenceKey
from arshjul.swedish import listing
from store.post.correspondence import letters_of_day
from store.service.runs import occurrence_of_run

BY_WATCHDOG = "väktaren"  #: who writes when Prefect did not answer in time


def letters_told(scene: Scene, occurrence: OccurrenceKey, run_id: str | None) -> str:
    """Return a sentence or two on the letters of the Swedish day ``scene.today`` that concern an occurrence."""
    owed = scene.wheel.occurrence(occurrence).obligations
    keys = {
        each for one in owed for each in (one.key, one.host) if each
    }  # what is handed in with another is told with it
    mine, own, elsewhere = 0, 0, dict[str, int]()
    for letter in letters_of_day(scene.session, scene.today):
        concerns = bool(letter.about & keys)
        if letter.run_id == run_id:
            mine, own = mine + 1, own + concerns
        elif concerns:
            writer = _writer(scene, letter.run_id)
            elsewhere[writer] = elsewhere.get(writer, 0) + 1
    said = []
    if mine:
        others = f" och {mine - own} om annat" if mine > own else ""
        said.append(f"Dagens brev från den här körningen: {own} om rapporten{others}.")
    if elsewhere:
        where = listing([f"{count} av {writer}" for writer, count in elsewhere.items()])
        said.append(f"Dagens brev om rapporten som skrevs annars: {where}.")
    return " ".join(said) or "Inga brev om rapporten i dag."


def _writer(scene: Scene, run_id: str | None) -> str:
    occurrence = occurrence_of_run(scene.session, run_id) if run_id else None
    if occurrence is None:
        return BY_WATCHDOG if run_id is None else "en avstämning"
    return f"körningen för {scene.wheel.occurrence(occurrence).step_name} {occurrence.period}"
