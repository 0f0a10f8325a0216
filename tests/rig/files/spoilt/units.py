"""Spoilt underlag: what is left out, and in which unit the rest stands."""

from dataclasses import replace
from decimal import Decimal

from submissions.templates.mall import KnownFigures
from tests.rig.files.cases import (
    all_of,
    knowing,
    looking,
    put,
    put_everywhere,
    table,
)
from tests.rig.files.spoilt.case import DELAR, INVESTERING, KOMMUN_DELAR, MANAD, OKTOBER, Spoilt, known

LEFT_OUT = (
    Spoilt(
        which=INVESTERING,
        what="Ett projekt står under summan",
        change=table(
            "investeringar", lambda read: replace(read, below=(replace(read.rows[1], place="Investeringar!A13"),))
        ),
        rule="under-summan",
        severity="fråga",
        place="Investeringar!A13",
        says="”Byte av ventilation” med beslutad total utgift 4 100",
    ),
    Spoilt(
        which=MANAD,
        what="En kopia av bladet är ifylld",
        change=lambda case: replace(case, filled=replace(case.filled, unread={"Ekonomi (2)": "ekonomi-manad"})),
        rule="ifylld-kopia",
        severity="fråga",
        place="Ekonomi (2)",
        says="Bladet ”Ekonomi (2)” är ifyllt men läses inte; det som läses är ”Ekonomi”",
    ),
    Spoilt(
        which=INVESTERING,
        what="Ett projekt är överstruket",
        change=looking("investeringar", "Byte av ventilation", struck=True),
        rule="overstruken-rad",
        severity="fråga",
        place="Investeringar!A10",
        says="En rad är överstruken men räknas med: ”Byte av ventilation”",
    ),
    Spoilt(
        which=MANAD,
        what="En verksamhet är dold i filen",
        change=looking("ekonomi-manad", "kultur", hidden=True),
        rule="dold-rad",
        severity="upplysning",
        place="Ekonomi!A12",
        says="En rad är dold i filen och räknas med: ”Kultur och fritid”",
    ),
    Spoilt(
        which=MANAD,
        what="En kolumn är dold i filen",
        change=table("ekonomi-manad", lambda read: replace(read, hidden=("budget",))),
        rule="dold-rad",
        severity="upplysning",
        place="Ekonomi!F8",
        says="En kolumn är dold i filen och räknas med: ”Budget helår”",
    ),
    Spoilt(
        which=MANAD,
        what="En tabell till på bladet är ifylld",
        change=lambda case: replace(case, filled=replace(case.filled, second={"Ekonomi!K8": "ekonomi-manad"})),
        rule="ifylld-kopia",
        severity="fråga",
        place="Ekonomi!K8",
        says="På bladet ”Ekonomi” är en tabell till ifylld men läses inte, den som börjar i K8.",
    ),
)

THE_UNIT = (
    Spoilt(
        which=MANAD,
        what="Kr skrivet efter ett belopp",
        change=put("ekonomi-manad", "forskola", "utfall", "7960 kr", number=Decimal(7960), pasted=True, unit="kr"),
        rule="i-kronor",
        severity="fråga",
        place="Ekonomi!B9",
        says="ser ut att stå i kronor",
    ),
    Spoilt(
        which=MANAD,
        what="Utfallet är i kronor, mot budgeten i tkr",
        change=put_everywhere("ekonomi-manad", "utfall", lambda row: (row.number("utfall") or Decimal(0)) * 1000),
        rule="i-kronor",
        severity="fråga",
        place="Ekonomi!B9, Ekonomi!B10, Ekonomi!B11 och Ekonomi!B12",
    ),
    Spoilt(
        which=DELAR,
        what="Hela bladet är i kronor, och inget är känt",
        change=all_of(
            *(
                put_everywhere("ekonomi-delar", column, lambda row, column=column: (row.number(column) or Decimal(0)) * 1000)
                for column in ("utfall", "utfall-fg", "budget", "prognos")
            )
        ),
        rule="i-kronor",
        severity="fråga",
        place="Ekonomi!B9, Ekonomi!C9, Ekonomi!D9, Ekonomi!E9, Ekonomi!B10 och 11 till",
        says="ser ut att stå i kronor",
    ),
    Spoilt(
        which=DELAR,
        what="Budgeten är i kronor, mot det som är känt",
        change=all_of(
            knowing(KnownFigures(amounts=known("budget", forskola=24_000, grundskola=30_000, gymnasium=36_000, kultur=42_000))),
            put("ekonomi-delar", "gymnasium", "budget", 36_000_000),
        ),
        rule="i-kronor",
        severity="fråga",
        place="Ekonomi!D11",
    ),
    Spoilt(
        which=KOMMUN_DELAR,
        what="Skatteintäkterna är i kronor",
        change=put("resultatrakning", "skatteintakter", "prognos", 430_000_000),
        rule="i-kronor",
        severity="fråga",
        place="Resultaträkning!E13",
    ),
    Spoilt(
        which=OKTOBER,
        what="Bolagets prognos är i miljoner",
        change=put("ekonomi-prognos", "bostadsbolaget", "prognos", "23,9 mnkr", number=Decimal("23.9"), pasted=True, unit="mnkr"),
        rule="i-miljoner",
        severity="fråga",
        place="Prognos!E9",
    ),
    Spoilt(
        which=DELAR,
        what="Förra årets utfall är i miljoner, mot budgeten i tkr",
        change=put_everywhere("ekonomi-delar", "utfall-fg", lambda row: (row.number("utfall-fg") or Decimal(0)) / 1000),
        rule="i-miljoner",
        severity="fråga",
        place="Ekonomi!C9, Ekonomi!C10, Ekonomi!C11 och Ekonomi!C12",
    ),
)  # fmt: skip
