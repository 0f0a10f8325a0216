"""The sammanställning of a made-up kommun with six enheter: what is merged, checked, told, and when it is made anew."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from arshjul.keys import OccurrenceKey
from store.database import open_store
from store.handins import versions as submissions
from store.handins.removals import GALLRAD, remove_content
from store.plan.in_step import sync
from store.plan.planning import current_wheel
from store.tables import Answer, Blob, Compilation, Submission
from store.upgrading import migrate
from submissions.compilation.basis import Basis
from submissions.compilation.compiled import Compiled, Merged
from submissions.compilation.compiled_words import answer_rows, counting, lack_rows
from submissions.compilation.keeping import basis_of, compiled, fetch, keep_compilations, make_rotten_anew
from submissions.compilation.making import compile_occurrence
from submissions.files.filled import Filled, FilledTable, Section
from submissions.finding import Finding
from tests.rig.examples import examples
from tests.rig.files import filling, reading_files
from tests.rig.files.six_units import (
    ECONOMY,
    NAMES,
    NOW,
    OCCURRENCE,
    QUESTION,
    economy,
    filled_town,
    hand_in,
    result,
    row,
    tables,
    with_cell,
)
from tests.rig.handins import Town
from tests.rig.hedemora import whole_hedemora

pytestmark = pytest.mark.whole

DEFINITION = whole_hedemora().definition
COLUMNS = ("utfall", "utfall-fg", "budget", "prognos")
PART = "Ekonomi (utfall, utfall föregående år, budget och prognos)"
BOLAG = ("bostadsbolaget", "energibolaget")


def made(here: Town) -> Compiled:
    with here.store.read() as session:
        wheel = current_wheel(session, DEFINITION, NOW)
        return compiled(session, basis_of(session, wheel, wheel.occurrence(OCCURRENCE), NOW), NOW)


def rot(here: Town, name: str) -> None:
    with here.store.begin() as session:
        session.execute(update(Blob).where(Blob.sha256 == name).values(content=b"Nagot annat"))


def sheet(values: Compiled, sheet_id: str) -> Merged:
    return next(each for each in values.tables if each.sheet.id == sheet_id)


def expected(units: list[str]) -> dict[str, Decimal]:
    """The sums of these enheter's rows, added up from the made-up figures alone."""
    found = {}
    for number, column in enumerate(COLUMNS):
        found[column] = sum((Decimal(line[number]) for unit in units for line in ECONOMY[unit].values()), Decimal(0))
    return {**found, "avvikelse": found["budget"] - found["prognos"]}


def with_one(here: Town, unit: str, part: str, filled: Filled | None, **more: object) -> Compiled:
    with here.store.begin() as session:
        hand_in(session, here, unit, part, changed={part: filled}, **more)  # type: ignore[arg-type]  # as it takes them
    return made(here)


def with_economy(table: FilledTable, unit: str = "omsorgsnamnden") -> Filled:
    whole = tables(unit)
    return replace(whole, tables={**whole.tables, "ekonomi-delar": table})


def test_every_enhets_figures_are_merged_and_summed_nämnder_and_bolag_apart() -> None:
    merged = sheet(made(filled_town()), "ekonomi-delar")
    assert [block.unit_name for block in merged.blocks] == list(NAMES.values())
    assert [block.sums for block in merged.blocks] == [expected([unit]) for unit in NAMES]
    kommun, bolag = merged.totals
    assert (kommun.title, kommun.sums) == ("Summa nämnder och styrelse", expected([u for u in NAMES if u not in BOLAG]))
    assert (bolag.title, bolag.sums) == ("Summa bolag", expected(list(BOLAG)))
    assert made(filled_town()).remarks == ()


