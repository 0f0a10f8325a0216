"""A sheet (blad) that a table part is made of: its rows, columns, questions and rules, as a definition says it.

Those who make the mall, read it, check it and compile it know a sheet only by what is said here. What a column or a
question means (``roll``) and what a sheet is (``slag``) is how rules and sammanställning find it, never its name.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from arshjul.definition.days.validity import Validity
from arshjul.definition.names import Id
from arshjul.definition.sheets.column import Column, ColumnRole, Line, SheetQuestion
from arshjul.definition.sheets.sheet_rules import FilledWhen, SheetRule, ToldLater, Within
from arshjul.errors import nearest

#: What the law sees in a part or on a sheet (LKBR 4, 9, 11, 12 and 13 kap., KL 11 kap. 6 a and 15 §).
Content = Literal[
    "resultaträkning",
    "balansräkning",
    "kassaflödesanalys",
    "noter",
    "driftredovisning",
    "investeringsredovisning",
    "förvaltningsberättelse",
    "sjukfrånvaro",
    "redovisningsprinciper",
    "sammanställda räkenskaper",
    "koncernföretagens ekonomi",
    "finansiering",
]
#: What a sheet is: the checks and the sammanställning that are made for such a sheet look at it.
SheetKind = Literal[
    "ekonomi",
    "investeringar",
    "mål",
    "sjukfrånvaro",
    "personal",
    "åtgärder",
    "risker",
    "resultaträkning",
    "bolagets resultaträkning",
    "balansräkning",
    "kassaflödesanalys",
]


def _with_ids(read: Any) -> Any:
    """Give each thing of a mapping the id that it stands under."""
    if not isinstance(read, Mapping):
        return read
    return {key: {**each, "id": str(key)} if isinstance(each, Mapping) else each for key, each in read.items()}


Columns = Annotated[dict[str, Column], BeforeValidator(_with_ids)]
Lines = Annotated[dict[str, Line], BeforeValidator(_with_ids)]
Questions = Annotated[dict[str, SheetQuestion], BeforeValidator(_with_ids)]


_NOT_IN_A_TAB = frozenset("[]:*?/\\'")
_TOTAL, _ROW = "summa", ("rad_", "rad-")  #: what cells of a mall are named by beside its titles


class SheetFaultError(ValueError):
    """Something in a sheet that does not hold; ``path`` is where in it, by the file's keys."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


