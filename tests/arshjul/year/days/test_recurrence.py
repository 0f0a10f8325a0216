"""One report for each meeting, and days counted from what is registered when it happens: quiet until then."""

from datetime import date

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.keys import BodyId
from arshjul.periods import Period
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.year.days.meetings import ChangedMeeting
from arshjul.year.days.recurrence import awaited
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Wheel
from tests.rig.load import made_up, text, text_with, told_of

APRIL = date(2027, 4, 29)


def granvik(**recorded: object) -> Wheel:
    return turn(made_up("granvik").definition, [2027], Recorded(**recorded), strict=False)  # type: ignore[arg-type]


def frister(wheel: Wheel, step: str) -> dict[str, str]:
    found = (one for one in wheel.obligations.values() if one.step == step)
    return {one.period.key: instant_text(one.deadline.at) for one in found}


def moments(wheel: Wheel, step: str) -> dict[str, str]:
    found = (one for one in wheel.milestones if one.step == step and one.body)
    return {one.period.key: day_text(local_date(one.at)) for one in found}


class TestEachMeeting:
    """One report for each meeting of a body; its period goes from årsskiftet to the day of the meeting."""

    def test_each_meeting_has_its_report_due_before_it(self) -> None:
        wheel = granvik()
        assert list(moments(wheel, "kommundirektorens-rapport").items())[:3] == [
            ("2027-02-10", "onsdag 10 februari 2027"),
            ("2027-03-10", "onsdag 10 mars 2027"),
            ("2027-04-14", "onsdag 14 april 2027"),
        ]
        assert len(moments(wheel, "kommundirektorens-rapport")) == 9
        assert frister(wheel, "kommundirektorens-rapport")["2027-04-14"] == "fredag 2 april 2027 kl. 12.00"

    def test_its_period_goes_from_årsskiftet_to_the_day(self) -> None:
        period = Period.parse("2027-04-14")
        assert (period.text, period.end, period.key) == ("14 april 2027", date(2027, 4, 14), "2027-04-14")
        assert Period.until(date(2027, 4, 14)) == period

    def test_a_moved_meeting_takes_its_report_with_it_under_the_same_name(self) -> None:
        moved = ChangedMeeting(body=BodyId("ks"), original=date(2027, 4, 14), day=date(2027, 4, 21))
        wheel = granvik(meetings=(moved,))
        assert moments(wheel, "kommundirektorens-rapport")["2027-04-14"] == "onsdag 21 april 2027"
        assert frister(wheel, "kommundirektorens-rapport")["2027-04-14"] == "fredag 9 april 2027 kl. 12.00"

    def test_a_cancelled_meeting_has_none_and_an_extra_one_has(self) -> None:
        cancelled = ChangedMeeting(body=BodyId("ks"), original=date(2027, 4, 14), day=None)
        extra = ChangedMeeting(body=BodyId("ks"), original=None, day=date(2027, 8, 25))
        found = moments(granvik(meetings=(cancelled, extra)), "kommundirektorens-rapport")
        assert "2027-04-14" not in found
        assert found["2027-08-25"] == "onsdag 25 augusti 2027"