def test_the_avvikelser_are_drawn_with_minus_for_an_underskott() -> None:
    chart = made(filled_town()).chart
    assert chart is not None
    assert chart.title == "Avvikelse i tkr: budget helår minus prognos helår"
    amounts = {bar.unit_name: bar.amount for bar in chart.bars}
    assert amounts["Omsorgsnämnden"] == Decimal(-9400)
    assert amounts["Miljö- och samhällsbyggnadsnämnden"] == Decimal(800)


def test_a_missing_enhet_is_told_and_left_out_of_the_sum() -> None:
    here = filled_town(but=("omsorgsnamnden",))
    values = made(here)
    merged = sheet(values, "ekonomi-delar")
    block = next(each for each in merged.blocks if each.unit == "omsorgsnamnden")
    assert (block.status, block.lines, block.sums) == ("saknas", (), {})
    assert merged.totals[0].title == "Summa nämnder och styrelse (3 av 4)"
    assert (
        merged.totals[0].sums["utfall"]
        == expected(["kommunstyrelsen", "bildningsnamnden", "miljo-och-samhallsbyggnadsnamnden"])["utfall"]
    )
    assert "Inget har kommit in från: Omsorgsnämnden." in counting(values)
    assert ("Omsorgsnämnden", PART, "Inte inlämnad.",
            "förvaltningschef") in set(lack_rows(values))  # fmt: skip
    assert values.chart is not None
    assert next(bar for bar in values.chart.bars if bar.unit_name == "Omsorgsnämnden").note == "saknas"


def test_who_is_in_preliminär_and_missing_stands_first() -> None:
    here = filled_town(but=("energibolaget",))
    with here.store.begin() as session:
        hand_in(session, here, "bildningsnamnden", krav="protokoll")
    assert counting(made(here)) == [
        "5 av 6 enheter har lämnat allt underlag: Kommunstyrelsen, Bildningsnämnden, Omsorgsnämnden, "
        "Miljö- och samhällsbyggnadsnämnden och Bostadsbolaget AB.",
        "Preliminärt tills nämndens eller styrelsens beslut finns: Omsorgsnämnden, "
        "Miljö- och samhällsbyggnadsnämnden och Bostadsbolaget AB.",
        "Inget har kommit in från: Energibolaget AB.",
    ]


def test_a_sum_that_is_not_its_rows_is_told_and_the_rows_count() -> None:
    wrong = with_cell(economy("omsorgsnamnden"), "Summa", "utfall", Decimal(280000))
    values = with_one(filled_town(), "omsorgsnamnden", "ekonomi", with_economy(wrong))
    (remark,) = values.remarks
    assert (remark.unit_name, remark.where) == ("Omsorgsnämnden", "Ekonomi, Utfall perioden")
    assert remark.words.replace("\u00a0", " ") == (
        "Raderna blir 281 000 tkr, men enheten har skrivit 280 000 tkr (−1 000 tkr). Här står det uträknade."
    )
    assert sheet(values, "ekonomi-delar").blocks[2].sums["utfall"] == Decimal(281000)


def test_a_sum_that_differs_by_rounding_is_no_difference() -> None:
    rounded = with_cell(economy("omsorgsnamnden"), "Summa", "utfall", Decimal(281001))
    assert with_one(filled_town(), "omsorgsnamnden", "ekonomi", with_economy(rounded)).remarks == ()


def test_an_avvikelse_with_the_wrong_sign_is_told_and_worked_out_anew() -> None:
    turned = with_cell(economy("omsorgsnamnden"), "Äldreomsorg", "avvikelse", Decimal(6600))
    values = with_one(filled_town(), "omsorgsnamnden", "ekonomi", with_economy(turned))
    assert [each.where for each in values.remarks] == ["Ekonomi, Äldreomsorg, Avvikelse"]
    line = sheet(values, "ekonomi-delar").blocks[2].lines[0]
    assert line.values["avvikelse"] == Decimal(-6600)


