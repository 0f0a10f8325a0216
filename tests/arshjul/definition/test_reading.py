"""A definition is read whole or not at all, and every fault is told in one go, with line and nearest word."""

import pytest

from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError, Fault
from tests.rig.load import MADE_UP, hedemora, made_up, text


def faults(changed: str) -> tuple[Fault, ...]:
    with pytest.raises(DefinitionError) as told:
        read_definition(changed, "x.yaml")
    return told.value.faults


def lindo(*changes: tuple[str, str]) -> str:
    """Return the first steps of a lawful definition, with changes; the fewer lines, the quicker read."""
    whole = text("lindo").partition("\n  arsredovisning:")[0] + "\n"
    for old, new in changes:
        assert old in whole, old
        whole = whole.replace(old, new, 1)
    return whole


@pytest.mark.parametrize("name", ["hedemora", *MADE_UP])
def test_a_whole_definition_is_read(name: str) -> None:
    assert made_up(name).definition.kommun.id == name


def test_values_know_their_lines() -> None:
    sourced, lines = hedemora(), text("hedemora").splitlines()
    line = sourced.line("steg", "delarsrapport", "krav", "underlag", "frist")
    assert lines[line - 1].strip() == "frist:"
    missing = sourced.line("steg", "delarsrapport", "krav", "underlag", "frist", "lagstadgad")
    assert missing == line, "what is not there is where its parent is"


def test_all_faults_are_told_in_one_go_in_the_files_order() -> None:
    found = faults(
        lindo(
            ("ansvarig: vd, organ: styrelse", "ansvarig: vdd, organ: styrelse"),
            ("behandlas: ks", "behandlas: kss"),
            ("dag: 15 september", "dag: 31 september"),
            ("månad: juni", "månad: jun"),
        )
    )
    assert [each.rule for each in found] == ["okand-roll", "okant-moment", "okand-manad", "fel-varde"]
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_an_unknown_word_is_told_with_the_nearest_right_one() -> None:
    (found,) = faults(lindo(("ansvarig: vd, organ: styrelse", "ansvarig: vdd, organ: styrelse")))
    assert str(found) == "x.yaml:46: fel: okänd roll 'vdd', menade du 'vd'?"
    whole = lindo(("arbetsdagar: 1, till: [ansvariga]", "arbetsdagar: 1, till: [ekonomichf]"))
    (found,) = faults(whole)
    assert found.message == "okänd roll 'ekonomichf', menade du 'ekonomichef'?"
    assert "ekonomichf" in whole.splitlines()[found.line - 1]  # the rung's own line


def test_a_word_near_nothing_is_told_with_what_is_allowed() -> None:
    (found,) = faults(lindo(("slag: styrelse", "slag: stiftelse")))
    assert found.message == "okänt värde 'stiftelse' för 'slag', menade du 'styrelse'?"
    (found,) = faults(lindo(("slag: styrelse", "slag: x")))
    assert found.message == "okänt värde 'x' för 'slag'; tillåtna är bolag, nämnd, styrelse."
    (found,) = faults(lindo(("slag: [bolag]", "slag: [verksamhet]")))
    assert found.message == "okänt värde 'verksamhet' för 'slag'; tillåtna är bolag, nämnd, styrelse."


@pytest.mark.parametrize(
    ("old", "new", "key", "meant"),
    [
        ("        trappa: allt\n", "        trapa: allt\n", "trapa", "trappa"),
        ("        frist: {regel", "        frsit: {regel", "frsit", "frist"),
        ("    kort: KS\n", "    kotr: KS\n", "kotr", "kort"),
        ("\nroller:", "\nroler:", "roler", "roller"),
        ("\nenheter:", "\nenhter:", "enhter", "enheter"),
        ("\nkällor:", "\nkäallor:", "käallor", "källor"),
        ("{regel: fast dag, dag: 20 maj}", "{regl: fast dag, dag: 20 maj}", "regl", "regel"),
        ("kallelse: {dagar: 7, kl", "kallelse: {dgaar: 7, kl", "dgaar", "dagar"),
    ],
)
def test_a_misspelt_key_is_one_fault_and_not_also_a_missing_key(old: str, new: str, key: str, meant: str) -> None:
    (found,) = faults(lindo((old, new)))
    assert found.rule == "okand-nyckel"
    assert found.message == f"okänd nyckel '{key}', menade du '{meant}'?"


def test_a_section_that_is_missing_is_one_fault_and_not_one_for_each_name() -> None:
    whole = text("lindo")
    start, end = whole.index("roller:\n"), whole.index("organ:\n")
    (found,) = faults(whole[:start] + whole[end:])
    assert (found.rule, found.message) == ("saknas", "'roller' saknas i filen; lägg till det")


def test_an_empty_file_and_one_that_is_no_definition_are_told() -> None:
    for read in ("", "- a\n- b\n", "bara text"):
        (found,) = faults(read)
        assert found.message == "filen är tom eller ingen årshjulsdefinition"


def test_a_file_that_is_no_yaml_is_told_with_its_line() -> None:
    (found,) = faults(lindo(("organ:\n  ks:", "organ:\n ks: [\n  ks:")))
    assert found.rule == "yaml"
    assert found.line > 1


