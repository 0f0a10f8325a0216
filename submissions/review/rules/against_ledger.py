"""The report against the ledger (bokföringen), row by row within rounding. Asked only when there is a ledger to ask."""

from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered, Rule
from submissions.review.review_words import from_whom, named, tkr


def agrees(*known: str, off_is: str, there_is: str, mend: str) -> Rule:
    """Return a rule that holds the columns that the ledger knows (``known``) against it."""

    def rule(case: Case, judge: Judge) -> Finding | None:
        sheet = case.economy
        if sheet is None or not case.known.from_ledger:
            return None
        off = []
        for column in (each for each in sheet.columns if each.known in known):
            for row in sheet.rows:
                here, there = sheet.number(row, column.id), case.known.amount(row.id or "", column.known or "")
                if here is None or there is None or abs(here - there) <= case.known.tolerance:
                    continue
                whose = from_whom(case.known.whose(row.id or "", column.known or ""))
                told = f"{row.name}, {column.title}: i filen {tkr(here)}, {there_is}{whose} {tkr(there)}"
                off.append((sheet.at(row, column.id).place, f"{told} (skillnad {tkr(here - there)})"))
        if not off:
            return None
        message = f"{off_is}. {named([told for _, told in off], '; ')}."
        return judge.found(named([place for place, _ in off]), message, mend)

    return rule


RULES = (
    Registered(
        id="utfall-mot-bokforingen",
        holds="Utfallet är ekonomisystemets, rad för rad inom avrundning.",
        grade="S",
        rule=agrees(
            "utfall",
            off_is="Utfallet stämmer inte med ekonomisystemet",
            there_is="i ekonomisystemet",
            mend="Skriv utfallet ur ekonomisystemet. Är bokföringen fel: rätta den, och be dem som håller årshjulet läsa in den på nytt.",
        ),
    ),
    Registered(
        id="budget-mot-bokforingen",
        holds="Budgeten är den som fullmäktige har beslutat, med anslagsförändringar, som den står i ekonomisystemet.",
        grade="S",
        rule=agrees(
            "budget",
            "budget-period",
            off_is="Budgeten stämmer inte med den i ekonomisystemet",
            there_is="i ekonomisystemet",
            mend="Skriv den beslutade budgeten. Har den ändrats genom beslut, svara med vilket beslut och vilken dag.",
        ),
    ),
    Registered(
        id="utfall-fg-mot-bokforingen",
        holds="Förra årets utfall är förra årets, i ekonomisystemet eller rapporten, rad för rad inom avrundning.",
        grade="S",
        rule=agrees(
            "utfall-fg",
            off_is="Förra årets utfall stämmer inte",
            there_is="i förra årets siffror",
            mend="Skriv förra årets utfall ur ekonomisystemet. Har verksamheten bytt organisation, svara med vad som är omräknat.",
        ),
    ),
)