def test_a_row_without_an_amount_is_told_and_not_counted_as_nought() -> None:
    hole = with_cell(economy("omsorgsnamnden"), "Äldreomsorg", "prognos", "kommer")
    values = with_one(filled_town(), "omsorgsnamnden", "ekonomi", with_economy(hole))
    assert "Belopp saknas på Äldreomsorg: summan räknar inte den." in [each.words for each in values.remarks]
    line = sheet(values, "ekonomi-delar").blocks[2].lines[0]
    assert "avvikelse" not in line.values and line.values["prognos"] == "kommer"


def test_a_bolag_whose_net_cost_has_its_results_sign_is_not_added_to_the_others() -> None:
    here = filled_town()
    turned = row("Årets resultat", {"utfall": Decimal(-6400)}, id="arets-resultat")
    account = Filled(kind="xlsx", tables={"resultatrakning-bolag": replace(result("bostadsbolaget"), rows=(turned,))})
    values = with_one(here, "bostadsbolaget", "bolagets-rakenskaper", account)
    assert [each.unit_name for each in values.remarks] == ["Bostadsbolaget AB"]
    bolag = sheet(values, "ekonomi-delar").totals[1]
    assert (bolag.units, bolag.sums) == (("Energibolaget AB",), expected(["energibolaget"]))
    assert bolag.title == "Summa bolag (1 av 2)"
    assert values.chart is not None
    assert values.chart.bars[4].amount is None and values.chart.bars[4].note == "tecknet är oklart"


def test_a_result_that_is_not_the_sum_of_its_lines_is_told() -> None:
    here = filled_town()
    whole = with_one(here, "kommunstyrelsen", "ekonomi", tables("kommunstyrelsen"))
    assert whole.remarks == ()
    accounts = sheet(whole, "resultatrakning").blocks[0]
    assert accounts.lines[3].values["utfall"] == Decimal(-710000)
    broken = [each for each in accounts.lines if each.id != "nettokostnader"]
    rows = (
        *(row(each.name, dict(each.values), id=each.id) for each in broken),
        row("Verksamhetens nettokostnader", {"utfall": Decimal(-709000)}, id="nettokostnader"),
    )
    wrong = Filled(kind="xlsx", tables={"resultatrakning": FilledTable(sheet="resultatrakning", title="R", rows=rows)})
    values = with_one(here, "kommunstyrelsen", "kommunens-rakenskaper", wrong)
    assert "Resultaträkning, Verksamhetens nettokostnader, Utfall perioden" in [each.where for each in values.remarks]


def test_mål_are_counted_by_bedömning_and_listed() -> None:
    merged = sheet(made(filled_town()), "mal")
    assert merged.counts["Bildningsnämnden"] == {"Nås": 1, "Nås delvis": 1, "Kan inte nås": 1}
    assert len(merged.blocks[1].lines) == 3


def test_personal_is_summed_row_by_row_for_nämnder_and_bolag() -> None:
    kommun, bolag = sheet(made(filled_town()), "personal").totals
    assert {line.name: line.values["utfall"] for line in kommun.lines} == {
        "Tillsvidareanställda": Decimal(1640), "Visstidsanställda": Decimal(152), "Årsarbetare": Decimal(1594),
    }  # fmt: skip
    assert bolag.lines[0].values["utfall"] == Decimal(820)


def test_sjukfrånvaro_is_neither_summed_nor_are_suppressed_groups_guessed() -> None:
    here, columns = filled_town(), ("utfall", "utfall-fg")
    lines = (("Total sjukfrånvaro", "total", Decimal("6.2"), Decimal("6.8")), ("Män", "man", "..", Decimal("4.1")))
    rows = tuple(row(name, dict(zip(columns, rest, strict=True)), id=key) for name, key, *rest in lines)
    read = Filled(
        kind="xlsx", tables={"sjukfranvaro": FilledTable(sheet="sjukfranvaro", title="Sjukfrånvaro", rows=rows)}
    )
    with here.store.begin() as session:
        wheel = current_wheel(session, DEFINITION, NOW)
        basis = basis_of(session, wheel, wheel.occurrence(OccurrenceKey.of("arsredovisning", "2026")), NOW)
        states = {
            key: tuple(
                replace(each, version=1, submission_id=1, filename="s.xlsx") if each.part.id == "sjukfranvaro" else each
                for each in many
            )
            for key, many in basis.states.items()
        }
    merged = sheet(compile_occurrence(replace(basis, states=states), {1: read}, NOW), "sjukfranvaro")
    assert merged.totals == ()
    assert [dict(line.values) for line in merged.blocks[0].lines] == [
        {"utfall": Decimal("6.2"), "utfall-fg": Decimal("6.8")},
        {"utfall": "..", "utfall-fg": Decimal("4.1")},
    ]


