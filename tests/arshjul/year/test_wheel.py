"""The wheel: what each enhet owes, when it is told, and the year's plan, held against the styrmodell and the law."""

from datetime import date, datetime
from functools import cache

import pytest

from arshjul.definition.reading import read_definition
from arshjul.keys import ObligationKey
from arshjul.swedish import STOCKHOLM, local_date
from arshjul.year.days.meetings import ChangedMeeting
from arshjul.year.turning import Recorded, plan_year, turn, turn_on
from arshjul.year.wheel import Milestone, Wheel
from tests.rig.load import hedemora, made_up, text

UNITS = {
    "kommunstyrelsen",
    "bildningsnamnden",
    "omsorgsnamnden",
    "miljo-och-samhallsbyggnadsnamnden",
    "bostadsbolaget",
    "energibolaget",
}
BOLAG = {"bostadsbolaget", "energibolaget"}


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    return turn(hedemora().definition, [2027])


def parts(wheel: Wheel, step: str, period: str, unit: str, krav: str = "underlag") -> dict[str, str]:
    one = wheel.obligations[f"hedemora/{step}/{period}/{unit}/{krav}"]
    return {part.id: part.role for part in one.parts}


def said(instant: datetime) -> str:
    return f"{instant.astimezone(STOCKHOLM):%A %Y-%m-%d %H.%M}"


def test_what_is_owed_is_said_in_full_with_the_report_once(wheel: Wheel) -> None:
    said = {one.in_full for one in wheel.obligations.values() if one.period.key == "2027-08"}
    assert "underlag till delårsrapporten per den 31 augusti 2027" in said
    assert not any(one.count("delårsrapporten") > 1 for one in said)
    assert all(
        any(one.report in each for each in said) for one in wheel.obligations.values() if one.period.key == "2027-08"
    )


class TestPeriodTable:
    """Hedemora styrmodell, ”Tidsplan för uppföljningar”."""

    @pytest.mark.parametrize("year", [2026, 2027, 2028])
    def test_each_step_has_exactly_the_periods_of_the_table(self, year: int) -> None:
        found: dict[str, list[str]] = {}
        for occurrence in turn(hedemora().definition, [year]).occurrences:
            found.setdefault(occurrence.step, []).append(occurrence.period.key)
        assert found == {
            "manadsrapport": [f"{year}-{month}" for month in ("02", "03", "04", "05", "09", "10")],
            "delarsrapport": [f"{year}-08"],
            "arsredovisning": [str(year)],
            "budget": [str(year)],
            "prognos": [f"{year}-03", f"{year}-08", f"{year}-10"],
        }

    @pytest.mark.parametrize("month", ["02", "03", "04", "05", "09", "10"])
    def test_a_månadsrapport_is_ekonomisk_uppföljning(self, wheel: Wheel, month: str) -> None:
        for unit in UNITS:
            assert set(parts(wheel, "manadsrapport", f"2027-{month}", unit)) == {"ekonomisk-uppfoljning"}

    @pytest.mark.parametrize(
        ("month", "expected"),
        [
            ("03", {"helarsprognos", "planerade-atgarder"}),  # med prognos och planerade åtgärder
            ("08", {"planerade-atgarder"}),  # the prognos is in the delårsrapport's Ekonomi
            ("10", {"helarsprognos"}),  # med prognos
        ],
    )
    def test_planerade_åtgärder_come_with_mars_and_augusti(self, wheel: Wheel, month: str, expected: set[str]) -> None:
        for unit in UNITS:
            assert set(parts(wheel, "prognos", f"2027-{month}", unit)) == expected

    def test_the_delårsrapport_has_mål_och_resultat_from_everybody(self, wheel: Wheel) -> None:
        assert all("mal-och-resultat" in parts(wheel, "delarsrapport", "2027-08", unit) for unit in UNITS)

    def test_the_årsbokslut_has_mål_och_resultat_from_everybody(self, wheel: Wheel) -> None:
        assert all("mal-och-resultat" in parts(wheel, "arsredovisning", "2027", unit) for unit in UNITS)


