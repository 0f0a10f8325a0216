"""The tables of the styrdokument, as they stand there, filled into the municipalities' own mallar and judged.

``tests/files/styrdokument`` has the tables word for word. What a document itself leaves open is found.
"""

import re
from collections import Counter
from typing import Any

from arshjul.year.turning import turn
from submissions.files.filled import Filled
from submissions.finding import Finding
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from submissions.review.book import judge, rulebook_of
from submissions.review.case import case_of
from submissions.templates.mall import NOTHING_KNOWN, mall_of
from submissions.templates.mall_workbook import workbook_of
from tests.rig.files.filling import fill_workbook
from tests.rig.load import shipped
from tests.rig.paths import TESTS

Rows = dict[str | int, dict[str, Any]]
WORDS = {
    "klart": "Klart",
    "pågår": "Pågår",
    "inte inlett": "Ej inlett",
    "ej inlett": "Ej inlett",
    "påbörjat": "Påbörjat",
}


def lines(name: str) -> list[str]:
    return (TESTS / "files" / "styrdokument" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def numbered(rows: list[dict[str, Any]]) -> Rows:
    return {at: {key: cell for key, cell in row.items() if cell not in ("", None)} for at, row in enumerate(rows)}


def number(word: str) -> Any:
    """``26 611``, ``36%`` and ``41,5`` as numbers; other words as they stand."""
    plain = re.sub(r"[\s%*]", "", word).replace(",", ".")
    return float(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else word


def judged(name: str, step: str, period: str, part: str, tables: dict[str, Rows]) -> tuple[Filled, tuple[Finding, ...]]:
    definition = shipped(name).definition
    wheel = turn(definition, [int(period[:4])], strict=False)
    occurrence = next(each for each in wheel.occurrences if each.step == step and each.period.key.startswith(period))
    one, owed = next((one, each) for one in occurrence.obligations for each in one.parts if each.id == part)
    mall = mall_of(definition, one, owed, "den sista dagen")
    read = read_here(fill_workbook(workbook_of(mall, NOTHING_KNOWN), tables), "xlsx", wanted_of(mall))
    assert isinstance(read, Filled)
    return read, judge(case_of(definition, one, owed, read, NOTHING_KNOWN), rulebook_of(definition))


def mjolby() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the aktivitetsmått and the resultatmått of the nine åtaganden."""
    choices = shipped("mjolby").definition.sheets["aktivitetsmatt"].columns_by_id["atagande"].choices
    activities, results, atagande, table, measured = (
        list[dict[str, Any]](),
        list[dict[str, Any]](),
        -1,
        "",
        len(choices),
    )
    starred = 0
    for line in lines("mjolby"):
        cells = [each.strip() for each in line.split("\t")]
        if line.startswith("Nämnd"):
            atagande, starred = atagande + 1, len(results)
        elif len(cells) > 3 and cells[1] == "Önskat läge":
            table = "aktivitet"
        elif len(cells) > 3 and cells[1].startswith("Ingångsvärde"):
            table = "resultat"
        elif line.startswith("*"):
            for row in results[starred:]:
                if row["status"] == "Inga nya data" and "*" in "".join(map(str, row.values())):
                    row["nasta"] = re.findall(r"20\d\d", line)[-1]
        elif table == "aktivitet":
            name, wanted, now, together, *rest = [*cells, "", ""]
            activities.append(
                {"aktivitet": name, "atagande": choices[atagande], "onskat": wanted, "nulage": WORDS[now.lower()],
                 "samverkan": together, "kommentar": rest[0]}
            )  # fmt: skip
        else:
            name, start, wanted, status = cells[:4]
            results.append({"nyckeltal": name, "ingang": start, "onskat": wanted, "status": number(status)})
    assert (atagande, measured) == (8, 9)
    return activities, results


def test_mjölbys_mått_are_the_documents() -> None:
    activities, results = mjolby()
    assert (len(activities), len(results)) == (57, 30)
    assert Counter(each["nulage"] for each in activities) == {"Pågår": 43, "Ej inlett": 8, "Klart": 4, "Påbörjat": 2}
    by_name = {each["nyckeltal"]: each for each in results}
    assert by_name["Förändring av invånarantal"] == {
        "nyckeltal": "Förändring av invånarantal", "ingang": "26 602", "onskat": "26 900", "status": 26611.0
    }  # fmt: skip
    _, findings = judged(
        "mjolby", "vp-uppfoljning", "2016-04", "matt",
        {"aktivitetsmatt": numbered(activities), "resultatmatt": numbered(results)},
    )  # fmt: skip
    # 15 of the document's measures have no value, and no year in which one will come
    (finding,) = findings
    assert (finding.rule, finding.severity) == ("resultatmatt-svar", "stopp")
    assert finding.place.endswith("och 10 till")


def orebro() -> list[dict[str, Any]]:
    """Return the indicators as rows: K and M are the indicator's above, 2016 is last year's, and *** 2017's footnote."""
    rows: list[dict[str, Any]] = []
    name, above = "", ""
    for line in lines("orebro")[1:]:
        cells = line.split("\t")
        if len(cells) < 5 or not any(cells[1:]):
            continue
        said, kon, before, now, goal = cells
        if said.startswith("- ") and not kon:
            name = f"{above}, {said[2:].lower()}"
        elif said and kon not in ("K", "M"):
            name = above = said.rstrip("*").removesuffix(", bestående av")
        if not before and not now:
            continue
        rows.append(
            {"indikator": name, "kon": kon or "Tot", "utfall-fg": number(before),
             "utfall": now if now == "***" else number(now) or "***", "mal": goal}
        )  # fmt: skip
    return rows


def test_örebros_indikatorer_are_the_documents() -> None:
    rows = orebro()
    assert [
        (each["indikator"], each["kon"], each["utfall-fg"]) for each in rows if "frånvaro" in each["indikator"]
    ] == [
        ("Sjukfrånvaro i procent av arbetstiden", "Tot", 4.9),
        ("Sjukfrånvaro i procent av arbetstiden", "K", 5.4),
        ("Sjukfrånvaro i procent av arbetstiden", "M", 3.8),
        ("Korttidssjukfrånvaro", "Tot", 5.4),
        ("Korttidssjukfrånvaro", "K", 5.6),
        ("Korttidssjukfrånvaro", "M", 5.0),
    ]
    assert len(rows) == 14
    _, findings = judged("orebro", "delarsrapport", "2017-08", "anstallningsmyndighet", {"indikatorer": numbered(rows)})
    # K and M lie on either side of Tot, and only the footnote is told
    assert [(each.rule, each.severity) for each in findings] == [("indikatorer-senare", "upplysning")]


def test_ånges_mål_and_activity_are_the_documents() -> None:
    """Its twenty mål are longer than Excel holds in a cell, and are chosen from a list beside."""
    goals = [each[2:].rstrip(".") for each in lines("ange") if each.startswith("- ")]
    sheet = shipped("ange").definition.sheets["aktiviteter"]
    assert list(sheet.columns_by_id["mal"].choices) == goals
    name, start, end = lines("ange")[1].split("\t")
    row = {
        "aktivitet": name,
        "mal": goals[-1],
        "start": start,
        "slut": end,
        "beskrivning": lines("ange")[2].strip(),
        "lage": lines("ange")[3].strip(),
    }
    # all that are adopted stand last
    last: Rows = {at: {"mal": goal} for at, goal in enumerate(goals)}
    entries = shipped("ange").definition.registers["mal"].entries.values()
    assert [each.title for each in entries] == goals

    def told(month: str, unit: str, rows: Rows) -> list[tuple[str, str, str]]:
        tables = {"aktiviteter": rows, "kommunstyrelsens-mal": last}
        _, findings = judged("ange", "uppsikt-valfard", month, unit, tables)
        return [(each.rule, each.severity, each.message.partition(": ")[2]) for each in findings]

    # the document asks for two of every verksamhet, and has one itself; of those that are larger more is asked
    rule = ("aktiviteter-minst-tva", "stopp")
    assert told("2024-03", "verksamhetsutveckling", {0: row}) == [(*rule, "1 rad av minst 2.")]
    three: Rows = {at: {**row, "aktivitet": f"{name} {at}"} for at in range(3)}
    assert told("2024-03", "verksamhetsutveckling", three) == []
    assert told("2024-04", "barn-och-utbildning", three) == [(*rule, "3 rader av minst 4.")]


def test_örebros_result_is_held_over_three_years_and_not_in_each() -> None:
    """The goal is one per cent of the taxes of three years together: a lean year is made up for by the others."""

    def told(*results: int) -> list[tuple[str, str]]:
        years = zip(("i-ar", "nasta", "darefter"), results, strict=True)
        rows: Rows = {year: {"resultat": result, "procent": 70_000} for year, result in years}
        others: Rows = {each: {"utfall": 100} for each in ("sjalvfinansiering", "effektivisering")}
        tables = {"resultat-tre-ar": rows, "finansiella-mal": others}
        _, findings = judged("orebro", "delarsrapport", "2017-08", "finansiella-mal", tables)
        return [(each.rule, each.message) for each in findings if each.rule == "resultat-tre-ar-minst"]

    assert told(20_000, 90_000, 100_000) == []
    assert told(20_000, 90_000, 99_000) == [
        ("resultat-tre-ar-minst", "Marginal till målet ska vara minst 0: Treårsperioden är −1\N{NO-BREAK SPACE}000.")
    ]
