"""A part that a file of the report it is handed in with is, too: one file, two states."""

from typing import Any

import pytest

from arshjul.definition.reading import read_definition
from arshjul.definition.sheets.sheet import covers
from arshjul.definition.sheets.shipped import shipped
from arshjul.errors import DefinitionError, RefusedError
from arshjul.keys import OccurrenceKey
from arshjul.ladder.standing import State
from arshjul.year.concerned import concerned
from store.handins.versions import Draft, add
from submissions.compilation.basis import Basis
from submissions.compilation.keeping import basis_of
from submissions.compilation.merging import merged_tables
from submissions.files.filled import Filled
from submissions.intake.prepared import owed
from submissions.standing.completeness import all_complete, part_states
from submissions.standing.states import cores_of
from tests.rig.files.filling import careful
from tests.rig.files.reading_files import filled, mall
from tests.rig.handins import DEFINITIONS, NOW, Town
from tests.rig.hedemora import BIN_PROGNOS, BIN_UNDERLAG, town

pytestmark = pytest.mark.whole

TEXT = (DEFINITIONS / "hedemora.yaml").read_text()
PART = "blad: [ekonomi-prognos, atgarder], uppfylld av: {augusti: ekonomi}"


@pytest.fixture
def here() -> Town:
    return town(whole=True)


def hand_in(here: Town, key: str, part: str, content: Filled | None = None, *, complete: bool = True) -> None:
    with here.store.begin() as session:
        add(session, Draft(
            obligation_key=key, part=part, received_at=NOW, by="Chef", via="länk", late=False, complete=complete,
            filename="fil", media_type=None, sha256=None, fields={}, ej_aktuellt=None, findings=[],
            content=content.to_json() if content else None,
        ))  # fmt: skip


def states(here: Town) -> dict[str, State]:
    with here.store.read() as session:
        found = part_states(session, [here.wheel.obligations[key] for key in (BIN_UNDERLAG, BIN_PROGNOS)])
        return dict(cores_of(here.wheel, found, {}, NOW))


def test_in_augusti_the_prognos_figures_are_handed_in_once_and_in_mars_by_themselves(here: Town) -> None:
    august, march = (here.wheel.obligations[BIN_PROGNOS.replace("2027-08", each)] for each in ("2027-08", "2027-03"))
    assert [part.id for part in august.parts] == ["planerade-atgarder"]
    assert [(each.part.id, each.by) for each in august.fulfilled] == [("helarsprognos", "ekonomi")]
    assert [part.id for part in march.parts] == ["helarsprognos", "planerade-atgarder"] and not march.fulfilled


def test_the_prognos_is_complete_when_its_own_text_and_the_delårsrapports_ekonomi_are(here: Town) -> None:
    hand_in(here, BIN_PROGNOS, "planerade-atgarder")
    assert states(here)[BIN_PROGNOS] == State.OFULLSTANDIG
    hand_in(here, BIN_UNDERLAG, "ekonomi", complete=False)
    assert states(here)[BIN_PROGNOS] == State.OFULLSTANDIG
    hand_in(here, BIN_UNDERLAG, "ekonomi")
    assert states(here) == {BIN_UNDERLAG: State.OFULLSTANDIG, BIN_PROGNOS: State.KOMPLETT}


def test_the_state_says_whose_file_it_is(here: Town) -> None:
    hand_in(here, BIN_UNDERLAG, "ekonomi")
    with here.store.read() as session:
        (_, state) = part_states(session, [here.wheel.obligations[BIN_PROGNOS]])[BIN_PROGNOS]
    assert (state.part.id, state.obligation_key, state.version) == ("helarsprognos", BIN_UNDERLAG, 1)
    assert all_complete([state])


def test_to_hand_it_in_by_itself_is_refused_with_where_it_is_handed_in(here: Town) -> None:
    with pytest.raises(RefusedError, match="Helårsprognos lämnas inte för sig: den är Ekonomi, i underlag till delårs"):
        owed(here.wheel, BIN_PROGNOS, "helarsprognos")


def test_a_hand_in_wakes_what_it_fulfils_a_part_of(here: Town) -> None:
    assert BIN_PROGNOS in concerned(here.wheel, here.wheel.obligations[BIN_UNDERLAG])


def test_the_sammanställning_of_the_prognos_has_the_figures_of_the_delårsrapports_file(here: Town) -> None:
    hand_in(here, BIN_UNDERLAG, "ekonomi", filled(careful(mall("ekonomi"))))
    with here.store.read() as session:
        basis: Basis = basis_of(session, here.wheel, here.wheel.occurrence(OccurrenceKey.of("prognos", "2027-08")), NOW)
        contents: dict[int, Any] = {
            state.submission_id: filled(careful(mall("ekonomi")))
            for many in basis.states.values()
            for state in many
            if state.submission_id
        }
    tables, _ = merged_tables(basis, contents)
    prognos = next(each for each in tables if each.sheet.id == "ekonomi-prognos")
    block = next(each for each in prognos.blocks if each.unit == "bildningsnamnden")
    assert block.status == "inne" and {line.id for line in block.lines} >= {"forskola", "grundskola"}
    assert {each.status for each in prognos.blocks if each.unit != "bildningsnamnden"} == {"saknas"}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("uppfylld av: {augusti: ekonomin}", "okänd del 'ekonomin' i steget 'delarsrapport', menade du 'ekonomi'?"),
        ("uppfylld av: {juni: ekonomi}", "juni finns inte i stegets 'ingår i'"),
        ("uppfylld av: {oktober: ekonomisk-uppfoljning}", "den har inget blad med allt som 'ekonomi-prognos' kräver"),
        ("uppfylld av: {augusti: mal-och-resultat}", "formen är en annan"),
    ],
)
def test_check_holds_it_against_the_other_part(written: str, says: str) -> None:
    text = TEXT.replace(PART, PART.partition("uppfylld")[0] + written)
    assert text != TEXT
    with pytest.raises(DefinitionError) as refused:
        read_definition(text, "hedemora.yaml")
    (fault,) = refused.value.faults
    assert (fault.rule, fault.line) == ("uppfylld-av", text[: text.index("uppfylld av")].count("\n") + 1)
    assert says in fault.message


def test_a_sheet_covers_another_that_demands_no_more() -> None:
    delar, prognos, manad = (shipped()[f"ekonomi-{each}"] for each in ("delar", "prognos", "manad"))
    assert covers(delar, prognos) and not covers(prognos, delar) and not covers(manad, prognos)
    assert not covers(delar.model_copy(update={"fields": ()}), prognos)