class Sheet(Validity):
    """One sheet: rows by the enhet's verksamheter, rows of its own (``lines``), or free rows.

    The first column names the row. ``total`` says that a last row sums the amounts. ``may_be_empty`` is a sheet of
    free rows that may have none; ``may_say_none`` one that has none when its first row says *Inga*. ``prefilled``: its
    rows are the enhet's decided mål, those that it handed in last, or a register's entries that are the enhet's. ``marks`` are footnotes that stand in place of a
    value, and what each means. In a period for which it does not hold no part has it.
    """

    id: Id
    title: str = Field(alias="namn", min_length=1, max_length=31)  # a tab of a workbook has no longer name
    help: str = Field(alias="hjälp")
    signs: str = Field("", alias="tecken")
    kind: SheetKind | None = Field(None, alias="slag")
    concerns: Content | None = Field(None, alias="avser")
    rows: Literal["verksamheter", "fasta", "fria"] = Field("fria", alias="rader")
    prefilled: Literal["mål", "senast inlämnat", "register"] | None = Field(None, alias="förifylls med")
    of_register: str | None = Field(None, alias="register")  #: whose entries, where it is prefilled with a register
    columns_by_id: Columns = Field(alias="kolumner", min_length=2)
    lines_by_id: Lines = Field(default_factory=dict, alias="poster")
    fields_by_id: Questions = Field(default_factory=dict, alias="frågor")
    total: bool = Field(False, alias="summeras")
    may_be_empty: bool = Field(False, alias="får vara tomt")
    may_say_none: bool = Field(False, alias="får säga inga")
    free_rows: int = Field(15, alias="antal rader", ge=1, le=200)
    marks: dict[str, str] = Field(default_factory=dict, alias="fotnoter")
    rules: dict[Id, SheetRule] = Field(default_factory=dict, alias="regler")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in their order."""
        return tuple(self.columns_by_id.values())

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The rows that it always has."""
        return tuple(self.lines_by_id.values())

    @cached_property
    def fields(self) -> tuple[SheetQuestion, ...]:
        """The questions above the table."""
        return tuple(self.fields_by_id.values())

    def column(self, column_id: str) -> Column | None:
        """Return a column by its id."""
        return self.columns_by_id.get(column_id)

    def of_role(self, role: ColumnRole) -> Column | None:
        """Return the first column that means this."""
        return next((each for each in self.columns if each.role == role), None)

    @property
    def naming(self) -> Column:
        """The column that names the rows."""
        return self.columns[0]

    @property
    def sums(self) -> tuple[Column, ...]:
        """The columns that the total row sums."""
        return tuple(each for each in self.columns if each.kind == "belopp") if self.total else ()

    @model_validator(mode="after")
    def _rows(self) -> "Sheet":
        if (self.rows == "fasta") != bool(self.lines_by_id):
            raise SheetFaultError(("poster",), "ett blad har 'poster' om det har 'rader: fasta', annars inte")
        if self.naming.kind != "text" or self.naming.may_be_empty:
            raise SheetFaultError(
                ("kolumner",), f"den första kolumnen, '{self.naming.id}', namnger raden: den är text och aldrig tom"
            )
        if self.prefilled and self.rows != "fria":
            raise SheetFaultError(("förifylls med",), "bara ett blad med 'rader: fria' förifylls med rader")
        if (self.prefilled == "register") != bool(self.of_register):
            raise SheetFaultError(
                ("register",), "skriv både 'förifylls med: register' och 'register: …', eller ingetdera"
            )
        return self

    @model_validator(mode="after")
    def _in_a_workbook(self) -> "Sheet":
        """A sheet is a tab, and its titles and questions are named cells."""
        if not self.id[0].isalpha():
            raise ValueError(f"bladets id '{self.id}' ska börja med en bokstav")
        if wrong := sorted(set(self.title) & _NOT_IN_A_TAB):
            words = f"namnet '{self.title}' blir en fliks namn och får inte ha {' '.join(wrong)}"
            raise SheetFaultError(("namn",), words)
        taken = {_TOTAL: "summaraden"}
        for section, ids in (("kolumner", self.columns_by_id), ("frågor", self.fields_by_id)):
            for each in ids:
                other = taken.setdefault(each.replace("-", "_"), f"'{each}'")
                if (
                    other != f"'{each}'"
                    or each.startswith(_ROW)
                    or (section == "frågor" and each in self.columns_by_id)
                ):
                    words = f"id:t '{each}' går inte att skilja från {other}; ge det ett annat id"
                    raise SheetFaultError((section, each), words)
        return self

    @model_validator(mode="after")
    def _names(self) -> "Sheet":
        for column in self.columns:
            for each in column.minus or ():
                if each not in self.columns_by_id or not self.columns_by_id[each].is_number or each == column.id:
                    words = f"kolumnen '{column.id}' räknas ut av '{each}', som inte är en annan kolumn med tal"
                    raise SheetFaultError(("kolumner", column.id, "räknas ut"), words)
        for line in self.lines:
            for each in line.sums:
                if each not in self.lines_by_id or each == line.id:
                    words = f"posten '{line.id}' är summan av '{each}'{nearest(each, self.lines_by_id)}"
                    raise SheetFaultError(("poster", line.id, "summan av"), words)
            self._hold(("poster", line.id, "förifyllt"), line.given)
        for rule_id, rule in self.rules.items():
            self._hold(("regler", rule_id), rule.columns)
            for each in rule.lines if isinstance(rule, Within) else ():
                if each not in self.lines_by_id:
                    words = f"bladet har ingen post '{each}'{nearest(each, self.lines_by_id)}"
                    raise SheetFaultError(("regler", rule_id, "poster"), words)
            if isinstance(rule, FilledWhen) and (choices := self.columns_by_id[rule.when].choices):
                for each in rule.words:
                    if each.casefold() not in map(str.casefold, choices):
                        words = f"'{each}' går inte att välja i kolumnen '{rule.when}'{nearest(each, choices)}"
                        raise SheetFaultError(("regler", rule_id, "är"), words)
            if isinstance(rule, ToldLater) and rule.mark not in self.marks:
                words = f"märket '{rule.mark}' finns inte bland bladets 'fotnoter'{nearest(rule.mark, self.marks)}"
                raise SheetFaultError(("regler", rule_id, "fotnot"), words)
        return self

    def _hold(self, path: tuple[str, ...], columns: Iterable[str]) -> None:
        for each in columns:
            if each not in self.columns_by_id:
                raise SheetFaultError(path, f"bladet har ingen kolumn '{each}'{nearest(each, self.columns_by_id)}")


def covers(other: Sheet, wanted: Sheet) -> bool:
    """Tell whether a sheet has everything that another one demands: its rows, required columns and fields."""
    has = {(each.id, each.kind, each.minus) for each in other.columns}
    asked = {(each.id, each.kind, each.minus) for each in wanted.columns if each.required}
    fields = {each.id for each in wanted.fields if each.required} <= {each.id for each in other.fields}
    lines = wanted.lines_by_id.keys() <= other.lines_by_id.keys()
    return other.rows == wanted.rows and asked <= has and fields and lines
