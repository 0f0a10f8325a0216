"""Papers of a rehearsed autumn, laid out by LibreOffice for somebody to look at as the ordförande.

``python -m tests.rig.pages.paper_pictures FOLDER`` writes the tjänsteskrivelse of a nämnd, a bolag, the styrelse's own part,
the ekonomichef's own, three enheter of which one came in and one that comes as extra ärende; the paper that proposes an approval; and the
laglighetskontroll, each as docx and as a picture of each page.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from actions.bodies.proposed_approval import approval_paper
from actions.papers.before_body import meeting_in_time
from actions.papers.matter_telling import matter_view
from actions.scene import Scene
from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.keys import BodyId, ObligationKey, OccurrenceKey, RoleId
from arshjul.year.turning import turn
from notifications.letters.papers.tjansteskrivelse import tjansteskrivelse_file
from submissions.papers.laglighet import Control, control_paper
from tests.rig.load import file_of
from tests.rig.rounds import House, house, only
from tests.rig.swedish_words import instant

REPORT = "hedemora/delarsrapport/2027-08"
RAISED = "tisdag 28 september 2027 kl. 07.00"
CASES = {
    "namnd": (("omsorgsnamnden/underlag",), RAISED),
    "bolag": (("bostadsbolaget/underlag",), RAISED),
    "styrelsens-egen": (("kommunstyrelsen/underlag",), RAISED),
    "ekonomichefens-egen": (("kommunstyrelsen/anvisning",), "måndag 30 augusti 2027 kl. 07.00"),
    "tre-en-inne": (
        ("bildningsnamnden/underlag", "omsorgsnamnden/underlag", "energibolaget/underlag"),
        RAISED,
    ),
    "extra-arende": (("omsorgsnamnden/underlag",), "fredag 1 oktober 2027 kl. 07.00"),
}


def matters() -> Iterator[tuple[str, bytes]]:
    """Give each matter's name and its paper."""
    town = house(only("delarsrapport", town="hedemora"))
    with town.store.begin() as session:
        Scene(session, town.office, instant("torsdag 26 augusti 2027 kl. 12.00")).plan()
    for day in ("fredag 10", "tisdag 14", "måndag 20"):  # the first letter and the reminders
        town.morning(f"{day} september 2027")
    town.hand_in(f"{REPORT}/bildningsnamnden/underlag", "måndag 20 september 2027 kl. 10.00")
    for name, (units, raised) in CASES.items():
        with town.store.begin() as session:
            scene = Scene(session, town.office, instant(raised))
            sight = scene.look([ObligationKey(f"{REPORT}/{each}") for each in units])
            late = [one for one in sight.obligations if sight.standing(one).owing]
            meeting = meeting_in_time(scene, late[0], BodyId("ksau"))
            view = matter_view(sight, late, meeting, scene.now, BodyId("ksau"))
            yield name, tjansteskrivelse_file(view).content


def approval() -> bytes:
    """Return the paper that proposes a whole report's approval."""
    sourced = only("manadsrapport", units=("bildningsnamnden",))
    step = sourced.definition.steps["manadsrapport"].model_copy(update={"proposed_by": RoleId("kommundirektor")})
    town: House = house(
        replace(sourced, definition=sourced.definition.model_copy(update={"steps": {"manadsrapport": step}}))
    )
    town.hand_in("strandby/manadsrapport/2027-09/bildningsnamnden/underlag", "torsdag 14 oktober 2027 kl. 09.00")
    with town.store.read() as session:
        scene = Scene(session, town.office, instant("fredag 15 oktober 2027 kl. 09.00"))
        return approval_paper(scene, OccurrenceKey.of("manadsrapport", "2027-09")).content


def laglighet(municipality: str) -> bytes:
    """Return a municipality's laglighetskontroll for 2027."""
    file = file_of(municipality)
    sourced = read_definition(file.read_text(encoding="utf-8"), file.name)
    return control_paper(
        Control(
            definition=sourced.definition,
            wheel=turn(sourced.definition, (2027,)),
            years=(2027,),
            faults=check(sourced, (2027,)),
            file=file.name,
            fingerprint="ab" * 32,
            at=instant("måndag 30 november 2026 kl. 11.49"),
            by="ekonomichefen",
        )
    )


def main(folder: Path) -> None:
    """Write the papers and their pictures."""
    papers = {**dict(matters()), "godkannande": approval(), "laglighetskontroll": laglighet("hedemora")}
    for name, content in papers.items():
        (folder / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    files = [str(folder / f"{name}.docx") for name in papers]
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files], check=True
    )
    for name in papers:
        subprocess.run(["pdftoppm", "-r", "70", "-png", str(folder / f"{name}.pdf"), str(folder / name)], check=True)


if __name__ == "__main__":
    target = Path(sys.argv[1]).absolute()
    target.mkdir(parents=True, exist_ok=True)
    main(target)
