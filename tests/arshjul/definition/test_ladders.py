"""Rungs have ids and names of their own, the main krav is said, and what waits waits for its own enhet's krav."""

from datetime import date

import pytest

from arshjul.definition.dangling import RESERVED
from arshjul.definition.reach import body_told
from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import DefinitionError
from arshjul.keys import ObligationKey, RoleId
from arshjul.ladder.due import Standing, due
from arshjul.swedish import local
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, Wheel
from portal.loggen.log_words import about
from store.post.notices import word_name
from tests.rig.load import text

LADDER = "\n  delarsrapport:\n    källa"
SECOND = "      - {slag: ekonomichef, arbetsdagar: 2, till: [ekonomichef]}\n"
DEL = "\n  delarsrapport:\n    namn"


def strandby(*changes: tuple[str, str, str]) -> Sourced:
    whole = text("strandby")
    for under, old, new in changes:
        at = whole.index(old, whole.index(under))
        whole = whole[:at] + new + whole[at + len(old) :]
    return read_definition(whole, "x.yaml")


def two_rungs(more: str = "") -> Sourced:
    """Return a ladder with two rungs of the kind ``ekonomichef``; the later ones are a day later each."""
    old = (
        SECOND
        + "      - {slag: kommundirektör, arbetsdagar: 3, till: [kommundirektor], till för bolag: [styrelseordforande]}\n"
    )
    new = SECOND + f"      - {{{more}slag: ekonomichef, arbetsdagar: 3, till: [kommundirektor]}}\n"
    return strandby((LADDER, old, new))


def underlag(wheel: Wheel, unit: str = "bildningsnamnden", krav: str = "underlag") -> Obligation:
    return wheel.obligations[ObligationKey.of("strandby", "delarsrapport", "2027-08", unit, krav)]


def test_two_rungs_of_a_kind_each_have_an_id_and_a_day_of_their_own() -> None:
    wheel = turn(two_rungs().definition, [2027])
    keys = [one.key for one in wheel.milestones if one.obligation == underlag(wheel).key]
    assert len(keys) == len(set(keys))
    own = {key.moment: f"{one.at:%A %Y-%m-%d}" for one in wheel.milestones if (key := one.key) in keys}
    assert own["ekonomichef"] == "Thursday 2027-09-23"  # the frist is Tuesday the 21st
    assert own["ekonomichef-3"] == "Friday 2027-09-24"


def test_the_second_rung_of_a_kind_goes_after_the_first() -> None:
    wheel = turn(two_rungs().definition, [2027])
    one, hours = underlag(wheel), wheel.definition.sending_hours
    first = date(2027, 9, 23)
    taken = {"start": date(2027, 9, 10), "sen": date(2027, 9, 22), "ekonomichef": first}
    standing = Standing(owing=(RoleId("forvaltningschef"),), taken=taken, started=True)
    now = local(date(2027, 9, 24), hours.start)
    rung = due(one, standing, wheel.workdays, hours, now).rung
    assert rung is not None and (rung.id, rung.name, rung.to) == (
        "ekonomichef-3",
        "till kommundirektören",
        ("kommundirektor",),
    )


def test_a_rung_says_its_own_id_and_name() -> None:
    sourced = two_rungs("id: stab, namn: till staben, ")
    (rung,) = (each for each in sourced.definition.ladders["delarsrapport"].rungs if each.own_id == "stab")
    assert (rung.id, rung.name) == ("stab", "till staben")


@pytest.mark.parametrize("own", ["sen", "frist", "organ", "ekonomichef-"])
def test_an_id_that_means_something_else_is_told(own: str) -> None:
    if own.endswith("-"):
        two_rungs(f"id: {own}, ")
        return
    with pytest.raises(DefinitionError, match=f"trappsteget kan inte ha id '{own}'"):
        two_rungs(f"id: {own}, ")


def test_names_of_rungs_come_from_the_definitions_roles_and_bodies() -> None:
    sourced = strandby(
        ("\norgan:", "kort: KSAU", "kort: KSLU"),
        ("\nroller:", "bestämd form: ekonomichefen", "bestämd form: chefen för ekonomin"),
    )
    names = {rung.id: rung.name for rung in sourced.definition.ladders["delarsrapport"].rungs}
    assert names["ksau"] == "eskalering till KSLU" and names["sista-ord"] == "sista påminnelsen före KSLU"
    assert names["ekonomichef"] == "till chefen för ekonomin" and names["kommundirektor"] == "till kommundirektören"


