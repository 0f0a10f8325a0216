"""Mallar of the municipality's own: found, held against the definition at start, and handed out instead of ours."""

import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from openpyxl.packaging.custom import StringProperty

from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import DefinitionError, Fault
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.contents import look_into
from submissions.files.filled import Filled, MallMark
from submissions.intake.placing import mark_in, places_for
from submissions.readers.here import read_here
from submissions.readers.wanted import Wanted
from submissions.templates.given_malls import handed_out, has_mall
from submissions.templates.mall import NOTHING_KNOWN, mall_of
from submissions.templates.own import NO_OWN, OwnFiles, own_faults, own_files
from tests.rig.files.malls import FILES, OWN
from tests.rig.handins import LOCKED_EXCEL, docx
from tests.rig.load import text

pytestmark = pytest.mark.whole


def sourced(own: str = OWN) -> Sourced:
    return read_definition(text("hedemora") + own, "kommun.yaml")


def owed(read: Sourced, key: str, part: str) -> tuple[Obligation, PartOwed]:
    one = turn(read.definition, [2027], strict=False).obligations[f"hedemora/{key}"]
    return one, next(each for each in one.parts if each.id == part)


def line_of(own: str, words: str) -> int:
    whole = (text("hedemora") + own).splitlines()
    return max(number for number, line in enumerate(whole, 1) if words in line)


def test_the_own_mall_is_handed_out_instead_of_ours_under_a_name_that_says_what_it_is() -> None:
    read = sourced()
    files = own_files(read, FILES)
    one, part = owed(read, "manadsrapport/2027-09/bildningsnamnden/underlag", "ekonomisk-uppfoljning")
    file = handed_out(read.definition, files, one, part, NOTHING_KNOWN)
    assert file.filename == "Månadsrapport 2027-09 Bildningsnämnden Ekonomisk uppföljning.xlsx"
    assert but_for_the_mark(file.content) == but_for_the_mark((FILES / "egen-ekonomi.xlsx").read_bytes())
    other, same = owed(read, "manadsrapport/2027-09/omsorgsnamnden/underlag", "ekonomisk-uppfoljning")
    assert handed_out(read.definition, files, other, same, NOTHING_KNOWN).content != file.content
    report, text_part = owed(read, "delarsrapport/2027-08/omsorgsnamnden/underlag", "mal-och-resultat")
    own = (FILES / "egen-verksamhetsberattelse.docx").read_bytes()
    given_text = handed_out(read.definition, files, report, text_part, NOTHING_KNOWN)
    assert but_for_the_mark(given_text.content) == but_for_the_mark(own)