def test_a_krav_without_a_frist_or_a_ladder_is_told() -> None:
    frist = '        frist: {regel: {regel: fast dag, dag: 20 maj}, kl: "16.00", källa: plan § 8}\n'
    (found,) = faults(lindo((frist, "")))
    assert (found.rule, found.message) == ("saknar-frist", "kravet 'underlag' saknar 'frist'; ange dess regel")
    (found,) = faults(lindo(("        trappa: allt\n", "")))
    assert (found.rule, found.message) == ("saknar-trappa", "kravet 'underlag' saknar 'trappa'")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('från: "07.00"', "från: sju", "klockslaget 'sju' går inte att läsa; skriv det som \"16.00\""),
        ("dag: 20 maj", "dag: 20/5", "dagen '20/5' går inte att läsa; skriv den som '15 april'"),
        ("veckodag: onsdag", "veckodag: onsdagar", "okänd veckodag 'onsdagar', menade du 'onsdag'?"),
        ("till: 2026-12-31", "till: 2026-13-31", "'2026-13-31' i enheter.namnd.till ska vara ett datum (2027-09-21)"),
        ("antal: 3,", "antal: 450,", "ska vara högst 400"),
        ("efter: styrelse}", "efter: styrelse, före: ks}", "ange en av 'efter' och 'före', inte båda"),
        ("kallelse: {dagar: 10", "kallelse: {dagar: 10, arbetsdagar: 5", "ange en av 'arbetsdagar' och 'dagar'"),
        ("id: lindo", "id: Lindö", "får bara ha a–z, 0–9, - och _"),
        ("perioder: [april]", "helår: true\n    perioder: [april]", "ange en av 'perioder' (månader), 'helår: true' och 'varje'"),
        ("perioder: [april]", "perioder: tertial", "går inte att använda; skriv till exempel perioder: [april, augusti, december]"),
        ("perioder: [april]", "varje: ks", "'ks' i steg.tertialrapport.varje går inte att använda; skriv till exempel varje: {möte: ks}"),
        ("regel: {regel: fast dag, dag: 20 maj}", "regel: fast dag, dag: 20 maj", "ska stå inom en egen klammer; skriv 'regel: {regel: fast dag, dag: 20 maj}'"),
        ("regel: {regel: möte, organ: ks, månad: oktober}", "regel: möte, organ: ks, månad: oktober", "skriv 'regel: {regel: möte, organ: ks, månad: oktober}'"),
        ("slag: delårsrapport", "slag: tertialrapport", "En rapport som ingen lagregel prövar, till exempel en tertialrapport, är 'månadsuppföljning'"),
        ("    slag: delårsrapport\n", "", "lägg till det. En rapport som ingen lagregel prövar, till exempel en tertialrapport, är 'månadsuppföljning'"),
        ("slag: delårsrapport", "slag:", "steg.tertialrapport.slag är tomt; skriv ett värde, eller ta bort nyckeln"),
        ("perioder: [april]", "perioder: true", "'true' i steg.tertialrapport.perioder går inte att använda"),
        ("perioder: [april]", "perioder: [april, april]", "perioden april står två gånger i 'perioder'; ta bort den ena"),
        ("källa: plan § 9}", "källa: KL 11 kap 16 §}", "okänd källa 'KL 11 kap 16 §'; skriv ett lagrum"),
        ("från: 2027-01-01", "från: 2027-01-01, till: 2026-12-31", "upphör (2026-12-31) innan den börjar (2027-01-01)"),
        ("efterträder: [namnd]", "efterträder: [nya-namnden]", "en enhet kan inte efterträda sig själv"),
        ("arbetsdagar: -1,", "arbetsdagar: 0,", "står på fel sida om fristen"),
        (
            "avser: delårsrapport behandlas",
            "avser: delårsrapport behandlad",
            "okänt 'avser: delårsrapport behandlad', menade du 'delårsrapport behandlas'?",
        ),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_told_once_with_what_is_right(old: str, new: str, says: str) -> None:
    (found,) = faults(lindo((old, new)))
    assert says in found.message


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("sekreterare: chef", "sekreterare: {}", "organ.ks.sekreterare"),
        ("sekreterare: chef", "sekreterare: [x]", "organ.ks.sekreterare"),
        ("till: [ansvariga]", "till: [{x: 1}]", "trappor.allt.trappsteg.0.till.0"),
        ("slag: [bolag]", "slag: -1", "slag"),
        ("trappa: allt", "trappa: allt\n        förutsätter: {x: 1}", "förutsätter"),
        ("trappa: allt", "trappa: [allt]", "trappa"),
        ("behandlas: ks", "behandlas: {ks: 1}", "behandlas"),
        ("perioder: [april]", "perioder: 99999999999", "perioder"),
        ("enheter:", "enheter: 5\nenheterna:", "enheter"),
        ("trappsteg:", "trappsteg: {x: 1}\n    y:", "trappsteg"),
    ],
)
def test_a_value_of_another_shape_is_told_where_it_stands_and_ends_in_nothing_else(
    old: str, new: str, path: str
) -> None:
    found = faults(lindo((old, new)))
    assert any(path in each.message for each in found), found


def test_a_shared_moment_cannot_be_counted_from_each_enhets_own() -> None:
    (found,) = faults(
        lindo(
            (
                "dag: {regel: {regel: möte, organ: kf, månad: oktober}, källa: KL 11 kap. 16 §}",
                "dag: {regel: {regel: dagar, antal: 40, efter: styrelse}, källa: KL 11 kap. 16 §}",
            )
        )
    )
    assert (found.rule, found.severity) == ("per-enhet", "fel")
    assert "'kf' är gemensamt men räknas från 'styrelse', som har en dag för varje enhet" in found.message


def test_a_closing_is_counted_from_the_periods_end() -> None:
    stenvik = text("stenvik").replace("antal: 6, efter: periodens slut", "antal: 6, efter: stängning")
    (found,) = faults(stenvik)
    assert found.message == "okänd utgångspunkt 'stängning'; tillåtna är periodens slut."