def test_texts_stand_under_the_reports_headings_enhet_by_enhet() -> None:
    chapters = made(filled_town()).chapters
    assert [each.title for each in chapters][:2] == [
        "Mål- och resultatuppföljning", "Riskanalys, åtgärder och kontrollinsatser",
    ]  # fmt: skip
    first = chapters[0].sections[0]
    assert first.heading == "Händelser av väsentlig betydelse"
    assert [piece.unit_name for piece in first.pieces] == list(NAMES.values())
    assert first.pieces[1].text.startswith("Bildningsnämnden om händelser av väsentlig betydelse: verksamheten")


def test_no_text_is_lost_and_what_is_not_there_is_told() -> None:
    own = Filled(
        kind="docx",
        sections=(
            Section(heading="Måluppfyllelse", place="s", id="mal", text="Målen nås.", pictures=1),
            Section(heading="Lokaler", place="s", text="Skolan byggs om."),
        ),
    )
    values = with_one(filled_town(), "omsorgsnamnden", "mal-och-resultat", own)
    sections = {each.heading: each for each in values.chapters[0].sections}
    goals = next(each for each in sections["Måluppfyllelse"].pieces if each.unit_name == "Omsorgsnämnden")
    assert (goals.text, goals.pictures) == ("Målen nås.", 1)
    empty = next(each for each in sections["Ekonomisk analys"].pieces if each.unit_name == "Omsorgsnämnden")
    assert (empty.text, empty.note) == ("", "Svaret står på bladet Ekonomi.")
    assert [each.text for each in sections["Övrigt i underlagen"].pieces] == ["Lokaler\nSkolan byggs om."]


def test_the_head_of_a_mall_is_no_text_of_anybodys_and_what_stands_beside_it_is() -> None:
    of = reading_files.mall("mal-och-resultat")
    read = reading_files.filled(filling.careful(of), "docx", "mal-och-resultat")
    head = read.sections[0]
    assert head.heading == "" and "Lämnas senast" in head.text
    moved = head.text.replace("tisdag 21 september 2027 kl. 16.00", "fredag 24 september 2027 kl. 16.00")
    for text, left in (
        (head.text, None), (moved, None), (f"Vår egen ingress.\n{moved}\nVi ber om mer tid.", "Vår egen ingress.\nVi ber om mer tid."),
        ("Enhet\nVi är fler nu.", "Enhet\nVi är fler nu."),
    ):  # fmt: skip
        sections = (replace(head, text=text), *read.sections[1:])
        values = with_one(filled_town(), "bildningsnamnden", "mal-och-resultat", replace(read, sections=sections))
        rest = [each for each in values.chapters[0].sections if each.heading == "Övrigt i underlagen"]
        assert [piece.text for each in rest for piece in each.pieces] == ([left] if left else [])


def test_a_part_that_is_not_called_for_tells_why_and_is_not_waited_for() -> None:
    here = filled_town()
    why = "Bolaget lämnar in sin ekonomi till ägarna först i oktober."
    with here.store.begin() as session:
        hand_in(session, here, "energibolaget", "ekonomi", "mal-och-resultat", ej_aktuellt=why)
    values = made(here)
    merged = sheet(values, "ekonomi-delar")
    assert (merged.blocks[5].status, merged.blocks[5].note) == ("ej aktuellt", why)
    assert merged.totals[1].title == "Summa bolag"
    assert values.chapters[0].notes == (("Energibolaget AB", f"ej aktuellt: {why}"),)


