"""Every rule of law says where it is from: the provision, its SFS number and the day of the text that it was written from."""

import re
from datetime import date

import pytest

from arshjul.check.rules import LAW_RULES, LawRule
from arshjul.errors import Fault
from arshjul.lagrum import parse_lagrum
from arshjul.wordings import LAWS, doubt_of, in_lkbr, wording_of, wordings_of
from tests.rig.paths import ROOT

CHECK = ROOT / "calendar" / "arshjul" / "check"
CODE = "\n".join(file.read_text(encoding="utf-8") for file in CHECK.rglob("*.py"))


@pytest.mark.parametrize("rule", LAW_RULES, ids=lambda one: one.id)
def test_a_rule_has_a_wording_for_each_provision_that_it_rests_on(rule: LawRule) -> None:
    assert [each.lagrum for each in rule.wordings] == rule.lagrum.split("; ")
    assert rule.lagrum.split("; ")[-1] == rule.id.replace(":", " kap. ") + " §"
    assert parse_lagrum(rule.lagrum, ()).statutory


def test_all_rules_that_the_code_tells_are_among_them_and_all_that_it_cites_is_read() -> None:
    told = set(re.findall(r'"((?:KL|LKBR) \d+:\d+(?: [a-z])?)"', CODE))
    assert told <= {rule.id for rule in LAW_RULES}
    cited = set(re.findall(r"(?:KL|LKBR) \d+ kap\. \d+(?: [a-z])? §", CODE))
    assert len(cited) > 25
    assert {each for each in cited if wording_of(each) is None} == set()


def test_the_sfs_number_is_the_provisions_own_and_the_day_that_of_its_law() -> None:
    def told(lagrum: str) -> tuple[str, str]:
        (wording,) = wordings_of(lagrum)
        return wording.sfs, wording.day.isoformat()

    assert told("KL 11 kap. 20 §") == ("2017:725", "2025-05-26")
    assert told("KL 11 kap. 16 §") == ("2018:600", "2025-05-26")
    assert told("KL 8 kap. 16 a §") == ("2023:642", "2025-05-26")
    assert told("LKBR 13 kap. 1 §") == ("2018:597", "2024-07-01")
    assert told("LKBR 3 kap. 13 §") == ("2024:345", "2024-07-01")
    assert {law.day for law in LAWS.values()} == {date(2025, 5, 26), date(2024, 7, 1)}
    assert wordings_of("KL 2 kap. 1 §") == wordings_of('styrmodell "Delårsrapport"') == wordings_of(None) == ()


def test_a_finding_is_told_with_it() -> None:
    fault = Fault(file="x.yaml", line=3, rule="KL 11:8", message="för sent", lagrum="KL 11 kap. 8 §; plan § 2")
    assert str(fault) == "x.yaml:3: fel: för sent (KL 11 kap. 8 §, SFS 2019:835, lydelsen den 26 maj 2025; plan § 2)"


def test_what_is_repealed_or_not_there_is_doubted_and_nothing_else() -> None:
    assert doubt_of("lag (1997:614) 9 §") == (
        "'lag (1997:614) 9 §' är upphävd; i dess ställe gäller lagen (2018:597) om kommunal bokföring och redovisning, "
        "skriv LKBR"
    )
    assert doubt_of("lag (1991:900) 8 kap. 4 §") == (
        "'lag (1991:900) 8 kap. 4 §' är upphävd; i dess ställe gäller kommunallagen (2017:725), skriv KL"
    )
    assert doubt_of("LKBR 14 kap. 1 §") == (
        "'LKBR 14 kap. 1 §' finns inte: lagen om kommunal bokföring och redovisning (2018:597) har 13 kapitel"
    )
    assert [doubt_of(each) for each in ("KL 11 kap. 99 §", "LKBR 13 kap. 9 §", "lag (1930:173) 2 §")] == [None] * 3


def test_a_recommendation_of_rkr_can_be_cited_is_no_law_and_is_not_said_to_a_bolag() -> None:
    cited = parse_lagrum("RKR R17; LKBR 13 kap. 2 §", ())
    assert str(cited) == "RKR R17; LKBR 13 kap. 2 §"
    assert not parse_lagrum("RKR R17", ()).statutory
    assert str(cited.towards("bolag")) == "KL 6 kap. 1 §"
    assert str(parse_lagrum("KL 6 kap. 1 §; KL 11 kap. 9 §", ()).towards("bolag")) == "KL 6 kap. 1 §"
    with pytest.raises(ValueError, match="en av RKR:s rekommendationer"):
        parse_lagrum("RKR 17", ())


@pytest.mark.parametrize(
    ("cited", "now"),
    [
        ("KRL 9 kap. 1 §", "LKBR 13 kap. 1 §"),
        ("lag (1997:614) 9 kap. 3 §", "LKBR 13 kap. 3 §"),
        ("KRL 4 kap. 1 a §", "LKBR 11 kap. 6 §"),
        ("KRL 8 kap. 2 §", "LKBR 12 kap."),
        ("KRL", "LKBR"),
        ("KRL 7 kap. 1 §", "LKBR 8 kap."),
        ("KRL 2 kap. 9 §", "LKBR 3 kap."),
        ("KRL 5 kap. 1 §", "LKBR"),
        ("KL 11 kap. 16 §", None),
    ],
)
def test_what_krl_said_is_told_by_where_lkbr_has_it(cited: str, now: str | None) -> None:
    assert in_lkbr(cited) == now


def test_a_source_of_the_repealed_krl_is_told_with_the_section_that_holds() -> None:
    with pytest.raises(
        ValueError, match=re.escape("'KRL 9 kap. 1 §' är upphävd; skriv LKBR 13 kap. 1 §, lagen (2018:597)")
    ):
        parse_lagrum("KRL 9 kap. 1 §; plan", ["plan"])
    assert (doubt_of("lag (1997:614) 9 kap. 1 §") or "").endswith(
        "kommunal bokföring och redovisning, skriv LKBR 13 kap. 1 §"
    )