def parts_in(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def but_for_the_mark(content: bytes) -> dict[str, bytes]:
    """The parts of a file, without its own properties and the two lists of parts that name them."""
    apart = ("docProps/custom.xml", "[Content_Types].xml", "_rels/.rels")
    return {name: part for name, part in parts_in(content).items() if name not in apart}


PLACES = {
    "xlsx": ("manadsrapport/2027-09/bildningsnamnden/underlag", "ekonomisk-uppfoljning"),
    "docx": ("delarsrapport/2027-08/omsorgsnamnden/underlag", "mal-och-resultat"),
}


def given(kind: str, own: OwnFiles | None = None) -> tuple[bytes, MallMark]:
    """An own mall as it is handed out, and what it is to say of itself."""
    read = sourced()
    one, part = owed(read, *PLACES[kind])
    content = handed_out(read.definition, own or own_files(read, FILES), one, part, NOTHING_KNOWN).content
    return content, MallMark(kommun="hedemora", step=one.step, period=one.period.key, unit=one.unit, part=part.id)


def read_mark(content: bytes, kind: str) -> MallMark | None:
    found = read_here(content, kind, Wanted())
    assert isinstance(found, Filled), found
    return found.mark


@pytest.mark.parametrize("kind", PLACES)
def test_an_own_mall_carries_the_mark_of_whom_it_was_handed_out_to_and_the_same_each_time(kind: str) -> None:
    content, mark = given(kind)
    assert read_mark(content, kind) == mark
    assert given(kind)[0] == content
    assert look_into(content).kind == kind


def test_it_is_known_after_another_program_has_saved_it() -> None:
    content, mark = given("xlsx")
    book, saved = load_workbook(BytesIO(content)), BytesIO()
    book.save(saved)
    assert read_mark(saved.getvalue(), "xlsx") == mark
    content, mark = given("docx")
    paper, written = Document(BytesIO(content)), BytesIO()
    paper.add_paragraph("Ifyllt.")
    paper.save(written)
    assert read_mark(written.getvalue(), "docx") == mark


def test_properties_that_the_municipality_has_added_stay_and_an_old_mark_goes() -> None:
    book, saved = load_workbook(FILES / "egen-ekonomi.xlsx"), BytesIO()
    for name, value in (
        ("Informationsklass", "Öppen"),
        ("arshjul_enhet", "omsorgsnamnden"),
        ("arshjul_steg", "prognos"),
    ):
        book.custom_doc_props.append(StringProperty(name=name, value=value))
    book.save(saved)
    content, mark = given("xlsx", {"ekonomi": saved.getvalue(), "berattelse": b""})
    assert read_mark(content, "xlsx") == mark
    kept = {each.name: each.value for each in load_workbook(BytesIO(content)).custom_doc_props.props}
    assert kept["Informationsklass"] == "Öppen" and len(kept) == 7


def test_an_own_mall_made_of_one_of_ours_is_known_as_what_it_was_handed_out_as() -> None:
    """The cells of its first mark say another enhet and period: what it was handed out with says more."""
    read = sourced()
    one, part = owed(read, "delarsrapport/2027-08/omsorgsnamnden/underlag", "ekonomi")
    ours = handed_out(read.definition, NO_OWN, one, part, NOTHING_KNOWN).content
    content, mark = given("xlsx", {"ekonomi": ours, "berattelse": b""})
    assert read_mark(content, "xlsx") == mark


def test_the_mark_of_an_own_mall_places_it_among_the_parts_that_take_its_kind() -> None:
    content, mark = given("docx")
    one, part = owed(sourced(), *PLACES["docx"])
    places = [(one, each) for each in one.parts]
    assert [(place[0].key, place[1]) for place in places_for(places, content)] == [(one.key, part)]
    assert mark_in(content) == mark
    assert len(places_for(places, docx())) > 1
    assert mark_in(docx()) is None


def test_its_columns_are_looked_for_by_what_the_definition_calls_them() -> None:
    read = sourced()
    one, part = owed(read, "manadsrapport/2027-09/bildningsnamnden/underlag", "ekonomisk-uppfoljning")
    sheet = mall_of(read.definition, one, part, "").sheets[0]
    assert sheet.labels["utfall"] == ("Utfall ack", "ekonomi_manad__utfall", "Utfall perioden")
    assert own_faults(read, FILES) == []


def test_a_part_that_is_not_looked_into_can_have_an_own_mall() -> None:
    own = """
egna mallar:
  anvisningar: {steg: delarsrapport, del: anvisningar, fil: egen-verksamhetsberattelse.docx, källa: exempel "Mallar"}
"""
    one, part = owed(sourced(own), "delarsrapport/2027-08/kommunstyrelsen/anvisning", "anvisningar")
    assert has_mall(sourced(own).definition, one, part)
    assert not has_mall(sourced("").definition, one, part)
    with pytest.raises(ValueError, match="has no mall"):
        handed_out(sourced("").definition, NO_OWN, one, part, NOTHING_KNOWN)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("steg: manadsrapport", "steg: manadsraport", "manadsraport", "okänt steg 'manadsraport', menade du 'manadsrapport'?"),
        ("del: ekonomisk-uppfoljning", "del: uppfoljning", "del: uppfoljning",
         "steget 'manadsrapport' har ingen del 'uppfoljning', menade du 'ekonomisk-uppfoljning'?"),
        ("[bildningsnamnden]\n    fil", "[bildningsnamden]\n    fil", "[bildningsnamden]",
         "okänd enhet 'bildningsnamden', menade du 'bildningsnamnden'?"),
        ("ekonomi-manad:", "ekonomi-delar:", "      ekonomi-delar:",
         "delen 'ekonomisk-uppfoljning' har inget blad 'ekonomi-delar', menade du 'ekonomi-manad'?"),
        ("ekonomi-manad:", "ekonomi:", "      ekonomi:", "okänt blad 'ekonomi', menade du 'ekonomi-ar'?"),
        ("        utfall: Utfall", "        utfal: Utfall", "utfal:", "bladet 'ekonomi-manad' har ingen kolumn 'utfal', menade du 'utfall'?"),
        ("handelser:", "handelse:", "{handelse:", "delen 'mal-och-resultat' har ingen rubrik 'handelse', menade du 'handelser'?"),
        ("egen-ekonomi.xlsx", "egen-ekonomi.ods", "egen-ekonomi.ods",
         "'egen-ekonomi.ods' är ingen mall för en tabell; ange en Excel-fil (.xlsx)"),
        ("del: mal-och-resultat", "del: godkannande", "del: godkannande",
         "delen 'godkannande' lämnas inte som tabell eller text; den har ingen mall"),
    ],
)  # fmt: skip
def test_a_name_that_hits_nothing_is_told_with_its_line_and_the_nearest_right_word(
    old: str, new: str, line: str, words: str
) -> None:
    own = OWN.replace(old, new)
    with pytest.raises(DefinitionError) as told:
        sourced(own)
    (fault,) = told.value.faults
    assert (fault.where, fault.message) == (f"kommun.yaml:{line_of(own, line)}", words)