def test_a_file_that_nothing_could_be_read_out_of_is_told() -> None:
    values = with_one(filled_town(), "omsorgsnamnden", "ekonomi", None)
    block = sheet(values, "ekonomi-delar").blocks[2]
    assert (block.status, block.note) == ("går inte att läsa", "innehållet i ekonomi.xlsx har inte kunnat läsas")
    empty = with_one(filled_town(), "omsorgsnamnden", "ekonomi", Filled(kind="xlsx"))
    assert "bladet Ekonomi finns inte" in sheet(empty, "ekonomi-delar").blocks[2].note


def test_a_later_version_that_is_not_complete_does_not_take_the_complete_ones_place() -> None:
    stop = Finding(rule="x", severity="stopp", place="Ekonomi", message="Fel år.", mend="Rätta.", lagrum="LKBR")
    wrong = with_economy(with_cell(economy("omsorgsnamnden"), "Äldreomsorg", "utfall", Decimal(1)))
    values = with_one(filled_town(), "omsorgsnamnden", "ekonomi", wrong, findings=(stop,))
    assert sheet(values, "ekonomi-delar").blocks[2].sums["utfall"] == Decimal(281000)


def test_a_fråga_stands_with_its_answer_and_one_without_says_so() -> None:
    here = filled_town()
    (told,) = answer_rows(made(here))
    assert told[0].startswith("Bildningsnämnden: Ekonomi")
    assert told[2] == f"{QUESTION.message} Enligt {QUESTION.lagrum}."
    assert told[3] == (
        "Höstens elevantal är känt först i oktober. (Karin Exempelsson, tisdag 21 september 2027 kl. 14.10)"
    )


def test_a_fråga_that_nobody_has_answered_says_so_and_its_part_is_not_complete() -> None:
    here = filled_town(but=("omsorgsnamnden",))
    with here.store.begin() as session:
        hand_in(session, here, "omsorgsnamnden", "ekonomi", findings=(QUESTION,))
    values = made(here)
    assert [each[3] for each in answer_rows(values)][1] == "Inte besvarad."
    lacking = next(each for each in lack_rows(values) if each[:2] == ("Omsorgsnämnden", PART))
    assert lacking[2] == f"En fråga att svara på. {QUESTION.message} Svara på din sida."


def test_the_newest_answer_counts() -> None:
    here = filled_town()
    with here.store.begin() as session:
        first = session.scalars(select(Answer)).one()
        newer = Answer(
            submission_id=first.submission_id, rule=first.rule, place=first.place, motivering="Nytt svar.",
            by="Karin Exempelsson", answered_at=NOW,
        )  # fmt: skip
        session.add(newer)
    assert [each.answer for each in made(here).answers] == ["Nytt svar."]


@cache
def basis_and_contents() -> tuple[Basis, dict[int, Filled]]:
    here = filled_town()
    with here.store.begin() as session:
        wheel = current_wheel(session, DEFINITION, NOW)
        basis = basis_of(session, wheel, wheel.occurrence(OCCURRENCE), NOW)
        read = submissions.read_contents(session, basis.submission_ids)
    return basis, {key: Filled.from_json(each) for key, each in read.items()}


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(*[st.decimals(min_value=-(10**6), max_value=10**6, places=1)] * 4), min_size=1, max_size=6))
def test_whatever_the_rows_are_the_sums_are_theirs(rows: list[tuple[Decimal, ...]]) -> None:
    basis, contents = basis_and_contents()
    made_rows = tuple(row(f"rad {n}", dict(zip(COLUMNS, each, strict=True))) for n, each in enumerate(rows))
    table = FilledTable(sheet="ekonomi-delar", title="Ekonomi", rows=made_rows)
    mine = basis.states["hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"][0].submission_id
    assert mine is not None
    merged = sheet(compile_occurrence(basis, {**contents, mine: with_economy(table)}, NOW), "ekonomi-delar")
    block = merged.blocks[2]
    for number, column in enumerate(COLUMNS):
        assert block.sums[column] == sum((each[number] for each in rows), Decimal(0))
        assert merged.totals[0].sums[column] == sum((each.sums[column] for each in merged.blocks[:4]), Decimal(0))
    assert block.sums["avvikelse"] == block.sums["budget"] - block.sums["prognos"]