def test_the_main_krav_is_said_and_others_are_handed_in_with_it() -> None:
    changes = [
        ("\n  manadsrapport:\n    namn", "      underlag:\n", "      siffror:\n        huvudkrav: true\n"),
        ("\n  manadsrapport:\n    namn", "efter: underlag}", "efter: siffror}"),
    ]
    wheel = turn(strandby(*changes).definition, [2027])
    key = ObligationKey.of("strandby", "prognos", "2027-10", "bildningsnamnden", "underlag")
    host = wheel.obligations[key].host
    assert host == ObligationKey.of("strandby", "manadsrapport", "2027-10", "bildningsnamnden", "siffror")
    assert host and wheel.obligations[host].is_main
    (name,) = {one.name for one in wheel.milestones if one.obligation == host and one.kind == "sen"}
    assert name == "försenat, 1 arbetsdag efter", "the main krav's rungs are named without it"


def test_a_step_with_several_krav_and_no_main_one_is_a_fault_and_so_are_two() -> None:
    with pytest.raises(DefinitionError, match="steget har 3 krav; skriv 'huvudkrav: true' i det som rapporten görs av"):
        strandby((DEL, "      underlag:\n", "      siffror:\n"), (DEL, "slutför: underlag", "slutför: siffror"))
    with pytest.raises(DefinitionError, match="'underlag' är redan stegets huvudkrav"):
        strandby(
            (DEL, "      underlag:\n", "      underlag:\n        huvudkrav: true\n"),
            (DEL, "      protokoll:\n", "      protokoll:\n        huvudkrav: true\n"),
        )


def test_what_waits_waits_for_the_enhets_own_krav_where_it_has_one() -> None:
    mbl = (
        "      mbl:\n        namn: MBL-förhandlingen\n        slag: [nämnd]\n"
        "        frist: {regel: {regel: fast dag, dag: 1 september}, källa: plan § 2}\n        trappa: anvisningar\n"
        "        delar: {protokoll: {namn: Protokoll, form: intyg, källa: plan § 8}}\n"
    )
    wheel = turn(
        strandby(
            (DEL, "    krav:\n", f"    krav:\n{mbl}"), (DEL, "förutsätter: anvisning", "förutsätter: mbl")
        ).definition,
        [2027],
    )
    waits = {unit: underlag(wheel, unit).requires for unit in ("bildningsnamnden", "omsorgsnamnden", "bostadsbolaget")}
    assert waits == {
        "bildningsnamnden": underlag(wheel, "bildningsnamnden", "mbl").key,
        "omsorgsnamnden": underlag(wheel, "omsorgsnamnden", "mbl").key,
        "bostadsbolaget": None,
    }
    common = turn(strandby().definition, [2027])
    assert underlag(common, "bostadsbolaget").requires == underlag(common, "kommunstyrelsen", "anvisning").key


def test_a_step_without_flow_has_no_rungs_and_wakes_nobody() -> None:
    wheel = turn(
        strandby((DEL, "    perioder: [augusti]\n", "    perioder: [augusti]\n    flöde: false\n")).definition, [2027]
    )
    one, hours = underlag(wheel), wheel.definition.sending_hours
    assert [each.milestone for each in wheel.milestones if each.obligation == one.key] == ["frist"]
    owing = Standing(owing=(RoleId("forvaltningschef"),))
    for day in (date(2027, 9, 10), date(2027, 9, 22), date(2027, 9, 28)):
        answer = due(one, owing, wheel.workdays, hours, local(day, hours.start))
        assert (answer.rung, answer.wake) == (None, None)


#: a ladder in a municipality's own words, from the frist on; its end is a body that none of its roles is alone in
OWN_WORDS = """\
  delarsrapport:
    källa: plan § 7
    trappsteg:
      - {slag: sen, arbetsdagar: 1, till: [ansvariga]}
      - {slag: uppåt, id: stabschef, arbetsdagar: 2, till: [hr_chef], namn: stabschefen ringer}
      - {slag: uppåt, arbetsdagar: 3, till: [kommundirektor], ord: Ring i dag. Ett mejl räcker inte.}
      - {slag: sista ord, arbetsdagar: 4, till: [ansvariga]}
      - {slag: organ, id: presidiet, organ: kf, arbetsdagar: 5, till: [kommunalrad]}
"""