def faults(folder: Path, own: str = OWN) -> list[Fault]:
    return own_faults(sourced(own), folder)


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    for name in ("egen-ekonomi.xlsx", "egen-verksamhetsberattelse.docx"):
        shutil.copy(FILES / name, tmp_path / name)
    return tmp_path


def test_a_file_that_is_missing_is_told(beside: Path) -> None:
    (beside / "egen-ekonomi.xlsx").unlink()
    (fault,) = faults(beside)
    assert (fault.line, fault.severity) == (line_of(OWN, "fil: egen-ekonomi.xlsx"), "fel")
    assert fault.message == (
        "mallen 'egen-ekonomi.xlsx' går inte att läsa (No such file or directory); lägg den i samma mapp som definitionen"
    )
    with pytest.raises(DefinitionError):
        own_files(sourced(), beside)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hej", "är inte en Excel-fil (.xlsx); spara om den som en Excel-fil (.xlsx)"),
        (docx(), "är inte en Excel-fil (.xlsx); spara om den som en Excel-fil (.xlsx)"),
        (LOCKED_EXCEL, "är låst med lösenord; spara om den som en Excel-fil (.xlsx)"),
    ],
)
def test_a_file_of_another_kind_is_told(beside: Path, content: bytes, words: str) -> None:
    (beside / "egen-ekonomi.xlsx").write_bytes(content)
    assert [fault.message for fault in faults(beside)] == [f"mallen 'egen-ekonomi.xlsx' {words}"]


def test_a_file_that_is_cut_off_is_told(beside: Path) -> None:
    whole = (FILES / "egen-ekonomi.xlsx").read_bytes()
    (beside / "egen-ekonomi.xlsx").write_bytes(whole[: len(whole) // 2])
    assert len(faults(beside)) == 1


def test_a_named_cell_a_title_or_a_heading_that_the_file_lacks_is_told() -> None:
    own = OWN.replace("avvikelse: AVV", "avvikelse: AVVIK").replace("Viktiga händelser", "Stora händelser")
    first, second = faults(FILES, own)
    assert (first.line, first.rule) == (line_of(own, "AVVIK"), "finns-inte-i-mallen")
    assert first.message == (
        "mallen 'egen-ekonomi.xlsx' har varken en namngiven cell eller en rubrik 'AVVIK'; rätta något av dem"
    )
    assert (
        second.message
        == "mallen 'egen-verksamhetsberattelse.docx' har ingen rubrik 'Stora händelser'; rätta något av dem"
    )


def test_a_column_that_is_asked_for_and_called_nothing_is_doubted_and_does_not_stop_the_start() -> None:
    own = OWN.replace("        budget: Årsbudget\n", "").replace(
        "rubriker: {handelser: Viktiga händelser}", "rubriker: {}"
    )
    doubts = faults(FILES, own)
    assert [fault.severity for fault in doubts] == ["varning", "varning"]
    assert "har ingen kolumn 'Budget helår' (ekonomi-manad); lägg till den" in doubts[0].message
    assert "har ingen rubrik 'Händelser av väsentlig betydelse'; lägg till den" in doubts[1].message
    assert set(own_files(sourced(own), FILES)) == {"ekonomi", "berattelse"}