class TestParts:
    """Whose each part is."""

    def test_a_part_is_the_enhets_own_chiefs_unless_a_role_is_named(self, wheel: Wheel) -> None:
        roles = {unit: set(parts(wheel, "manadsrapport", "2027-03", unit).values()) for unit in UNITS}
        assert roles == {unit: {"vd"} if unit in BOLAG else {"forvaltningschef"} for unit in UNITS} | {
            "kommunstyrelsen": {"kommundirektor"}
        }

    def test_the_årsredovisningens_texts_are_each_their_roles(self, wheel: Wheel) -> None:
        assert parts(wheel, "arsredovisning", "2027", "kommunstyrelsen") == {
            "driftredovisning": "kommundirektor",
            "investeringsredovisning": "kommundirektor",
            "forvaltningsberattelse": "kommundirektor",
            "ekonomisk-berattelse": "kommundirektor",
            "kommunens-rakenskaper": "kommundirektor",
            "noter": "kommundirektor",
            "kommunens-forvaltningsberattelse": "kommundirektor",
            "mal-och-resultat": "kommundirektor",
            "riskanalys-och-intern-kontroll": "kommundirektor",
            "personalberattelse": "hr_chef",
            "sjukfranvaro": "hr_chef",
            "kommunalradets-text": "kommunalrad",
            "kommundirektorens-text": "kommundirektor",
        }

    def test_a_bolag_gives_its_årsbokslut_and_no_förvaltningsberättelse(self, wheel: Wheel) -> None:
        assert parts(wheel, "arsredovisning", "2027", "energibolaget") == {
            "driftredovisning": "vd",
            "investeringsredovisning": "vd",
            "mal-och-resultat": "vd",
            "riskanalys-och-intern-kontroll": "vd",
            "bolagets-arsbokslut": "vd",
            "bolagets-rakenskaper": "vd",
        }

    def test_only_bolag_give_the_bolagsrapport_of_the_delårsrapport(self, wheel: Wheel) -> None:
        giving = {unit for unit in UNITS if "bolagsrapport" in parts(wheel, "delarsrapport", "2027-08", unit)}
        assert giving == BOLAG

    def test_the_anvisningar_are_the_ekonomichefs(self, wheel: Wheel) -> None:
        found = parts(wheel, "delarsrapport", "2027-08", "kommunstyrelsen", "anvisning")
        assert found == {"anvisningar": "ekonomichef", "godkannande": "ekonomichef"}

    def test_no_bolag_is_told_of_a_law_that_was_written_for_nämnder(self, wheel: Wheel) -> None:
        owed = wheel.obligations.values()
        told = {
            (one.unit, law)
            for one in owed
            for source in (
                *(one.lagrum, one.deadline.lagrum, *(part.lagrum for part in one.parts)),
                *(heading.lagrum for part in one.parts for heading in part.headings),
            )
            for law in source.text.split("; ")
        }
        for_nämnder = {"KL 6 kap. 6 §", "KL 6 kap. 12 §", "KL 11 kap. 18 §"}
        assert {unit for unit, law in told if law in for_nämnder} == UNITS - BOLAG
        assert {law for unit, law in told if unit in BOLAG and law.startswith("KL 6 kap.")} == {"KL 6 kap. 1 §"}
        assert {law for unit, law in told if unit in BOLAG and law.startswith("LKBR")} == set()

    def test_the_protokollsutdrag_is_asked_of_nämnder_and_bolag_and_not_of_kommunstyrelsen(self, wheel: Wheel) -> None:
        asked = {one.unit for one in wheel.obligations.values() if one.krav == "protokoll"}
        assert asked == UNITS - {"kommunstyrelsen"}