class TestKeeping:
    """A file is made when what it shows has changed, and not otherwise."""

    @pytest.mark.parametrize("kind", ["xlsx", "docx"])
    def test_the_same_underlag_give_the_same_bytes(self, kind: str) -> None:
        first, second = (fetch(filled_town().store, DEFINITION, OCCURRENCE, kind, NOW) for _ in range(2))
        assert first.content == second.content
        assert first.filename == f"Sammanställning Delårsrapport 2027-08.{kind}"

    def test_it_is_kept_until_an_underlag_changes(self) -> None:
        here = filled_town(but=("omsorgsnamnden",))
        first = fetch(here.store, DEFINITION, OCCURRENCE, "xlsx", NOW)
        again = fetch(here.store, DEFINITION, OCCURRENCE, "xlsx", NOW - timedelta(minutes=5))
        assert (again.content, again.made_at) == (first.content, NOW)
        with here.store.begin() as session:
            hand_in(session, here, "omsorgsnamnden", "ekonomi")
        newer = fetch(here.store, DEFINITION, OCCURRENCE, "xlsx", NOW + timedelta(minutes=5))
        assert newer.sha256 != first.sha256
        assert newer.made_at == NOW + timedelta(minutes=5)

    def test_an_answer_and_a_frist_that_passes_change_it_too(self) -> None:
        here = filled_town(but=("omsorgsnamnden",))
        before = NOW - timedelta(hours=1)
        fetch(here.store, DEFINITION, OCCURRENCE, "docx", before)
        with here.store.begin() as session:
            first = session.scalars(select(Answer)).one()
            first.motivering = "Ett längre svar om elevantalet."
        assert fetch(here.store, DEFINITION, OCCURRENCE, "docx", NOW).made_at == NOW
        late = NOW + timedelta(minutes=1)
        assert fetch(here.store, DEFINITION, OCCURRENCE, "docx", late).made_at == late  # Omsorgsnämnden is late now

    def test_the_watchdog_makes_what_changed_and_nothing_else(self) -> None:
        here = filled_town()
        both = [OCCURRENCE, OccurrenceKey.of("manadsrapport", "2027-09"), OccurrenceKey.of("delarsrapport", "1999-08")]
        assert keep_compilations(here.store, DEFINITION, both, NOW) == 2  # nothing is handed in for September
        assert keep_compilations(here.store, DEFINITION, both, NOW) == 0
        with here.store.begin() as session:
            hand_in(session, here, "omsorgsnamnden", "ekonomi")
        assert keep_compilations(here.store, DEFINITION, both, NOW) == 2
        with here.store.read() as session:
            assert session.scalar(select(func.count()).select_from(Compilation)) == 2
            kept = set(session.scalars(select(Compilation.sha256)))
            assert set(session.scalars(select(Blob.sha256))) == kept  # what was replaced is gone

    def test_a_file_that_somebody_handed_in_is_never_forgotten(self) -> None:
        here = filled_town()
        first = fetch(here.store, DEFINITION, OCCURRENCE, "xlsx", NOW)
        with here.store.begin() as session:
            row = session.scalars(select(Submission)).first()
            assert row is not None
            row.sha256 = first.sha256  # somebody handed in the sammanställning itself
            hand_in(session, here, "omsorgsnamnden", "ekonomi")
        fetch(here.store, DEFINITION, OCCURRENCE, "xlsx", NOW)
        with here.store.read() as session:
            assert session.get(Blob, first.sha256) is not None

    def test_a_kept_one_that_has_rotten_is_made_anew_and_the_rotten_bytes_go(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        here, later = filled_town(), NOW + timedelta(minutes=5)
        first = fetch(here.store, DEFINITION, OCCURRENCE, "xlsx", NOW)
        rot(here, first.sha256)
        made = fetch(here.store, DEFINITION, OCCURRENCE, "xlsx", later)
        assert made.made_at == later and load_workbook(BytesIO(made.content)).sheetnames
        assert f"file.rotten sha256={first.sha256}" in caplog.text
        with here.store.read() as session:
            assert session.scalars(select(Blob.sha256)).all() == [made.sha256]
        rot(here, made.sha256)
        make_rotten_anew(here.store, DEFINITION, [made.sha256, "0" * 64], later + timedelta(minutes=5))
        with here.store.read() as session:
            (name,) = session.scalars(select(Blob.sha256))
            assert name != made.sha256 and list(submissions.rotten(session)) == []

    def test_one_that_cannot_be_made_anew_because_its_underlag_are_gallrade_is_told_and_stays(self) -> None:
        here = filled_town()
        first = fetch(here.store, DEFINITION, OCCURRENCE, "docx", NOW)
        with here.store.begin() as session:
            row = session.scalars(select(Submission)).first()
            assert row is not None
            remove_content(session, row, GALLRAD, "gallring", "beslut § 2", "arkivarien", NOW)
        assert fetch(here.store, DEFINITION, OCCURRENCE, "docx", NOW).content == first.content
        rot(here, first.sha256)
        make_rotten_anew(here.store, DEFINITION, [first.sha256], NOW)
        with pytest.raises(submissions.RottenFileError, match="säkerhetskopia från tiden före"):
            fetch(here.store, DEFINITION, OCCURRENCE, "docx", NOW)
        with here.store.read() as session:
            assert list(submissions.rotten(session)) == [first.sha256]

    def test_what_is_not_in_the_arshjul_and_what_nobody_hands_in_has_none(self) -> None:
        here = filled_town()
        for step, period, kind in (
            ("delarsrapport", "1999-08", "xlsx"),
            ("budget", "2028", "xlsx"),
            (*OCCURRENCE, "pdf"),
        ):
            with pytest.raises(KeyError):
                fetch(here.store, DEFINITION, OccurrenceKey.of(step, period), kind, NOW)

    @pytest.mark.parametrize(
        ("step", "period"), [("manadsrapport", "2027-09"), ("arsredovisning", "2026"), ("prognos", "2027-10")]
    )
    def test_every_report_has_one_also_before_anything_is_handed_in(self, step: str, period: str) -> None:
        for kind in ("xlsx", "docx"):
            assert (
                fetch(filled_town().store, DEFINITION, OccurrenceKey.of(step, period), kind, NOW).content[:2] == b"PK"
            )


@pytest.mark.slow
def test_it_is_kept_and_replaced_on_postgresql(postgres_url: str) -> None:
    migrate(postgres_url)
    store = open_store(postgres_url)
    with store.begin() as session:
        wheel = current_wheel(session, DEFINITION, NOW)
        sync(session, wheel, NOW)
        hand_in(session, Town(store, wheel, whole_hedemora()), "omsorgsnamnden")
    assert keep_compilations(store, DEFINITION, [OCCURRENCE], NOW) == 2
    assert keep_compilations(store, DEFINITION, [OCCURRENCE], NOW) == 0
    with store.begin() as session:
        hand_in(session, Town(store, wheel, whole_hedemora()), "bildningsnamnden")
    assert keep_compilations(store, DEFINITION, [OCCURRENCE], NOW) == 2
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 2
    store.close()
