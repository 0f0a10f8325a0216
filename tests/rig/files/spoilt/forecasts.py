"""Spoilt underlag: forecasts and deviations."""

from decimal import Decimal

from arshjul.periods import Period
from tests.rig.files.cases import (
    all_of,
    answer,
    put,
    with_row,
)
from tests.rig.files.spoilt.case import DELAR, DRIFT, KOMMUN_DELAR, MANAD, OKTOBER, PROGNOS, Spoilt, forecast_known

FORECAST_AND_DEVIATIONS = (
    Spoilt(
        which=DELAR,
        what="Helårsprognosen är lägre än det som redan är använt",
        change=put("ekonomi-delar", "forskola", "prognos", 15_000),
        rule="prognos-under-utfall",
        severity="fråga",
        place="Ekonomi!E9",
        says="Förskola: prognos 15 000 tkr, men 15 960 tkr är redan använt",
    ),
    Spoilt(
        which=KOMMUN_DELAR,
        what="Kommunens kostnader blir mindre på helåret än de redan är",
        change=put("resultatrakning", "kostnader", "prognos", -400_000),
        rule="prognos-under-utfall",
        severity="fråga",
        place="Resultaträkning!E10",
    ),
    Spoilt(
        which=("delarsrapport", "2027-08", "omsorgsnamnden", "ekonomi"),
        what="Prognosen är kvar sedan mars, fast utfallet har dragit iväg",
        change=forecast_known(23_900, 3_000, Period(2027, 3)),
        rule="prognos-oforandrad",
        severity="fråga",
        place="Ekonomi!E9",
        says="kvar på 23 900 tkr, fast utfallet är 15 960 tkr (då 3 000 tkr, och i jämn takt nu 14 611,1 tkr)",
    ),
    Spoilt(
        which=("delarsrapport", "2027-08", "omsorgsnamnden", "ekonomi"),
        what="Prognosen är kvar, och ingen vet när den gjordes",
        change=forecast_known(23_900, 6_000, None),
        rule="prognos-oforandrad",
        severity="fråga",
        place="Ekonomi!E9",
    ),
    Spoilt(
        which=PROGNOS,
        what="Nämnden svarar att ramen inte hålls",
        change=answer("ekonomi-prognos", "Nej"),
        rule="ram-halls-inte",
        severity="upplysning",
        place="Prognos!B5",
        says="Omsorgsnämnden svarar att ramen inte hålls",
    ),
    Spoilt(
        which=OKTOBER,
        what="Bolaget svarar att ramen hålls, men prognosen säger ett underskott",
        change=all_of(
            put("ekonomi-prognos", "bostadsbolaget", "prognos", 25_000),
            put("ekonomi-prognos", "bostadsbolaget", "forklaring", "Räntan har stigit mer än vi räknade med."),
            with_row("atgarder", "Omsättning av lån", 9, ansvarig="VD", effekt=Decimal(600), klar="2027-12-31"),
        ),
        rule="ram-mot-prognos",
        severity="fråga",
        place="Prognos!B5",
        says="ett underskott på 1 000 tkr (4,2 procent av budgeten)",
    ),
    Spoilt(
        which=DELAR,
        what="Ett underskott utan förklaring",
        change=put("ekonomi-delar", "forskola", "prognos", 24_300),
        rule="avvikelse-utan-forklaring",
        severity="fråga",
        place="Ekonomi!F9",
        says="Förskola −300 tkr (1,3 procent)",
    ),
    Spoilt(
        which=MANAD,
        what="Ett underskott som förklaras med se ovan",
        change=all_of(
            put("ekonomi-manad", "kultur", "utfall", 14_300), put("ekonomi-manad", "kultur", "forklaring", "Se ovan.")
        ),
        rule="avvikelse-utan-forklaring",
        severity="fråga",
        place="Ekonomi!E12",
    ),
    Spoilt(
        which=DRIFT,
        what="Årets underskott utan förklaring",
        change=put("ekonomi-ar", "forskola", "utfall", 25_000),
        rule="avvikelse-utan-forklaring",
        severity="fråga",
        place="Driftredovisning!E9",
    ),
    Spoilt(
        which=DELAR,
        what="Ett större underskott utan åtgärd",
        change=all_of(
            put("ekonomi-delar", "forskola", "prognos", 25_000),
            put("ekonomi-delar", "forskola", "forklaring", "Fler barn än i budgeten."),
            put("ekonomi-delar", "kultur", "prognos", 41_000),
        ),
        rule="avvikelse-utan-atgard",
        severity="stopp",
        place="Ekonomi!F9",
        says="Större underskott utan åtgärdsplan: Förskola −1 000 tkr (4,2 procent)",
    ),
    Spoilt(
        which=DELAR,
        what="En åtgärd utan ansvarig",
        change=with_row("atgarder", "Färre vikarier", 9, effekt=Decimal(400), klar="2027-12-31"),
        rule="atgard-utan-ansvarig",
        severity="fråga",
        place="Åtgärder!B9",
    ),
    Spoilt(
        which=DELAR,
        what="En åtgärd utan dag",
        change=with_row("atgarder", "Färre vikarier", 9, ansvarig="Rektor", effekt=Decimal(400)),
        rule="atgard-utan-dag",
        severity="fråga",
        place="Åtgärder!E9",
    ),
    Spoilt(
        which=DELAR,
        what="En åtgärd som är klar snarast",
        change=with_row("atgarder", "Färre vikarier", 9, ansvarig="Rektor", effekt=Decimal(400), klar="Snarast"),
        rule="atgard-utan-dag",
        severity="fråga",
        place="Åtgärder!E9",
    ),
)  # fmt: skip