class TestObligations:
    """What leans on what."""

    def test_underlag_waits_for_the_anvisningar(self, wheel: Wheel) -> None:
        one = wheel.obligations["hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"]
        assert one.requires == "hedemora/delarsrapport/2027-08/kommunstyrelsen/anvisning"

    def test_the_protokollsutdrag_makes_the_underlag_final_after_the_nämnds_own_meeting(self, wheel: Wheel) -> None:
        nämnd = wheel.obligations["hedemora/delarsrapport/2027-08/omsorgsnamnden/protokoll"]
        bolag = wheel.obligations["hedemora/delarsrapport/2027-08/energibolaget/protokoll"]
        assert nämnd.finalises == "hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"
        assert said(nämnd.deadline.at) == "Wednesday 2027-09-29 16.00"  # five days after Wednesday the 22nd
        assert said(bolag.deadline.at) == "Thursday 2027-09-30 16.00"  # five days after Thursday the 23rd

    def test_an_anstånd_is_bounded_by_the_agenda_less_the_sammanställning(self, wheel: Wheel) -> None:
        one = wheel.obligations["hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"]
        assert one.treated is not None
        assert one.limit is not None
        assert said(one.treated.agenda_closes) == "Wednesday 2027-09-29 12.00"
        assert said(one.limit) == "Monday 2027-09-27 12.00"

    def test_a_prognos_is_handed_in_with_its_host_and_has_its_frist_and_no_letters(self, wheel: Wheel) -> None:
        for month, host in (("03", "manadsrapport"), ("08", "delarsrapport"), ("10", "manadsrapport")):
            one = wheel.obligations[f"hedemora/prognos/2027-{month}/omsorgsnamnden/underlag"]
            assert one.host == f"hedemora/{host}/2027-{month}/omsorgsnamnden/underlag"
            assert one.deadline == wheel.obligations[one.host].deadline
            assert one.ladder is None
            assert wheel.hosted[one.host] == (one,)
        rungs = {each.milestone for each in wheel.milestones if each.step == "prognos"}
        assert rungs == {"frist"}

    def test_an_enhet_owes_from_its_first_day_to_its_last(self) -> None:
        lindo = turn(made_up("lindo").definition, [2026, 2027])
        owing = {(one.period.key, one.unit) for one in lindo.obligations.values() if one.step == "tertialrapport"}
        everybody = {"ks", "vatten", "varme"}
        assert owing == {("2026-04", unit) for unit in (*everybody, "namnd")} | {
            ("2027-04", unit) for unit in (*everybody, "nya-namnden")
        }

    def test_an_enhet_that_ends_does_not_owe_the_årsredovisning_due_after(self) -> None:
        lindo = turn(made_up("lindo").definition, [2026])
        owing = {one.unit for one in lindo.obligations.values() if one.step == "arsredovisning"}
        assert owing == {"ks", "vatten", "varme", "nya-namnden"}


class TestLadder:
    """The rungs' days."""

    def test_the_rungs_of_the_delårsrapport_2027(self, wheel: Wheel) -> None:
        key = "hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"
        rungs = [(each.milestone, said(each.at)) for each in wheel.milestones if each.obligation == key]
        assert rungs == [
            ("start", "Friday 2027-09-10 07.00"),
            ("paminnelse-5", "Tuesday 2027-09-14 07.00"),
            ("paminnelse-1", "Monday 2027-09-20 07.00"),
            ("frist", "Tuesday 2027-09-21 16.00"),
            ("sen", "Wednesday 2027-09-22 07.00"),
            ("ekonomichef", "Thursday 2027-09-23 07.00"),
            ("kommundirektor", "Friday 2027-09-24 07.00"),
            ("sista-ord", "Monday 2027-09-27 07.00"),
            ("ksau", "Tuesday 2027-09-28 07.00"),
        ]

    def test_a_rung_of_another_krav_carries_its_name(self, wheel: Wheel) -> None:
        key = "hedemora/delarsrapport/2027-08/omsorgsnamnden/protokoll"
        names = [each.key for each in wheel.milestones if each.obligation == key]
        assert names[0] == "hedemora/delarsrapport/2027-08/omsorgsnamnden/protokoll-start"

    def test_every_rung_is_on_a_working_day_and_none_comes_twice_on_a_day(self, wheel: Wheel) -> None:
        days: dict[str, list[date]] = {}
        for each in wheel.milestones:
            if each.obligation and each.milestone.rpartition("-")[2] != "frist":
                days.setdefault(each.obligation, []).append(local_date(each.at))
        assert all(wheel.workdays.is_workday(day) for found in days.values() for day in found)
        assert all(len(set(found)) == len(found) for found in days.values())


