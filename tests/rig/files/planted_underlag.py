"""Faults planted in careful underlag, one thing in each: what is spoilt, and the one finding that must come of it.

Read it as a checklist: the report and the part, what somebody did, the rule that tells it, how severe, and where.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from arshjul.periods import Period
from submissions.review.case import Case
from submissions.templates.mall import KnownFigures
from tests.rig.files.cases import (
    Change,
    all_of,
    answer,
    careful,
    knowing,
    ledger_differs,
    looking,
    marked,
    owed,
    put,
    put_everywhere,
    recalculated,
    renamed,
    table,
    twice,
    with_row,
    without_column,
    without_heading,
    without_row,
    without_rows,
    without_sheet,
    written,
)

Which = tuple[str, str, str, str]

MANAD: Which = ("manadsrapport", "2027-04", "bildningsnamnden", "ekonomisk-uppfoljning")
PROGNOS: Which = ("prognos", "2027-03", "omsorgsnamnden", "helarsprognos")
OKTOBER: Which = ("prognos", "2027-10", "bostadsbolaget", "helarsprognos")
DELAR: Which = ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi")
KOMMUN_DELAR: Which = ("delarsrapport", "2027-08", "kommunstyrelsen", "kommunens-rakenskaper")
BOLAG_DELAR: Which = ("delarsrapport", "2027-08", "energibolaget", "bolagets-rakenskaper")
TEXT: Which = ("delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat")
RISK: Which = ("delarsrapport", "2027-08", "miljo-och-samhallsbyggnadsnamnden", "riskanalys-och-intern-kontroll")
DRIFT: Which = ("arsredovisning", "2027", "bildningsnamnden", "driftredovisning")
INVESTERING: Which = ("arsredovisning", "2027", "omsorgsnamnden", "investeringsredovisning")
KOMMUN_AR: Which = ("arsredovisning", "2027", "kommunstyrelsen", "kommunens-rakenskaper")
SJUK: Which = ("arsredovisning", "2027", "kommunstyrelsen", "sjukfranvaro")
BERATTELSE: Which = ("arsredovisning", "2027", "omsorgsnamnden", "forvaltningsberattelse")


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """One thing changed in a careful underlag. ``formulas``: a spreadsheet worked its formulas out afterwards."""

    which: Which
    what: str
    change: Change
    rule: str
    severity: str
    place: str
    says: str = ""  #: words of the message
    formulas: bool = True

    @property
    def case(self) -> Case:
        case = self.change(careful(*owed(*self.which)))
        return recalculated(case) if self.formulas else case


def _known(column: str, **rows: int) -> dict[str, dict[str, Decimal]]:
    return {row.replace("_", "-"): {column: Decimal(each)} for row, each in rows.items()}


def _forecast_known(last: int, spent: int, made: Period | None) -> Change:
    amounts = {"aldreomsorg": {"prognos-fg": Decimal(last), "utfall-vid-prognos-fg": Decimal(spent)}}
    return knowing(KnownFigures(amounts=amounts, forecast_period=made))


WHOSE_FILE_IT_IS = (
    Spoilt(
        which=DELAR,
        what="Mallen är en annan kommuns",
        change=marked(kommun="sala"),
        rule="fel-kommun",
        severity="fråga",
        place="Mallens märkning",
        says="”sala”, och inte för Hedemora kommun",
    ),
    Spoilt(
        which=DELAR,
        what="Filen är ett annat bolags",
        change=lambda case: replace(
            marked(org_number="556000-0001")(case),
            mall=replace(case.mall, mark=replace(case.mall.mark, org_number="165560000002")),
        ),
        rule="fel-orgnummer",
        severity="fråga",
        place="Mallens märkning",
        says="organisationsnummer 556000-0001",
    ),
    Spoilt(
        which=DELAR,
        what="Aprils månadsrapport lämnas in som delårsrapport",
        change=marked(step="manadsrapport", period="2027-04", part="ekonomisk-uppfoljning"),
        rule="fel-rapport",
        severity="fråga",
        place="Mallens märkning",
        says="Mallen är gjord för månadsrapport för april 2027, men här lämnas delårsrapport för augusti 2027",
    ),
    Spoilt(
        which=MANAD,
        what="Mars mall lämnas in för april",
        change=marked(period="2027-03"),
        rule="fel-period",
        severity="fråga",
        place="Mallens märkning",
        says="Mallen är gjord för mars 2027, men här lämnas april 2027",
    ),
    Spoilt(
        which=DELAR,
        what="Förra årets mall",
        change=marked(period="2026-08"),
        rule="fel-period",
        severity="fråga",
        place="Mallens märkning",
    ),
    Spoilt(
        which=DELAR,
        what="En annan nämnds mall, med dess verksamheter",
        change=lambda case: replace(case, filled=careful(*owed("delarsrapport", "2027-08", "omsorgsnamnden", "ekonomi")).filled),
        rule="fel-enhet",
        severity="fråga",
        place="Mallens märkning",
        says="Omsorgsnämnden, men här lämnar Bildningsnämnden in",
    ),
    Spoilt(
        which=DRIFT,
        what="Investeringsredovisningen lämnas in som driftredovisning",
        change=marked(part="investeringsredovisning"),
        rule="fel-del",
        severity="fråga",
        place="Mallens märkning",
        says="delen ”Investeringsredovisning”, men här lämnas ”Driftredovisning mot budget”",
    ),
)  # fmt: skip

THAT_ALL_IS_THERE = (
    Spoilt(
        which=DELAR,
        what="Ett blad är borttaget",
        change=without_sheet("investeringar"),
        rule="saknar-blad",
        severity="stopp",
        place="Investeringar",
        says="Bladet ”Investeringar” saknas",
    ),
    Spoilt(
        which=KOMMUN_AR,
        what="Kassaflödesanalysen saknas i årsredovisningen",
        change=without_sheet("kassaflode"),
        rule="saknar-blad",
        severity="stopp",
        place="Kassaflödesanalys",
    ),
    Spoilt(
        which=DELAR,
        what="Kolumnen för förra årets utfall är borttagen",
        change=without_column("ekonomi-delar", "utfall-fg"),
        rule="saknar-kolumn",
        severity="stopp",
        place="Ekonomi",
        says="”Utfall samma period förra året” på bladet Ekonomi",
    ),
    Spoilt(
        which=DELAR,
        what="Budgetkolumnen är borttagen, och avvikelsens formel visar fel",
        change=all_of(
            without_column("ekonomi-delar", "budget"),
            put("ekonomi-delar", "forskola", "avvikelse", "#REF!"),
            put("ekonomi-delar", "summa", "avvikelse", "#REFERENS!"),
        ),
        rule="saknar-kolumn",
        severity="stopp",
        place="Ekonomi",
        formulas=False,
    ),
    Spoilt(
        which=KOMMUN_DELAR,
        what="Prognoskolumnen saknas i kommunens resultaträkning",
        change=without_column("resultatrakning", "prognos"),
        rule="saknar-kolumn",
        severity="stopp",
        place="Resultaträkning",
    ),
    Spoilt(
        which=MANAD,
        what="En verksamhet är borttagen",
        change=without_row("ekonomi-manad", "gymnasium"),
        rule="saknar-rad",
        severity="stopp",
        place="Ekonomi",
        says="”Gymnasium och vuxenutbildning” på bladet Ekonomi",
    ),
    Spoilt(
        which=MANAD,
        what="En verksamhet har bytt namn",
        change=renamed("ekonomi-manad", "gymnasium", "Gymnasiet"),
        rule="saknar-rad",
        severity="stopp",
        place="Ekonomi",
        says="Däremot står ”Gymnasiet” (Ekonomi!A11) där",
    ),
    Spoilt(
        which=KOMMUN_DELAR,
        what="En post i balansräkningen saknas",
        change=without_row("balansrakning", "avsattningar"),
        rule="saknar-rad",
        severity="stopp",
        place="Balansräkning",
        formulas=False,
    ),
    Spoilt(
        which=DELAR,
        what="En egen rad med belopp",
        change=with_row("ekonomi-delar", "Elevhälsa", 13, utfall=Decimal(300), budget=Decimal(500), prognos=Decimal(500)),
        rule="okand-rad",
        severity="fråga",
        place="Ekonomi!A13",
        says="”Elevhälsa” finns inte i mallen",
    ),
    Spoilt(
        which=DELAR,
        what="En verksamhet står två gånger",
        change=twice("ekonomi-delar", "forskola", 13),
        rule="dubbel-rad",
        severity="fråga",
        place="Ekonomi!A13",
        says="”Förskola” står två gånger",
    ),
    Spoilt(
        which=INVESTERING,
        what="Samma projekt står två gånger med samma belopp",
        change=twice("investeringar", "Byte av ventilation", 11),
        rule="dubbel-rad",
        severity="fråga",
        place="Investeringar!A11",
    ),
    Spoilt(
        which=INVESTERING,
        what="Investeringsbladet är tomt",
        change=without_rows("investeringar"),
        rule="tomt-blad",
        severity="stopp",
        place="Investeringar",
    ),
    Spoilt(
        which=DRIFT,
        what="Bladet för intern kontroll är tomt",
        change=without_rows("intern-kontroll"),
        rule="tomt-blad",
        severity="stopp",
        place="Risk och intern kontroll",
    ),
)  # fmt: skip

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
            knowing(KnownFigures(amounts=_known("budget", forskola=24_000, grundskola=30_000, gymnasium=36_000, kultur=42_000))),
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

SUMS_AND_SIGNS = (
    Spoilt(
        which=MANAD,
        what="Kostnaderna är skrivna med minus, mot budgeten med plus",
        change=put_everywhere("ekonomi-manad", "utfall", lambda row: -(row.number("utfall") or Decimal(0)) * 3),
        rule="fel-tecken",
        severity="fråga",
        place="Ekonomi!B9, Ekonomi!B10, Ekonomi!B11 och Ekonomi!B12",
    ),
    Spoilt(
        which=KOMMUN_DELAR,
        what="Kommunens kostnader är skrivna med plus i resultaträkningen",
        change=put("resultatrakning", "kostnader", "utfall-fg", 413_867),
        rule="fel-tecken",
        severity="fråga",
        place="Resultaträkning!C10",
        says="”413 867” (Verksamhetens kostnader, Utfall samma period förra året)",
    ),
    Spoilt(
        which=KOMMUN_AR,
        what="Skulderna är skrivna med minus",
        change=put("balansrakning", "kortfristiga", "utfall-fg", -92_400),
        rule="fel-tecken",
        severity="fråga",
        place="Balansräkning!C20",
    ),
    Spoilt(
        which=DELAR,
        what="En åtgärds besparing är skriven med minus",
        change=with_row("atgarder", "Färre vikarier", 9, ansvarig="Rektor", effekt=Decimal(-400), klar="2027-12-31"),
        rule="fel-tecken",
        severity="fråga",
        place="Åtgärder!C9",
    ),
    Spoilt(
        which=DELAR,
        what="Avvikelsen har fel tecken",
        change=put("ekonomi-delar", "forskola", "avvikelse", -100),
        rule="avvikelse-fel-tecken",
        severity="fråga",
        place="Ekonomi!F9",
        says="Förskola, Avvikelse: där står −100 tkr, men det blir 100 tkr",
        formulas=False,
    ),
    Spoilt(
        which=DELAR,
        what="Avvikelsen är felräknad",
        change=put("ekonomi-delar", "grundskola", "avvikelse", 950),
        rule="avvikelse-raknefel",
        severity="fråga",
        place="Ekonomi!F10",
        formulas=False,
    ),
    Spoilt(
        which=INVESTERING,
        what="Investeringens avvikelse är mot fel budget",
        change=put("investeringar", "Byte av ventilation", "avvikelse", 900),
        rule="avvikelse-raknefel",
        severity="fråga",
        place="Investeringar!G10",
        formulas=False,
    ),
    Spoilt(
        which=KOMMUN_DELAR,
        what="En delsumma i resultaträkningen är inte sina poster",
        change=put("resultatrakning", "efter-finansiella", "budget", 17_500),
        rule="delsumma",
        severity="fråga",
        place="Resultaträkning!D18 och Resultaträkning!D20",
        formulas=False,
    ),
    Spoilt(
        which=KOMMUN_AR,
        what="Kassan är ändrad utan att summan tillgångar är det",
        change=put("balansrakning", "kassa", "utfall", 50_000),
        rule="delsumma",
        severity="fråga",
        place="Balansräkning!B15",
        formulas=False,
    ),
    Spoilt(
        which=MANAD,
        what="Summan omfattar inte alla rader",
        change=put("ekonomi-manad", "summa", "utfall", 33_880),
        rule="slutsumma",
        severity="fråga",
        place="Ekonomi!B13",
        says="Summa, Utfall perioden: där står 33 880 tkr, men det blir 43 840 tkr",
        formulas=False,
    ),
    Spoilt(
        which=BOLAG_DELAR,
        what="Balansräkningen går inte ihop",
        change=put("balansrakning", "kortfristiga", "utfall", 95_000),
        rule="balans",
        severity="fråga",
        place="Balansräkning!B15 och Balansräkning!B21",
    ),
    Spoilt(
        which=BOLAG_DELAR,
        what="Bolagets resultat är ett annat i balansräkningen",
        change=all_of(
            put("balansrakning", "arets-resultat", "utfall", 0),
            lambda case: put(
                "balansrakning",
                "ovrigt-eget-kapital",
                "utfall",
                _number(case, "balansrakning", "ovrigt-eget-kapital", "utfall")
                + _number(careful(*owed(*BOLAG_DELAR)), "balansrakning", "arets-resultat", "utfall"),
            )(case),
        ),
        rule="resultat-mot-balans",
        severity="fråga",
        place="Resultaträkning!B17 och Balansräkning!B16",
    ),
    Spoilt(
        which=KOMMUN_AR,
        what="Kassaflödet slutar i en annan kassa",
        change=put("kassaflode", "lopande", "utfall", 41_500),
        rule="kassaflode-mot-balans",
        severity="fråga",
        place="Kassaflödesanalys!B15 och Balansräkning!B14",
        says="Likvida medel vid årets slut, Året: 51 500 tkr, men Kassa och bank, Periodens slut: 51 000 tkr",
    ),
)  # fmt: skip


def _number(case: Case, sheet: str, row: str, column: str) -> Decimal:
    found = case.filled.tables[sheet].row(row)
    number = found.number(column) if found else None
    assert number is not None
    return number


AGAINST_WHAT_IS_KNOWN = (
    Spoilt(
        which=DELAR,
        what="Utfallet är 45 tkr mer än i bokföringen",
        change=ledger_differs(utfall=-45),
        rule="utfall-mot-bokforingen",
        severity="stopp",
        place="Ekonomi!B9",
        says="Förskola, Utfall perioden: i filen 15 960 tkr, i ekonomisystemet 15 915 tkr (skillnad 45 tkr)",
    ),
    Spoilt(
        which=DRIFT,
        what="Budgeten är en annan än den beslutade",
        change=ledger_differs(budget=700),
        rule="budget-mot-bokforingen",
        severity="fråga",
        place="Driftredovisning!D9",
    ),
    Spoilt(
        which=MANAD,
        what="Periodens budget är en annan än den beslutade",
        change=ledger_differs(budget_period=-2),
        rule="budget-mot-bokforingen",
        severity="fråga",
        place="Ekonomi!D9",
    ),
    Spoilt(
        which=MANAD,
        what="Förra årets utfall är ett annat",
        change=ledger_differs(utfall_fg=12),
        rule="utfall-fg-mot-bokforingen",
        severity="fråga",
        place="Ekonomi!C9",
    ),
    Spoilt(
        which=MANAD,
        what="Förra månadens siffror lämnas in igen",
        change=knowing(
            KnownFigures(amounts=_known("utfall-forra", forskola=7_960, grundskola=9_960, gymnasium=11_960, kultur=13_960))
        ),
        rule="samma-siffror",
        severity="fråga",
        place="Ekonomi",
        says="vid förra rapporten",
    ),
    Spoilt(
        which=DELAR,
        what="Förra årets kolumn är kopierad till årets",
        change=put_everywhere("ekonomi-delar", "utfall-fg", lambda row: row.number("utfall") or Decimal(0)),
        rule="samma-siffror",
        severity="fråga",
        place="Ekonomi",
        says="samma period förra året",
    ),
)  # fmt: skip

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
        change=_forecast_known(23_900, 3_000, Period(2027, 3)),
        rule="prognos-oforandrad",
        severity="fråga",
        place="Ekonomi!E9",
        says="kvar på 23 900 tkr, fast utfallet är 15 960 tkr (då 3 000 tkr, och i jämn takt nu 14 611,1 tkr)",
    ),
    Spoilt(
        which=("delarsrapport", "2027-08", "omsorgsnamnden", "ekonomi"),
        what="Prognosen är kvar, och ingen vet när den gjordes",
        change=_forecast_known(23_900, 6_000, None),
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

GOALS_INVESTMENTS_AND_SICKNESS = (
    Spoilt(
        which=DELAR,
        what="Inga mål alls",
        change=without_rows("mal"),
        rule="saknar-mal",
        severity="stopp",
        place="Mål och indikatorer",
    ),
    Spoilt(
        which=DELAR,
        what="Ett mål kan inte nås, utan förslag",
        change=all_of(
            put("mal", "God arbetsmiljö", "bedomning", "Kan inte nås"),
            put("mal", "God arbetsmiljö", "forklaring", "Omorganisation under hösten."),
        ),
        rule="mal-utan-forslag",
        severity="stopp",
        place="Mål och indikatorer!G10",
    ),
    Spoilt(
        which=DRIFT,
        what="Ett mål nås delvis, utan kommentar",
        change=put("mal", "God arbetsmiljö", "bedomning", "Nås delvis"),
        rule="mal-utan-kommentar",
        severity="fråga",
        place="Mål och indikatorer!F10",
    ),
    Spoilt(
        which=INVESTERING,
        what="Ett projekt utan beslutad total utgift",
        change=put("investeringar", "Byte av ventilation", "beslutad-total", ""),
        rule="investering-utan-totalutgift",
        severity="stopp",
        place="Investeringar!B10",
    ),
    Spoilt(
        which=DELAR,
        what="Ett projekt utan prognos för sin totala utgift",
        change=put("investeringar", "Ny förskola Vasaliden", "prognos-total", ""),
        rule="investering-utan-totalutgift",
        severity="stopp",
        place="Investeringar!C9",
    ),
    Spoilt(
        which=DELAR,
        what="Ett projekt blir dyrare än beslutat, utan kommentar",
        change=put("investeringar", "Ny förskola Vasaliden", "prognos-total", 64_000),
        rule="investering-over-beslut",
        severity="fråga",
        place="Investeringar!C9",
        says="Ny förskola Vasaliden: prognos 64 000 tkr, beslutat 62 000 tkr",
    ),
    Spoilt(
        which=SJUK,
        what="En åldersgrupp är borttagen",
        change=without_row("sjukfranvaro", "alder-50"),
        rule="sjukfranvaro-saknar-grupp",
        severity="stopp",
        place="Sjukfrånvaro",
        says="Sjukfrånvaron saknar ”50 år eller äldre”",
    ),
    Spoilt(
        which=SJUK,
        what="En grupp är tom i stället för markerad",
        change=put("sjukfranvaro", "man", "utfall", ""),
        rule="sjukfranvaro-tom-grupp",
        severity="fråga",
        place="Sjukfrånvaro!B12",
    ),
    Spoilt(
        which=SJUK,
        what="En grupp är markerad med annat än två prickar",
        change=put("sjukfranvaro", "man", "utfall", "färre än 10"),
        rule="sjukfranvaro-tom-grupp",
        severity="fråga",
        place="Sjukfrånvaro!B12",
        says="”färre än 10” (Män, Perioden) är ingen andel",
    ),
    Spoilt(
        which=SJUK,
        what="Sjukfrånvaron står som andelar av ett",
        change=put_everywhere("sjukfranvaro", "utfall", lambda row: (row.number("utfall") or Decimal(0)) / 100),
        rule="sjukfranvaro-som-andel",
        severity="fråga",
        place="Sjukfrånvaro!B9, Sjukfrånvaro!B10, Sjukfrånvaro!B11, Sjukfrånvaro!B12, Sjukfrånvaro!B13 och 2 till",
        says="”0,062” (Total sjukfrånvaro, Perioden)",
    ),
    Spoilt(
        which=SJUK,
        what="Totalen är dold",
        change=put("sjukfranvaro", "total", "utfall", ".."),
        rule="sjukfranvaro-dold-total",
        severity="stopp",
        place="Sjukfrånvaro!B9",
    ),
    Spoilt(
        which=SJUK,
        what="Andelen 60 dagar eller mer är dold",
        change=put("sjukfranvaro", "lang", "utfall", ".."),
        rule="sjukfranvaro-dold-total",
        severity="stopp",
        place="Sjukfrånvaro!B10",
    ),
    Spoilt(
        which=SJUK,
        what="Mer än 100 procent",
        change=put("sjukfranvaro", "lang", "utfall", 385),
        rule="sjukfranvaro-procent",
        severity="stopp",
        place="Sjukfrånvaro!B10",
    ),
    Spoilt(
        which=SJUK,
        what="Totalen är högre än både kvinnors och mäns",
        change=all_of(put("sjukfranvaro", "kvinnor", "utfall", Decimal("5.9"))),
        rule="sjukfranvaro-mot-total",
        severity="fråga",
        place="Sjukfrånvaro!B9",
        says="Totalen 6,2 procent ligger utanför Kvinnor 5,9 procent och Män 4,1 procent",
    ),
    Spoilt(
        which=SJUK,
        what="Totalen är lägre än alla åldrars",
        change=put("sjukfranvaro", "total", "utfall", Decimal("4.6")),
        rule="sjukfranvaro-mot-total",
        severity="fråga",
        place="Sjukfrånvaro!B9",
    ),
)  # fmt: skip

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

SPOILT = (
    *WHOSE_FILE_IT_IS,
    *THAT_ALL_IS_THERE,
    *WHAT_STANDS_IN_THE_CELLS,
    *LEFT_OUT,
    *THE_UNIT,
    *SUMS_AND_SIGNS,
    *AGAINST_WHAT_IS_KNOWN,
    *FORECAST_AND_DEVIATIONS,
    *GOALS_INVESTMENTS_AND_SICKNESS,
    *TEXTS,
)
