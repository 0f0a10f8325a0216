"""What the law's reports must consist of is looked for among what is handed in for them."""

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from tests.rig.load import file_of, text


def told(*changes: tuple[str, str], town: str = "hedemora") -> list[tuple[str, str]]:
    whole = text(town)
    for old, new in changes:
        assert old in whole, old
        whole = whole.replace(old, new, 1)
    found = check(read_definition(whole, "x.yaml"), (2026, 2027))
    return [(each.rule, each.message) for each in found if each.rule.startswith("LKBR") and each.severity == "varning"]


def test_a_delårsrapport_with_only_the_economy_sheet_lacks_what_lkbr_13_2_asks_for() -> None:
    avser = "avser: [resultaträkning, balansräkning, förvaltningsberättelse], "
    assert told(town="lindo") == []
    assert told((avser, ""), town="lindo") == [
        (
            "LKBR 13:2",
            "delårsrapporten ska enligt lagen ha resultaträkning, balansräkning och förvaltningsberättelse, men inget som "
            "lämnas in är det; lägg till en del, eller skriv 'avser: resultaträkning' i den del som har det.",
        )
    ]


def test_what_is_put_together_elsewhere_is_not_asked_for_its_parts_but_its_days_are_judged() -> None:
    """Ånge's årsredovisning and delårsrapport have days here, and no flow."""
    whole = file_of("ange").read_text(encoding="utf-8").replace("dag: 15 april, år: 1", "dag: 16 april, år: 1")

    def rules(words: str) -> set[str]:
        return {each.rule for each in check(read_definition(words, "x.yaml"), (2026, 2027))}

    assert rules(whole) == {"KL 11:20"}
    put_together_here = {"KL 11:20", "LKBR 4:1", "LKBR 9:4", "LKBR 11:6", "LKBR 13:2"}
    assert rules(whole.replace("flöde: false", "flöde: true")) == put_together_here


def test_a_bolags_balansräkning_is_not_the_municipalitys() -> None:
    own = "enheter: [kommunstyrelsen]\n            blad: [resultatrakning, balansrakning]"
    ((rule, message),) = told((own, own.replace(", balansrakning", "")))
    assert rule == "LKBR 13:2" and "ska enligt lagen ha balansräkning, men" in message


def test_the_resultaträkning_of_a_delårsrapport_compares() -> None:
    ((rule, message),) = told(("blad: [resultatrakning, balansrakning]", "blad: [resultatrakning-ar, balansrakning]"))
    assert rule == "LKBR 13:3"
    assert message.startswith(
        "resultaträkningen i delårsrapporten ska också visa prognos, som bladet 'resultatrakning-ar'"
    )


def test_an_årsredovisning_lacks_what_lkbr_4_1_and_11_6_ask_for() -> None:
    assert told() == []
    found = told((", kassaflode]", "]"), ("avser: [noter, ", "avser: ["), ("blad: [sjukfranvaro]", "blad: [personal]"))
    assert [rule for rule, _ in found] == ["LKBR 11:6", "LKBR 4:1"]
    assert "årsredovisningen ska enligt lagen ha kassaflödesanalys och noter, men" in found[1][1]


def test_a_part_that_ceases_is_missed_from_the_year_in_which_it_is_not_there() -> None:
    found = dict(told(("avser: [noter, ", "till: 2026\n            avser: [noter, ")))
    assert set(found) == {"LKBR 4:1", "LKBR 9:4", "LKBR 12:2"}
    assert found["LKBR 4:1"].startswith("årsredovisningen för 2027 ska enligt lagen ha noter, men")