class TestHappening:
    """What is counted from a händelse is not there until it is registered."""

    def test_until_it_happens_there_is_nothing(self) -> None:
        wheel = granvik()
        assert frister(wheel, "skatteprognos") == frister(wheel, "aktivitetsplan") == {}
        assert moments(wheel, "skatteprognos") == {}
        assert moments(wheel, "aktivitetsplan") == {"2027": "fredag 30 april 2027"}, (
            "what is not counted from it stands"
        )

    def test_each_time_that_it_happens_has_its_report_and_days_counted_from_it(self) -> None:
        wheel = granvik(happened={"skr-prognos": (date(2027, 2, 15), APRIL)})
        assert frister(wheel, "skatteprognos") == {
            "2027-02-15": "måndag 1 mars 2027 kl. 16.00",
            "2027-04-29": "fredag 14 maj 2027 kl. 16.00",  # 6 maj är Kristi himmelsfärdsdag
        }
        # the agenda of 10 March closes at noon on the frist's own day
        assert moments(wheel, "skatteprognos")["2027-02-15"] == "onsdag 14 april 2027"

    def test_in_a_step_with_periods_of_its_own_the_last_of_that_year_counts(self) -> None:
        happened = {"plan-antagen": (date(2026, 11, 30), date(2026, 12, 14), date(2027, 11, 29))}
        # 30 days after 14 December 2026; the step is of 2027 and says år: -1
        assert frister(granvik(happened=happened), "aktivitetsplan") == {"2027": "onsdag 13 januari 2027 kl. 16.00"}

    def test_two_that_are_called_the_same_start_each_their_own(self) -> None:
        whole = text("granvik").replace("namn: KF antar verksamhetsplanen", 'namn: "SKR:s skatteunderlagsprognos"', 1)
        found = awaited(read_definition(whole, "granvik.yaml").definition, [2027])
        assert found["skr-prognos"] == ("Skatteprognos",)
        assert found["plan-antagen"] == ("Aktivitetsplan: plan för aktiviteterna",)

    def test_what_has_ended_starts_no_more(self) -> None:
        whole = text("granvik").replace(
            "    varje: {händelse: skr-prognos}\n", "    varje: {händelse: skr-prognos}\n    till: 2027\n", 1
        )
        definition = read_definition(whole, "granvik.yaml").definition
        assert [awaited(definition, [year])["skr-prognos"] for year in (2027, 2028)] == [("Skatteprognos",), ()]

    def test_what_waits_for_it_is_known_by_id(self) -> None:
        assert awaited(made_up("granvik").definition, [2027]) == {
            "skr-prognos": ("Skatteprognos",),
            "plan-antagen": ("Aktivitetsplan: plan för aktiviteterna",),
            "uppdrag": ("Särskilt uppdrag",),
            "avvikelse": ("Avvikelse från ramen",),
            "storre-avvikelse": ("Avvikelse från ramen: åtgärdsplan",),
            "ram-halls-inte": ("brev till KS och KF",),
        }

    def test_check_says_nothing_of_what_has_not_happened(self) -> None:
        assert [one.message for one in check(made_up("granvik"), [2027]) if one.rule == "saknar-dag"] == []


def test_a_year_that_is_not_over_is_reported_on_within_it() -> None:
    assert frister(granvik(), "helarsprognos") == {"2027": "måndag 15 november 2027 kl. 16.00"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("varje: {möte: ks}", "varje: {möte: kks}", "okand-organ: okänt organ 'kks', menade du 'ks'?"),
        ("varje: {händelse: skr-prognos}", "varje: {händelse: skr}", "okand-handelse: okänd händelse 'skr'; tillåtna är avvikelse, plan-antagen, ram-halls-inte, skr-prognos, storre-avvikelse."),
        ("varje: {möte: ks}", "varje: {månader: [mars]}", "fel-varde: ange ett av 'möte' (ett organ), 'händelse' och 'register' under 'varje'"),
        ("varje: {möte: ks}", "varje: {möte: ks}\n    helår: true", "fel-varde: ange en av 'perioder' (månader), 'helår: true' och 'varje' (möte, händelse eller register)"),
        ("efter: plan-antagen", "efter: plan-antagn", "okand-utgangspunkt: okänd utgångspunkt 'plan-antagn', menade du 'plan-antagen'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_remedy(old: str, new: str, told: str) -> None:
    assert told_of(text_with("granvik", old, new)) == [told]


def test_a_meeting_of_the_period_without_one_is_told_with_its_remedy() -> None:
    changed = text("granvik").replace("{regel: månad, månad: april}", "{regel: periodens möte}", 1)
    (told,) = [one.message for one in check(read_definition(changed, "x.yaml"), [2027]) if one.rule == "saknar-dag"]
    assert told.startswith("Aktivitetsplan 2027 hör inte till något möte; skriv 'varje: {möte: …}' i steget")
