"""The sheets (blad) that a table part is made of, and the columns that law and styrmodell ask of each.

A definition names the sheets of a part (``blad: [ekonomi-delar]``); what is on them is told here, once, for those
who make the mall, who read it and who check it. Amounts are in tkr, net costs: costs plus, incomes minus.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

ColumnKind = Literal["text", "belopp", "procent", "antal", "val", "datum"]

#: What is written on every sheet with net costs.
SIGNS = (
    "Belopp anges i tkr som nettokostnad: kostnader med plus, intäkter med minus. Avvikelse = budget minus utfall "
    "eller prognos; minus betyder underskott."
)
SIGNS_RESULT = "Belopp anges i tkr: intäkter med plus, kostnader med minus."
SIGNS_BALANCE = "Belopp anges i tkr: tillgångar, eget kapital, avsättningar och skulder med plus."

YES, NO = "Ja", "Nej"
REACHED, PARTLY, NOT_REACHED = "Nås", "Nås delvis", "Kan inte nås"
#: A group that must not be told (LKBR 11 kap. 6 §): at most ten, or somebody can be identified.
SUPPRESSED = ".."


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its id, its title as people read it, and what stands in its cells.

    ``minus`` names two columns whose difference it is; such a cell is a locked formula. ``known`` names what the
    service fills in when it knows it. A ``required`` cell must be filled in on every row that has anything.
    """

    id: str
    title: str
    kind: ColumnKind = "belopp"
    required: bool = True
    minus: tuple[str, str] | None = None
    choices: tuple[str, ...] = ()
    known: str | None = None
    help: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.kind in ("belopp", "procent", "antal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that the sheet always has. ``sums`` names the rows that it is the sum of: a locked formula."""

    id: str
    title: str
    sums: tuple[str, ...] = ()
    may_be_suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A single cell above the table."""

    id: str
    title: str
    kind: ColumnKind = "val"
    choices: tuple[str, ...] = ()
    required: bool = True
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: rows by the enhet's verksamheter, rows of its own (``lines``), or free rows.

    The first column names the row. ``total`` says that a last row sums the amounts. ``may_be_empty`` is a sheet of
    free rows that may have none.
    """

    id: str
    title: str
    help: str
    signs: str = ""
    rows: Literal["verksamheter", "fasta", "fria"] = "fria"
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    fields: tuple[Field, ...] = ()
    total: bool = False
    may_be_empty: bool = False
    free_rows: int = 15

    def column(self, column_id: str) -> Column | None:
        """Return a column by its id."""
        return next((each for each in self.columns if each.id == column_id), None)

    @property
    def naming(self) -> Column:
        """The column that names the rows."""
        return self.columns[0]

    @property
    def sums(self) -> tuple[Column, ...]:
        """The columns that the total row sums."""
        return tuple(each for each in self.columns if each.kind == "belopp") if self.total else ()


VERKSAMHET = Column(id="verksamhet", title="Verksamhet", kind="text", known="verksamhet")
UTFALL = Column(id="utfall", title="Utfall perioden", known="utfall")
UTFALL_AR = Column(id="utfall", title="Utfall helår", known="utfall")
UTFALL_FG = Column(id="utfall-fg", title="Utfall samma period förra året", known="utfall-fg")
UTFALL_FG_AR = Column(id="utfall-fg", title="Utfall förra året", known="utfall-fg")
BUDGET = Column(id="budget", title="Budget helår", known="budget")
BUDGET_PERIOD = Column(id="budget-period", title="Budget perioden", known="budget-period")
PROGNOS = Column(id="prognos", title="Prognos helår")
PROGNOS_FG = Column(id="prognos-fg", title="Förra prognosen", required=False, known="prognos-fg")
EXPLANATION = Column(
    id="forklaring",
    title="Förklaring till avvikelsen",
    kind="text",
    required=False,
    help="Vad beror den på?",
)


#: where the last prognos has one: it is written on from there
EXPLANATION_PROGNOS = replace(EXPLANATION, known="forklaring-fg")


def _avvikelse(budget: str, outcome: str) -> Column:
    return Column(id="avvikelse", title="Avvikelse", required=False, minus=(budget, outcome))


RAM = Field(
    id="ram-halls",
    title="Håller nämnden eller bolaget sin ram för året?",
    choices=(YES, NO),
    help="Svarar ni nej går det till ekonomikontoret direkt, för kommunfullmäktige ska få veta det.",
)


def _ekonomi(sheet_id: str, title: str, *columns: Column, fields: tuple[Field, ...] = ()) -> Sheet:
    explanation = EXPLANATION_PROGNOS if PROGNOS in columns else EXPLANATION
    return Sheet(
        id=sheet_id,
        title=title,
        help="En rad för varje verksamhet. Beloppen ska stämma med ekonomisystemet.",
        signs=SIGNS,
        rows="verksamheter",
        columns=(VERKSAMHET, *columns, explanation),
        fields=fields,
        total=True,
    )


_BALANCE_COLUMNS = (
    Column(id="post", title="Post", kind="text"),
    Column(id="utfall", title="Periodens slut"),
    Column(id="utfall-fg", title="Förra årets slut"),
)
_POST = Column(id="post", title="Post", kind="text")
_RESULT_COLUMNS = (
    _POST,
    Column(id="utfall", title="Utfall perioden"),
    Column(id="utfall-fg", title="Utfall samma period förra året"),
    Column(id="budget", title="Budget helår"),
    Column(id="prognos", title="Prognos helår"),
)
_RESULT_COLUMNS_YEAR = (
    _POST,
    Column(id="utfall", title="Utfall helår"),
    Column(id="utfall-fg", title="Utfall förra året"),
    Column(id="budget", title="Budget helår"),
)

_RESULT_KOMMUN = (
    Line(id="intakter", title="Verksamhetens intäkter"),
    Line(id="kostnader", title="Verksamhetens kostnader"),
    Line(id="avskrivningar", title="Avskrivningar"),
    Line(
        id="nettokostnader",
        title="Verksamhetens nettokostnader",
        sums=("intakter", "kostnader", "avskrivningar"),
    ),
    Line(id="skatteintakter", title="Skatteintäkter"),
    Line(id="statsbidrag", title="Generella statsbidrag och utjämning"),
    Line(
        id="verksamhetens-resultat",
        title="Verksamhetens resultat",
        sums=("nettokostnader", "skatteintakter", "statsbidrag"),
    ),
    Line(id="finansiella-intakter", title="Finansiella intäkter"),
    Line(id="finansiella-kostnader", title="Finansiella kostnader"),
    Line(
        id="efter-finansiella",
        title="Resultat efter finansiella poster",
        sums=("verksamhetens-resultat", "finansiella-intakter", "finansiella-kostnader"),
    ),
    Line(id="extraordinara", title="Extraordinära poster"),
    Line(id="arets-resultat", title="Årets resultat", sums=("efter-finansiella", "extraordinara")),
)
_RESULT_BOLAG = (
    Line(id="intakter", title="Rörelsens intäkter"),
    Line(id="kostnader", title="Rörelsens kostnader"),
    Line(id="avskrivningar", title="Avskrivningar"),
    Line(id="rorelseresultat", title="Rörelseresultat", sums=("intakter", "kostnader", "avskrivningar")),
    Line(id="finansiella-intakter", title="Finansiella intäkter"),
    Line(id="finansiella-kostnader", title="Finansiella kostnader"),
    Line(
        id="efter-finansiella",
        title="Resultat efter finansiella poster",
        sums=("rorelseresultat", "finansiella-intakter", "finansiella-kostnader"),
    ),
    Line(id="dispositioner-och-skatt", title="Bokslutsdispositioner och skatt"),
    Line(id="arets-resultat", title="Årets resultat", sums=("efter-finansiella", "dispositioner-och-skatt")),
)


def _result(year: bool, suffix: str = "", whose: str = "Kommunens", lines: tuple[Line, ...] = _RESULT_KOMMUN) -> Sheet:
    return Sheet(
        id=f"resultatrakning{suffix}{'-ar' if year else ''}",
        title="Resultaträkning",
        help=f"{whose} resultaträkning, post för post.",
        signs=SIGNS_RESULT,
        rows="fasta",
        columns=_RESULT_COLUMNS_YEAR if year else _RESULT_COLUMNS,
        lines=lines,
    )


_SHEETS = (
    _ekonomi(
        "ekonomi-manad",
        "Ekonomi",
        UTFALL,
        UTFALL_FG,
        BUDGET_PERIOD,
        _avvikelse("budget-period", "utfall"),
        BUDGET,
    ),
    _ekonomi(
        "ekonomi-prognos",
        "Prognos",
        UTFALL,
        BUDGET,
        PROGNOS_FG,
        PROGNOS,
        _avvikelse("budget", "prognos"),
        fields=(RAM,),
    ),
    _ekonomi(
        "ekonomi-delar",
        "Ekonomi",
        UTFALL,
        UTFALL_FG,
        BUDGET,
        PROGNOS,
        _avvikelse("budget", "prognos"),
        fields=(RAM,),
    ),
    _ekonomi("ekonomi-ar", "Driftredovisning", UTFALL_AR, UTFALL_FG_AR, BUDGET, _avvikelse("budget", "utfall")),
    Sheet(
        id="investeringar",
        title="Investeringar",
        help="En rad för varje projekt, också de som inte har börjat. Skriv Inga på första raden om det inte finns några.",
        signs=SIGNS,
        columns=(
            Column(id="projekt", title="Projekt", kind="text"),
            Column(id="beslutad-total", title="Beslutad total utgift"),
            Column(id="prognos-total", title="Prognos total utgift"),
            Column(id="budget", title="Budget året"),
            Column(id="anslagsforandring", title="Anslagsförändring under året", required=False),
            Column(id="utfall", title="Utfall"),
            Column(id="avvikelse", title="Avvikelse", required=False, minus=("budget", "utfall")),
            Column(id="forklaring", title="Kommentar", kind="text", required=False),
        ),
        total=True,
    ),
    Sheet(
        id="mal",
        title="Mål och indikatorer",
        help="En rad för varje indikator. Bedöm om målet nås under året.",
        columns=(
            Column(id="mal", title="Mål", kind="text", known="mal"),
            Column(id="indikator", title="Indikator", kind="text", known="indikator"),
            Column(id="malvarde", title="Målvärde", kind="text", known="malvarde"),
            Column(id="utfall", title="Utfall", kind="text"),
            Column(id="bedomning", title="Bedömning", kind="val", choices=(REACHED, PARTLY, NOT_REACHED)),
            Column(id="forklaring", title="Kommentar", kind="text", required=False),
            Column(
                id="forslag",
                title="Förslag om målet inte kan nås",
                kind="text",
                required=False,
                help="Vad föreslår ni när målet inte kan nås?",
            ),
        ),
    ),
    Sheet(
        id="sjukfranvaro",
        title="Sjukfrånvaro",
        help=(
            "Sjukfrånvaro i procent av ordinarie arbetstid. En grupp med högst tio anställda, eller där någon kan "
            f"kännas igen, lämnas inte ut: skriv {SUPPRESSED} i rutan."
        ),
        rows="fasta",
        columns=(
            Column(id="grupp", title="Grupp", kind="text"),
            Column(id="utfall", title="Perioden", kind="procent"),
            Column(id="utfall-fg", title="Samma period förra året", kind="procent"),
        ),
        lines=(
            Line(id="total", title="Total sjukfrånvaro"),
            Line(id="lang", title="Andel av sjukfrånvaron som är 60 dagar eller mer"),
            Line(id="kvinnor", title="Kvinnor", may_be_suppressed=True),
            Line(id="man", title="Män", may_be_suppressed=True),
            Line(id="alder-29", title="29 år eller yngre", may_be_suppressed=True),
            Line(id="alder-30-49", title="30–49 år", may_be_suppressed=True),
            Line(id="alder-50", title="50 år eller äldre", may_be_suppressed=True),
        ),
    ),
    Sheet(
        id="personal",
        title="Personal",
        help="Antal vid periodens slut.",
        rows="fasta",
        columns=(
            Column(id="grupp", title="Uppgift", kind="text"),
            Column(id="utfall", title="Perioden", kind="antal"),
            Column(id="utfall-fg", title="Samma period förra året", kind="antal"),
            Column(id="forklaring", title="Kommentar", kind="text", required=False),
        ),
        lines=(
            Line(id="tillsvidare", title="Tillsvidareanställda"),
            Line(id="visstid", title="Visstidsanställda"),
            Line(id="arsarbetare", title="Årsarbetare"),
        ),
    ),
    Sheet(
        id="atgarder",
        title="Åtgärder",
        help="En rad för varje åtgärd mot ett underskott. Lämna bladet tomt om det inte behövs några.",
        signs="Effekt anges i tkr: besparing eller högre intäkt med plus.",
        columns=(
            Column(id="atgard", title="Åtgärd", kind="text"),
            Column(id="ansvarig", title="Ansvarig", kind="text"),
            Column(id="effekt", title="Effekt i år"),
            Column(id="effekt-helar", title="Effekt på helår", required=False),
            Column(id="klar", title="Klar senast", kind="datum"),
        ),
        total=True,
        may_be_empty=True,
    ),
    Sheet(
        id="intern-kontroll",
        title="Risk och intern kontroll",
        help="En rad för varje risk: hur trolig den är, vad den kostar och vad ni gör åt den.",
        columns=(
            Column(id="risk", title="Risk", kind="text", known="risk"),
            Column(
                id="sannolikhet",
                title="Sannolikhet (1–4)",
                kind="val",
                choices=("1", "2", "3", "4"),
                known="sannolikhet",
            ),
            Column(
                id="konsekvens", title="Konsekvens (1–4)", kind="val", choices=("1", "2", "3", "4"), known="konsekvens"
            ),
            Column(id="kontroll", title="Kontrollinsats", kind="text", known="kontroll"),
            Column(id="resultat", title="Resultat av kontrollen", kind="text"),
            Column(id="atgard", title="Åtgärd", kind="text", required=False),
        ),
    ),
    *(_result(year) for year in (False, True)),
    *(_result(year, "-bolag", "Bolagets", _RESULT_BOLAG) for year in (False, True)),
    Sheet(
        id="balansrakning",
        title="Balansräkning",
        help="Post för post. Summa tillgångar ska vara lika med summa eget kapital, avsättningar och skulder.",
        signs=SIGNS_BALANCE,
        rows="fasta",
        columns=_BALANCE_COLUMNS,
        lines=(
            Line(id="immateriella", title="Immateriella anläggningstillgångar"),
            Line(id="materiella", title="Materiella anläggningstillgångar"),
            Line(id="finansiella", title="Finansiella anläggningstillgångar"),
            Line(id="infrastruktur", title="Bidrag till infrastruktur"),
            Line(id="omsattning", title="Omsättningstillgångar utom kassa och bank"),
            Line(id="kassa", title="Kassa och bank"),
            Line(
                id="tillgangar",
                title="Summa tillgångar",
                sums=("immateriella", "materiella", "finansiella", "infrastruktur", "omsattning", "kassa"),
            ),
            Line(id="arets-resultat", title="Årets resultat"),
            Line(id="ovrigt-eget-kapital", title="Övrigt eget kapital"),
            Line(id="avsattningar", title="Avsättningar"),
            Line(id="langfristiga", title="Långfristiga skulder"),
            Line(id="kortfristiga", title="Kortfristiga skulder"),
            Line(
                id="skulder-och-kapital",
                title="Summa eget kapital, avsättningar och skulder",
                sums=("arets-resultat", "ovrigt-eget-kapital", "avsattningar", "langfristiga", "kortfristiga"),
            ),
        ),
    ),
    Sheet(
        id="kassaflode",
        title="Kassaflödesanalys",
        help="Kommunens kassaflöde under året.",
        signs="Belopp anges i tkr: inbetalningar med plus, utbetalningar med minus.",
        rows="fasta",
        columns=(
            Column(id="post", title="Post", kind="text"),
            Column(id="utfall", title="Året"),
            Column(id="utfall-fg", title="Förra året"),
        ),
        lines=(
            Line(id="lopande", title="Löpande verksamhet"),
            Line(id="investering", title="Investeringsverksamhet"),
            Line(id="finansiering", title="Finansieringsverksamhet"),
            Line(id="infrastruktur", title="Bidrag till infrastruktur"),
            Line(
                id="arets-kassaflode",
                title="Årets kassaflöde",
                sums=("lopande", "investering", "finansiering", "infrastruktur"),
            ),
            Line(id="vid-arets-borjan", title="Likvida medel vid årets början"),
            Line(
                id="vid-arets-slut",
                title="Likvida medel vid årets slut",
                sums=("arets-kassaflode", "vid-arets-borjan"),
            ),
        ),
    ),
)

#: Every sheet by its id, in the order in which a workbook has them.
SHEETS: Mapping[str, Sheet] = {each.id: each for each in _SHEETS}


def sheets_of(ids: tuple[str, ...]) -> Iterator[Sheet]:
    """Give the named sheets in the definition's order."""
    return (SHEETS[each] for each in ids)


def covers(other: Sheet, wanted: Sheet) -> bool:
    """Tell whether a sheet has everything that another one demands: its rows, required columns and fields."""
    has = {(each.id, each.kind, each.minus) for each in other.columns}
    asked = {(each.id, each.kind, each.minus) for each in wanted.columns if each.required}
    fields = {each.id for each in wanted.fields if each.required} <= {each.id for each in other.fields}
    lines = {each.id for each in wanted.lines} <= {each.id for each in other.lines}
    return other.rows == wanted.rows and asked <= has and fields and lines
