"""Spoilt underlag: what stands in the cells."""

from dataclasses import replace
from decimal import Decimal

from tests.rig.files.cases import (
    all_of,
    answer,
    put,
    table,
)
from tests.rig.files.spoilt.case import DELAR, MANAD, PROGNOS, Spoilt

WHAT_STANDS_IN_THE_CELLS = (
    Spoilt(
        which=DELAR,
        what="En ruta är tom",
        change=put("ekonomi-delar", "grundskola", "utfall-fg", ""),
        rule="tom-ruta",
        severity="stopp",
        place="Ekonomi!C10",
        says="En ruta är tom: Grundskola, Utfall samma period förra året.",
    ),
    Spoilt(
        which=DELAR,
        what="En hel verksamhet är tom",
        change=all_of(
            *(put("ekonomi-delar", "kultur", each, "") for each in ("utfall", "utfall-fg", "budget", "prognos", "avvikelse"))
        ),
        rule="tom-ruta",
        severity="stopp",
        place="Ekonomi!B12, Ekonomi!C12, Ekonomi!D12 och Ekonomi!E12",
    ),
    Spoilt(
        which=DELAR,
        what="En risk utan kontrollinsats",
        change=put("intern-kontroll", "Avtal följs inte", "kontroll", " "),
        rule="tom-ruta",
        severity="stopp",
        place="Risk och intern kontroll!D10",
    ),
    Spoilt(
        which=PROGNOS,
        what="Frågan om ramen är inte besvarad",
        change=answer("ekonomi-prognos", ""),
        rule="saknar-svar",
        severity="stopp",
        place="Prognos!B5",
    ),
    Spoilt(
        which=PROGNOS,
        what="Frågan om ramen är struken ur bladet",
        change=table("ekonomi-prognos", lambda read: replace(read, fields={})),
        rule="saknar-svar",
        severity="stopp",
        place="Prognos",
    ),
    Spoilt(
        which=DELAR,
        what="Ord där ett tal ska stå, och avvikelsens formel visar fel",
        change=all_of(
            put("ekonomi-delar", "forskola", "prognos", "cirka 24 miljoner"),
            put("ekonomi-delar", "forskola", "avvikelse", "#VÄRDEFEL!"),
            put("ekonomi-delar", "summa", "avvikelse", "#VÄRDEFEL!"),
        ),
        rule="inte-ett-tal",
        severity="stopp",
        place="Ekonomi!E9",
        says="”cirka 24 miljoner” (Förskola, Prognos helår) går inte att läsa som tal",
        formulas=False,
    ),
    Spoilt(
        which=DELAR,
        what="Ett streck där noll ska stå",
        change=put("ekonomi-delar", "kultur", "utfall-fg", "-"),
        rule="inte-ett-tal",
        severity="stopp",
        place="Ekonomi!C12",
    ),
    Spoilt(
        which=DELAR,
        what="Två prickar för ett belopp, som bara är rätt för sjukfrånvaro",
        change=put("personal", "visstid", "utfall", ".."),
        rule="inte-ett-tal",
        severity="stopp",
        place="Personal!B10",
    ),
    Spoilt(
        which=MANAD,
        what="En formel hänvisar till ett blad som är borta",
        change=put("ekonomi-manad", "forskola", "utfall", "#REF!"),
        rule="felvarde",
        severity="stopp",
        place="Ekonomi!B9",
    ),
    Spoilt(
        which=MANAD,
        what="Mallens egen formel är sönder",
        change=put("ekonomi-manad", "forskola", "avvikelse", "Err:509"),
        rule="felvarde",
        severity="stopp",
        place="Ekonomi!E9",
        formulas=False,
    ),
    Spoilt(
        which=DELAR,
        what="En bedömning som inte finns bland valen",
        change=put("mal", "God arbetsmiljö", "bedomning", "På god väg"),
        rule="fel-val",
        severity="stopp",
        place="Mål och indikatorer!E10",
        says="”På god väg” (God arbetsmiljö, Bedömning) är inget av valen",
    ),
    Spoilt(
        which=DELAR,
        what="Ett svar på ramen som varken är ja eller nej",
        change=answer("ekonomi-delar", "Kanske"),
        rule="fel-val",
        severity="stopp",
        place="Ekonomi!B5",
    ),
    Spoilt(
        which=DELAR,
        what="En sannolikhet på fem av fyra",
        change=put("intern-kontroll", "Avtal följs inte", "sannolikhet", 5),
        rule="fel-val",
        severity="stopp",
        place="Risk och intern kontroll!B10",
    ),
    Spoilt(
        which=MANAD,
        what="Utfallet är en egen formel som aldrig räknades ut",
        change=put("ekonomi-manad", "forskola", "utfall", "=Export!D4", number=None, uncalculated=True),
        rule="formel-utan-varde",
        severity="stopp",
        place="Ekonomi!B9",
        formulas=False,
    ),
    Spoilt(
        which=MANAD,
        what="Ett belopp är inklistrat som text, och mallens summa gick förbi det",
        change=all_of(
            put("ekonomi-manad", "forskola", "utfall", "7 960 tkr", number=Decimal(7960), pasted=True, unit="tkr"),
            put("ekonomi-manad", "summa", "utfall", 35_880),
            put("ekonomi-manad", "forskola", "avvikelse", "#VÄRDEFEL!"),
        ),
        rule="tal-som-text",
        severity="upplysning",
        place="Ekonomi!B9",
        says="räknades som 7 960",
        formulas=False,
    ),
    Spoilt(
        which=MANAD,
        what="Mallens formler är inte uträknade, men läsaren räknade ut dem",
        change=all_of(
            *(
                put("ekonomi-manad", row, "avvikelse", 40, uncalculated=True)
                for row in ("forskola", "grundskola", "gymnasium", "kultur")
            )
        ),
        rule="inte-beraknad",
        severity="upplysning",
        place="Ekonomi!E9, Ekonomi!E10, Ekonomi!E11 och Ekonomi!E12",
        says="Mallens formler är inte uträknade i 4 rutor",
        formulas=False,
    ),
    Spoilt(
        which=MANAD,
        what="Filen är aldrig uträknad av något program",
        change=all_of(
            *(
                put("ekonomi-manad", row, "avvikelse", "=D9-B9", number=None, uncalculated=True)
                for row in ("forskola", "grundskola", "gymnasium", "kultur", "summa")
            ),
            *(
                put("ekonomi-manad", "summa", column, "=SUM(B9:B12)", number=None, uncalculated=True)
                for column in ("utfall", "utfall-fg", "budget-period", "budget")
            ),
        ),
        rule="inte-beraknad",
        severity="upplysning",
        place="Ekonomi!E9, Ekonomi!E10, Ekonomi!E11, Ekonomi!E12, Ekonomi!B13 och 4 till",
        formulas=False,
    ),
)  # fmt: skip