class TestRecorded:
    """What people recorded moves days, later and never earlier."""

    key = "hedemora/manadsrapport/2027-03/omsorgsnamnden/underlag"

    def frist(self, recorded: Recorded) -> str:
        return said(turn(hedemora().definition, [2027], recorded).obligations[self.key].deadline.at)

    def test_without_anything_recorded_the_plan_stands(self) -> None:
        assert self.frist(Recorded()) == "Wednesday 2027-04-14 16.00"

    def test_a_late_closing_moves_the_frist(self) -> None:
        assert self.frist(Recorded(closings={"2027-03": date(2027, 4, 9)})) == "Friday 2027-04-16 16.00"

    def test_an_early_closing_does_not(self) -> None:
        assert self.frist(Recorded(closings={"2027-03": date(2027, 4, 2)})) == "Wednesday 2027-04-14 16.00"

    def test_an_anstånd_moves_the_frist_and_the_rungs_after_it(self) -> None:
        until = datetime(2027, 4, 20, 12, tzinfo=STOCKHOLM)
        wheel = turn(hedemora().definition, [2027], Recorded(anstand={self.key: until}))
        rungs = {each.milestone: said(each.at) for each in wheel.milestones if each.obligation == self.key}
        assert rungs["frist"] == "Tuesday 2027-04-20 12.00"
        assert rungs["sen"] == "Wednesday 2027-04-21 07.00"
        other = "hedemora/manadsrapport/2027-03/bildningsnamnden/underlag"
        assert said(wheel.obligations[other].deadline.at) == "Wednesday 2027-04-14 16.00"

    def test_an_anstånd_to_before_the_frist_moves_nothing(self) -> None:
        until = datetime(2027, 4, 12, 12, tzinfo=STOCKHOLM)
        assert self.frist(Recorded(anstand={self.key: until})) == "Wednesday 2027-04-14 16.00"

    def test_a_told_frist_never_comes_earlier(self) -> None:
        told = datetime(2027, 4, 16, 16, tzinfo=STOCKHOLM)
        assert self.frist(Recorded(told={self.key: told})) == "Friday 2027-04-16 16.00"

    def test_the_latest_of_told_anstånd_and_plan_counts(self) -> None:
        told = {self.key: datetime(2027, 4, 16, 16, tzinfo=STOCKHOLM)}
        anstand = {self.key: datetime(2027, 4, 21, 16, tzinfo=STOCKHOLM)}
        assert self.frist(Recorded(told=told, anstand=anstand)) == "Wednesday 2027-04-21 16.00"
        late = {"2027-03": date(2027, 4, 20)}
        assert self.frist(Recorded(told=told, closings=late)) == "Tuesday 2027-04-27 16.00"

    def test_the_hosted_prognos_follows_its_hosts_anstånd(self) -> None:
        until = datetime(2027, 4, 20, 12, tzinfo=STOCKHOLM)
        wheel = turn(hedemora().definition, [2027], Recorded(anstand={self.key: until}))
        hosted = wheel.obligations["hedemora/prognos/2027-03/omsorgsnamnden/underlag"]
        assert said(hosted.deadline.at) == "Tuesday 2027-04-20 12.00"

    def test_an_anstånd_past_the_end_of_an_enhet_takes_away_neither_what_it_owes_nor_what_is_handed_in_with_it(
        self,
    ) -> None:
        definition = hedemora().definition
        ends = definition.units["omsorgsnamnden"].model_copy(update={"until": date(2027, 4, 15)})
        definition = definition.model_copy(update={"units": {**definition.units, "omsorgsnamnden": ends}})
        until = datetime(2027, 4, 20, 12, tzinfo=STOCKHOLM)
        owed = turn(definition, [2027], Recorded(anstand={self.key: until})).obligations
        every = [owed[self.key], owed["hedemora/prognos/2027-03/omsorgsnamnden/underlag"]]
        assert [said(one.deadline.at) for one in every] == ["Tuesday 2027-04-20 12.00"] * 2
        assert "hedemora/manadsrapport/2027-04/omsorgsnamnden/underlag" not in owed  # its frist is in May


class TestTurnedOn:
    """What is recorded next is worked out from the wheel before it: the same as from nothing, and the rest as it was."""

    key = ObligationKey("hedemora/manadsrapport/2027-03/omsorgsnamnden/underlag")
    later = datetime(2027, 4, 20, 12, tzinfo=STOCKHOLM)
    years = range(2026, 2028)

    @pytest.mark.parametrize(
        ("recorded", "anew"),
        [
            (Recorded(anstand={key: later}), {"manadsrapport/2027-03", "prognos/2027-03"}),
            (Recorded(told={key: later}), {"manadsrapport/2027-03", "prognos/2027-03"}),
            (Recorded(past={key: later}), {"manadsrapport/2027-03", "prognos/2027-03"}),
            (Recorded(added={key: frozenset({"ekonomisk-uppfoljning"})}), {"manadsrapport/2027-03", "prognos/2027-03"}),
            (Recorded(closings={"2027-03": date(2027, 4, 9)}), {"manadsrapport/2027-03", "prognos/2027-03"}),
        ],
        ids=["anstånd", "told", "past", "added", "closing"],
    )
    def test_what_is_recorded_of_one_report_turns_it_alone_there_and_back(
        self, recorded: Recorded, anew: set[str]
    ) -> None:
        before = turn(hedemora().definition, self.years, strict=False)
        after = turn_on(before, self.years, Recorded(), recorded)
        assert after.occurrences == turn(hedemora().definition, self.years, recorded, strict=False).occurrences
        pairs = zip(before.occurrences, after.occurrences, strict=True)
        assert {one.key.path for was, one in pairs if one is not was} == anew
        assert turn_on(after, self.years, recorded, Recorded()).occurrences == before.occurrences

    def test_a_meeting_that_moved_turns_the_whole(self) -> None:
        before = turn(hedemora().definition, self.years, strict=False)
        day = before.meetings.of_year("ksau", 2027)[3].day
        moved = Recorded(meetings=(ChangedMeeting(body="ksau", original=day, day=None),))
        after = turn_on(before, self.years, Recorded(), moved)
        assert after.occurrences == turn(hedemora().definition, self.years, moved, strict=False).occurrences
        assert after.occurrences != before.occurrences


