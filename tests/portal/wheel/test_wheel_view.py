"""What the wheel shows: every moment of a year, on its ring, gathered, with its state."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM, local_date
from arshjul.year.turning import Recorded, turn
from portal.web import looks
from portal.wheel.labels import BOTTOM, CHARACTERS, RIM, TOP
from portal.wheel.picture import BANDS, compose
from portal.wheel.view import HappenedByKey, build, shown_years, without_states
from tests.rig.hedemora import hedemora

pytestmark = pytest.mark.whole

NOW = datetime(2027, 9, 22, 8, 0, tzinfo=STOCKHOLM)  # a Wednesday; the delårsrapport was due the day before
DELAR = "delarsrapport-2027-08-frist-0921"
BIN, OMN = (f"hedemora/delarsrapport/2027-08/{unit}/underlag" for unit in ("bildningsnamnden", "omsorgsnamnden"))


@pytest.fixture(scope="module")
def wheel():
    return turn(hedemora().definition, range(2025, 2030), strict=False)


def marks(wheel, year=2027, now=NOW, **happened):
    return {mark.id: mark for mark in build(wheel, year, HappenedByKey(**happened), now).marks}


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_every_frist_and_every_bodys_moment_of_the_year_is_in_one_mark(wheel, year):
    moments = [one for one in wheel.milestones if one.body or one.kind == "frist"]
    found = build(wheel, year, HappenedByKey(), NOW).marks
    assert sum(len(mark.members) for mark in found) == sum(local_date(one.at).year == year for one in moments)
    assert len({mark.id for mark in found}) == len(found)
    assert [mark.at for mark in found] == sorted(mark.at for mark in found)
    assert all(local_date(mark.at) == mark.day and mark.day.year == year for mark in found)


def test_the_letters_days_are_not_on_the_wheel(wheel):
    assert not any("paminnelse" in key or "-start" in key for key in marks(wheel))


def test_three_years_run_side_by_side(wheel):
    shown = build(wheel, 2027, HappenedByKey(), NOW)
    assert [(ring.year, ring.name, ring.does) for ring in shown.rings] == [
        (2026, "Föregående år", "redovisas"),
        (2027, "Innevarande år", "följs upp"),
        (2028, "Kommande år", "budgeteras"),
    ]
    steps = {shift: {mark.occurrence for mark in shown.marks if mark.shift == shift} for shift in (-1, 0, 1)}
    assert steps[-1] == {("arsredovisning", "2026")} and steps[1] == {("budget", "2028")}
    # the anvisningar of the coming årsredovisning go out in November of its own year
    assert {("delarsrapport", "2027-08"), ("manadsrapport", "2027-02"), ("arsredovisning", "2027")} <= steps[0]


def test_enheter_that_share_a_frist_are_one_mark_that_tells_how_many_and_their_worst_state(wheel):
    every = dict.fromkeys(wheel.obligations, State.KOMPLETT)
    mark = marks(wheel, states=every | {BIN: State.FORSENAD, OMN: State.ESKALERAD})[DELAR]
    assert (mark.name, mark.about, mark.whom) == (
        "Underlag till delårsrapporten",
        "Delårsrapport augusti 2027",
        "6 enheter",
    )
    assert (mark.state.word, mark.standing) == ("Eskalerad", "Eskalerad 1, Försenad 1, Komplett 4")
    assert [member.who for member in mark.members if member.name == "Bostadsbolaget AB"] == ["VD"]
    assert mark.lagrum.startswith("kommunens egen ordning, ”Tidplan”; KL 11 kap. 16 §; LKBR 13 kap. 1 §")


def test_an_anstand_stands_on_its_own_day_beside_the_others(wheel):
    later = datetime(2027, 9, 24, 16, 0, tzinfo=STOCKHOLM)  # the Friday
    moved = turn(hedemora().definition, range(2025, 2030), Recorded(anstand={BIN: later}), strict=False)
    found = marks(moved, states={BIN: State.ANSTAND})
    assert len(found[DELAR].members) == 5
    assert found["delarsrapport-2027-08-frist-0924"].state == State.ANSTAND
    assert found["delarsrapport-2027-08-frist-0924"].whom == "Bildningsnämnden"


def test_the_state_of_a_bodys_moment_follows_its_day_and_its_decision(wheel):
    key = "hedemora/arsredovisning/2026/kommunen/kf"  # Tuesday 27 April
    found = marks(wheel, decided=frozenset({key}), since=date(2027, 3, 10))
    assert found["arsredovisning-2026-kf-0427"].state == State.BESLUTAT
    assert found["arsredovisning-2026-ks-0316"].state == State.BESLUT_SAKNAS
    assert found["arsredovisning-2026-ksau-0302"].state == State.FORE_INFORANDET
    assert found["budget-2028-budget-1123"].state == State.KOMMANDE


def test_the_laws_own_day_follows_the_mark(wheel):
    found = marks(wheel, year=2028)
    mark = found["arsredovisning-2027-overlamnande-0413"]  # Thursday; the 14th is långfredag
    assert mark.lawful_until == date(2028, 4, 18) and "KL 11 kap. 20 §" in mark.lagrum


def test_a_nämnds_moment_says_of_what_it_decides(wheel):
    mark = marks(wheel)["delarsrapport-2027-08-namnd-0923"]
    assert mark.name == "Delårsrapporten: nämnden eller bolagsstyrelsen beslutar"
    assert mark.when == "torsdag 23 september 2027"  # at nine, one and two o'clock
    assert [member.name for member in mark.members] == [
        "Miljö- och samhällsbyggnadsnämnden",
        "Bildningsnämnden",
        "Energibolagets styrelse",
    ]


def test_every_state_that_is_shown_has_a_look_in_the_states_own_order():
    shown = [state for state in State if state not in (State.EJ_PABORJAD, State.UTGAR)]
    assert list(looks.LOOKS) == shown
    assert looks.look(State.UTGAR).kind == "quiet"


def test_no_two_states_of_a_shape_look_the_same_without_their_colour():
    for sign in ("drawn", "sign"):
        seen = [
            getattr(look, sign) for state, look in looks.LOOKS.items() if state is not State.BESLUTAT
        ]  # it is a square
        assert len(set(seen)) == len(seen)


def test_a_day_that_nobody_has_decided_says_so():
    planless = hedemora().definition.model_copy(update={"year_plans": {}})
    found = marks(turn(planless, range(2025, 2030), strict=False))
    assert found[DELAR].status == "förslag"
    assert found["delarsrapport-2027-08-ksau-1005"].status == "beslutad"  # KSAU's days of 2027 are decided


@pytest.mark.parametrize(
    ("now", "years"),
    [
        (datetime(2027, 1, 1, 0, 0, tzinfo=STOCKHOLM), range(2026, 2029)),
        (datetime(2027, 12, 31, 23, 59, tzinfo=STOCKHOLM), range(2026, 2029)),
        (datetime(2028, 1, 1, 0, 0, tzinfo=STOCKHOLM), range(2027, 2030)),
    ],
)
def test_the_year_before_and_the_year_after_can_be_shown(now, years):
    assert shown_years(now) == years


def test_an_instant_belongs_to_its_swedish_day_at_the_years_edge(wheel):
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=STOCKHOLM)
    assert build(wheel, 2026, HappenedByKey(), eve).today == date(2026, 12, 31)
    assert build(wheel, 2026, HappenedByKey(), eve + timedelta(hours=1)).today is None
    assert build(wheel, 2027, HappenedByKey(), eve + timedelta(hours=1)).today == date(2027, 1, 1)


def test_for_the_wall_there_are_neither_states_nor_today(wheel):
    shown = without_states(build(wheel, 2027, HappenedByKey(states={BIN: State.FORSENAD}), NOW))
    assert {member.state for mark in shown.marks for member in mark.members} == {State.KOMMANDE}
    picture = compose(shown)
    assert (picture.hand, picture.passed, picture.looks) == (None, None, ())


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_picture_draws_every_mark_on_its_ring_and_no_label_upon_another(wheel, year):
    shown = build(wheel, year, HappenedByKey(), NOW)
    picture = compose(shown)
    assert sorted(one.mark.id for one in picture.drawn) == sorted(mark.id for mark in shown.marks)
    for one in picture.drawn:
        inner, outer = BANDS[one.mark.shift]
        assert inner < (one.x**2 + one.y**2) ** 0.5 < outer
    for left in (True, False):
        labels = sorted((one.label for one in picture.drawn if one.label and one.label.left is left), key=lambda x: x.y)
        assert labels
        tops = [label.y - 14 for label in labels]
        ends = [label.y + 18 * (len(label.lines) + bool(label.word) - 1) + 4 for label in labels]
        assert all(end <= top for end, top in zip(ends, tops[1:], strict=False))
        assert tops[0] >= TOP - 4 and ends[-1] <= BOTTOM + 8
        assert all((x.x**2 + max(abs(x.y), 0) ** 2) ** 0.5 > RIM for x in labels)
    words = [line for one in picture.drawn if one.label for line in one.label.lines]
    assert max(map(len, words)) <= CHARACTERS


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_no_line_crosses_the_words_that_it_leads_to(wheel, year):
    found = 0
    for one in compose(build(wheel, year, HappenedByKey(), NOW)).drawn:
        if not (label := one.label):
            continue
        (x1, y1), (x2, y2) = [tuple(map(float, each.split())) for each in label.leader[1:].split("L")][1:]
        assert abs(x2) < abs(label.x)
        if abs(x1) > abs(label.x):  # the rim lies under the words, or over them
            at = y1 + (y2 - y1) * (label.x - x1) / (x2 - x1)
            height = 18 * (len(label.lines) + bool(label.word))
            assert not label.y - 13 < at < label.y - 13.5 + height, (label, at)
            found += 1
    assert found


def test_what_waits_for_somebody_is_always_labelled_and_says_so(wheel):
    picture = compose(build(wheel, 2027, HappenedByKey(states={BIN: State.FORSENAD}), NOW))
    (label,) = (one.label for one in picture.drawn if one.mark.id == DELAR)
    assert label.word == "Försenad 1" and label.day == "21 sep"
    assert "".join(label.lines).replace(" ", "").startswith("Underlagtilldelårsrapporten")


def test_a_mark_of_many_enheter_has_an_arc_for_each(wheel):
    picture = compose(build(wheel, 2027, HappenedByKey(states={BIN: State.FORSENAD}), NOW))
    (pieces,) = (one.pieces for one in picture.drawn if one.mark.id == DELAR)
    assert [kind for _, kind in pieces] == ["late", *["ahead"] * 5]


def test_each_report_has_a_colour_that_its_marks_share_and_the_legend_names(wheel):
    picture = compose(build(wheel, 2027, HappenedByKey(), NOW))
    classes = {one.mark.report: one.kind for one in picture.drawn}
    assert all(one.kind == classes[one.mark.report] for one in picture.drawn)
    own = {kind: name for kind, name in picture.kinds if name != "Övriga rapporter"}
    assert own and all(classes[name] == kind for kind, name in own.items())
    assert {kind for kind, _ in picture.kinds} == set(classes.values())


def test_the_reports_names_are_pressed_together_when_their_line_would_leave_the_picture(wheel):
    picture = compose(build(wheel, 2027, HappenedByKey(), NOW))
    assert not picture.kinds_are_long
    assert replace(picture, kinds=(("kind0", "x" * 40),) * 7).kinds_are_long
