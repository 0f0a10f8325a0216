"""Spoilt underlag: the texts."""

from dataclasses import replace

from tests.rig.files.cases import (
    all_of,
    section,
    without_heading,
    written,
)
from tests.rig.files.spoilt.case import BERATTELSE, RISK, TEXT, Spoilt

TEXTS = (
    Spoilt(
        which=TEXT,
        what="En rubrik saknas",
        change=without_heading("utveckling"),
        rule="saknar-rubrik",
        severity="stopp",
        place="Förväntad utveckling",
    ),
    Spoilt(
        which=TEXT,
        what="En mening är överstruken",
        change=section("mal", struck=("Målet nås inte.",)),
        rule="overstruken-rad",
        severity="fråga",
        place="Rubriken Måluppfyllelse",
        says="Text är överstruken men räknas med: ”Målet nås inte.”",
    ),
    Spoilt(
        which=TEXT,
        what="En mening är dold",
        change=section("ekonomi", hidden=("Vi vet inte.",)),
        rule="dold-rad",
        severity="upplysning",
        place="Rubriken Ekonomisk analys",
        says="Text är dold i filen och räknas med: ”Vi vet inte.”",
    ),
    Spoilt(
        which=TEXT,
        what="Ingen text under en rubrik",
        change=written("mal", "\n\n"),
        rule="tom-rubrik",
        severity="stopp",
        place="Rubriken Måluppfyllelse",
    ),
    Spoilt(
        which=RISK,
        what="Bara ett streck under en rubrik",
        change=written("riskanalys", "–"),
        rule="tom-rubrik",
        severity="stopp",
        place="Rubriken Riskanalys",
    ),
    Spoilt(
        which=TEXT,
        what="Bara mallens hjälprad under en rubrik",
        change=written("mal", "Vilka mål nås, och vad beror det på att andra inte nås?"),
        rule="bara-hjalptext",
        severity="stopp",
        place="Rubriken Måluppfyllelse",
    ),
    Spoilt(
        which=TEXT,
        what="Utfyllnadstext under en rubrik",
        change=written("ekonomi", "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt."),
        rule="platshallare",
        severity="stopp",
        place="Rubriken Ekonomisk analys",
    ),
    Spoilt(
        which=RISK,
        what="Texten kommer senare",
        change=written("atgarder", "Kompletteras senare"),
        rule="platshallare",
        severity="stopp",
        place="Rubriken Åtgärder",
    ),
    Spoilt(
        which=TEXT,
        what="Se ovan",
        change=written("mal", "Se ovan."),
        rule="bara-hanvisning",
        severity="stopp",
        place="Rubriken Måluppfyllelse",
    ),
    Spoilt(
        which=BERATTELSE,
        what="Se bilaga",
        change=written("hushallning", "Se bilaga 2"),
        rule="bara-hanvisning",
        severity="stopp",
        place="Rubriken God ekonomisk hushållning",
    ),
    Spoilt(
        which=BERATTELSE,
        what="Inget att rapportera",
        change=written("handelser", "Inget att rapportera."),
        rule="inget-att-rapportera",
        severity="fråga",
        place="Rubriken Händelser av väsentlig betydelse",
    ),
    Spoilt(
        which=TEXT,
        what="Fyra ord under en rubrik",
        change=written("utveckling", "Verksamheten utvecklas som planerat."),
        rule="for-kort-text",
        severity="fråga",
        place="Rubriken Förväntad utveckling",
        says="”Förväntad utveckling” har 4 ord, minst 10 väntas",
    ),
    Spoilt(
        which=RISK,
        what="Samma text under två rubriker",
        change=all_of(
            *(
                written(each, "Vi har gått igenom riskerna i verksamheten och gjort de kontroller som planen säger.")
                for each in ("atgarder", "kontrollinsatser")
            )
        ),
        rule="samma-text",
        severity="fråga",
        place="Rubriken Åtgärder och Rubriken Kontrollinsatser",
    ),
    Spoilt(
        which=TEXT,
        what="En bild av texten",
        change=written("handelser", "", pictures=1),
        rule="text-som-bild",
        severity="fråga",
        place="Rubriken Händelser av väsentlig betydelse",
    ),
    Spoilt(
        which=TEXT,
        what="Hela dokumentet är inskannat",
        change=lambda case: replace(
            case, filled=replace(case.filled, kind="pdf", mark=None, sections=(), words=0, pictures=3, pages=3)
        ),
        rule="text-som-bild",
        severity="fråga",
        place="hela filen",
    ),
)  # fmt: skip