@cache
def plan(year: int) -> tuple[Milestone, ...]:
    return plan_year(hedemora().definition, year)


def statutory(year: int, step: str) -> Milestone:
    """Return the handing over of a step's report that the plan of ``year`` holds."""
    (found,) = [each for each in plan(year) if each.step == step and each.milestone == "overlamnande"]
    return found


class TestPlan:
    """A year's plan: three parallel years together, and the law's days in them."""

    @pytest.mark.parametrize(
        ("year", "last_day", "lawful_until"),
        [
            (2026, "Friday 2026-10-30", "Monday 2026-11-02"),
            (2027, "Friday 2027-10-29", "Monday 2027-11-01"),
            (2028, "Tuesday 2028-10-31", "Tuesday 2028-10-31"),
        ],
    )
    def test_the_delårsrapport_is_handed_over_within_two_months(
        self, year: int, last_day: str, lawful_until: str
    ) -> None:
        found = statutory(year, "delarsrapport")
        assert found.last_day is not None
        assert found.lawful_until is not None
        assert f"{found.last_day:%A %Y-%m-%d}" == last_day
        assert f"{found.lawful_until:%A %Y-%m-%d}" == lawful_until

    @pytest.mark.parametrize(
        ("year", "period", "last_day", "lawful_until"),
        [
            (2026, "2025", "Wednesday 2026-04-15", "Wednesday 2026-04-15"),
            (2027, "2026", "Thursday 2027-04-15", "Thursday 2027-04-15"),
            (2028, "2027", "Thursday 2028-04-13", "Tuesday 2028-04-18"),
        ],
    )
    def test_the_årsredovisning_is_handed_over_by_15_april(
        self, year: int, period: str, last_day: str, lawful_until: str
    ) -> None:
        found = statutory(year, "arsredovisning")
        assert found.period.key == period
        assert found.last_day is not None
        assert found.lawful_until is not None
        assert f"{found.last_day:%A %Y-%m-%d}" == last_day
        assert f"{found.lawful_until:%A %Y-%m-%d}" == lawful_until

    def test_a_years_plan_holds_last_years_årsredovisning_and_next_years_budget(self) -> None:
        assert {local_date(each.at).year for each in plan(2027)} == {2027}
        assert {(each.step, each.period.year) for each in plan(2027) if each.step != "manadsrapport"} == {
            ("arsredovisning", 2026),  # underlag, KS, KF
            ("arsredovisning", 2027),  # anvisningar in November
            ("budget", 2028),
            ("delarsrapport", 2027),
            ("prognos", 2027),
        }

    def test_a_moment_at_new_years_midnight_belongs_to_its_local_year(self) -> None:
        years = [{each.key for each in plan(year)} for year in (2026, 2027, 2028)]
        assert not years[0] & years[1]
        assert not years[1] & years[2]

    def test_keys_are_unique_and_the_plan_is_in_order(self) -> None:
        keys = [(each.at, each.key) for each in plan(2027)]
        assert len({key for _, key in keys}) == len(keys)
        assert keys == sorted(keys)

    def test_a_moment_that_is_not_decided_says_so(self) -> None:
        stenvik = plan_year(made_up("stenvik").definition, 2027)
        fristar = {each.status for each in stenvik if each.step == "manadsrapport" and each.milestone == "frist"}
        assert fristar == {"ej beslutad"}

    def test_the_same_definition_gives_the_same_plan(self) -> None:
        again = read_definition(text("hedemora"), "igen.yaml").definition
        assert plan_year(again, 2027) == plan(2027)