def own_words(*changes: tuple[str, str]) -> Sourced:
    whole = text("strandby")
    start = whole.index("\n  delarsrapport:\n    källa")  # the ladder
    end = whole.index("\n  arsredovisning:\n", start)
    ladder = OWN_WORDS
    for old, new in changes:
        assert old in ladder
        ladder = ladder.replace(old, new)
    return read_definition(whole[: start + 1] + ladder.rstrip("\n") + whole[end:], "x.yaml")


def test_a_ladder_is_said_in_the_municipalitys_own_words_and_ends_at_any_body() -> None:
    definition = own_words().definition
    one = underlag(turn(definition, [2027]))
    assert one.ladder is not None
    assert [(rung.id, rung.tag, rung.name) for rung in one.ladder.rungs] == [
        ("sen", "sen", "försenat, 1 arbetsdag efter"),
        ("stabschef", "stabschef", "stabschefen ringer"),
        ("uppat", "uppat", "till kommundirektören"),
        ("sista-ord", "sista-ord", "sista påminnelsen före KF"),
        ("presidiet", "presidiet", "eskalering till KF"),
    ]
    top = one.ladder.rungs[-1]
    assert body_told(definition, top)[0] == "kf"
    assert one.top_key == "strandby/delarsrapport/2027-08/bildningsnamnden/presidiet"
    assert definition.tops == {"presidiet", "ksau"}  # the other ladders end as they did


def test_a_word_of_ones_own_is_a_rung_above_and_the_last_a_bodys_where_it_tells_its_secretary() -> None:
    changes = (
        ("slag: uppåt, id: stabschef,", "slag: stabschef,"),
        ("slag: organ, id: presidiet, organ: kf,", "slag: presidiet,"),
        ("till: [kommunalrad]}", "till: [kf_ordforande]}"),
    )
    ladder = underlag(turn(own_words(*changes).definition, [2027])).ladder
    assert ladder is not None
    assert [(rung.kind, rung.id, rung.tag) for rung in ladder.rungs if rung.label] == [
        ("uppåt", "stabschef", "stabschef"),
        ("organ", "presidiet", "presidiet"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("slag: sista ord", "slag: sista ordet", "okänt värde 'sista ordet' för 'slag', menade du 'sista ord'?"),
        ("organ: kf", "organ: kff", "okänt organ 'kff', menade du 'kf'?"),
        ("arbetsdagar: 4", "arbetsdagar: 3", "står i fel ordning"),
        (
            "      - {slag: sista ord, arbetsdagar: 4, till: [ansvariga]}\n",
            "",
            "före 'organ' ska 'sista ord' stå exakt",
        ),
        ("id: presidiet", "id: sen", "trappsteget kan inte ha id 'sen'"),
        (
            "slag: organ, id: presidiet, organ: kf, arbetsdagar: 5, till: [kommunalrad]",
            "slag: presidiet, arbetsdagar: 5, till: [hr_chef]",
            "ange ett organs sekreterare eller ordförande i 'till', eller skriv 'slag: uppåt' och ta bort 'sista ord'",
        ),
    ],
)
def test_what_a_ladder_cannot_be_is_told(old: str, new: str, says: str) -> None:
    with pytest.raises(DefinitionError) as told:
        own_words((old, new))
    assert any(says in fault.message for fault in told.value.faults), [one.message for one in told.value.faults]


def test_no_word_of_a_row_is_read_by_people() -> None:
    one = underlag(turn(own_words().definition, [2027]))
    read = {word: word_name(one, word) for word in ("presidiet", *RESERVED)}
    assert read == {
        "presidiet": "eskalering till KF",
        "frist": "frist",
        "frist-flyttad": "flyttad frist",
        "efter-ksau": "efter mötet",
        "inte-nadd": "brevet har inte nått fram",
    }
    definition = own_words().definition
    keys = (
        "bildningsnamnden/efter-ksau",
        "bildningsnamnden/protokoll-efter-ksau",
        "efter-ksau/12",
        "bildningsnamnden/underlag/efter-ksau",
    )
    told = [about(definition, f"strandby/delarsrapport/2027-08/{key}").text for key in keys]
    assert [text for text in told if "efter-ksau" in text] == [] and all("efter mötet" in text for text in told)
