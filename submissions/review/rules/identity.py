"""Whose the file is: the mall's mark against what is handed in. A file of another's is told as that, and only that."""

import re

from arshjul.periods import Period
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import shown

_PLACE = "Mallens märkning"
_MEND = "Hämta mallen på den här sidan, fyll i den och lämna in den. Är det rätt fil, förklara varför i svaret."


def wrong_kommun(case: Case, judge: Judge) -> Finding | None:
    """The mall was made by another municipality."""
    mark, wanted = case.filled.mark, case.mall.mark
    if mark is None or mark.kommun in (None, wanted.kommun):
        return None
    return judge.found(
        _PLACE,
        f"Mallen är gjord för en annan kommun, {shown(str(mark.kommun))}, och inte för {case.mall.kommun_name}.",
        _MEND,
    )


def wrong_org_number(case: Case, judge: Judge) -> Finding | None:
    """The file carries another organisation number than the enhet's ledger."""
    mark, wanted = case.filled.mark, case.mall.mark
    if mark is None or not mark.org_number or not wanted.org_number or _digits(mark) == _digits(wanted):
        return None
    message = f"Filen har organisationsnummer {mark.org_number}, men {case.mall.unit_name} har {wanted.org_number}."
    return judge.found(_PLACE, message, "Kontrollera att filen kommer från rätt företag, och lämna in den rätta.")


def wrong_report(case: Case, judge: Judge) -> Finding | None:
    """The mall is for another report."""
    mark = case.filled.mark
    if mark is None or not _same_kommun(case) or mark.step in (None, case.mall.mark.step):
        return None
    theirs, period = case.named(str(mark.step)).lower(), f" för {_text(mark.period)}" if mark.period else ""
    ours = f"{case.mall.step_name.lower()} för {case.mall.period.text}"
    return judge.found(_PLACE, f"Mallen är gjord för {theirs}{period}, men här lämnas {ours}.", _MEND)


def wrong_period(case: Case, judge: Judge) -> Finding | None:
    """The mall is for another period or year."""
    mark = case.filled.mark
    if mark is None or not _same_report(case) or mark.period in (None, case.mall.mark.period):
        return None
    message = f"Mallen är gjord för {_text(str(mark.period))}, men här lämnas {case.mall.period.text}."
    return judge.found(_PLACE, message, _MEND)


def wrong_unit(case: Case, judge: Judge) -> Finding | None:
    """The mall is another enhet's."""
    mark = case.filled.mark
    if mark is None or not _same_kommun(case) or mark.unit in (None, case.mall.mark.unit):
        return None
    message = f"Mallen är gjord för {case.named(str(mark.unit))}, men här lämnar {case.mall.unit_name} in."
    return judge.found(_PLACE, message, _MEND)


def wrong_part(case: Case, judge: Judge) -> Finding | None:
    """The mall is for another part of the same report."""
    mark = case.filled.mark
    if mark is None or not _same_report(case) or mark.part in (None, case.mall.mark.part):
        return None
    other = next((each.name for each in case.one.parts if each.id == mark.part), str(mark.part))
    message = f"Mallen är gjord för delen {shown(other)}, men här lämnas {shown(case.mall.part_name)}."
    return judge.found(_PLACE, message, "Lämna in filen under den del som den är gjord för, och rätt fil här.")


def _digits(mark: object) -> str:
    digits = re.sub(r"\D", "", str(getattr(mark, "org_number", "")))
    return digits[-10:]  # 16 before a company's number says that it is no person


def _text(period: str) -> str:
    """Return ``augusti 2027``; what is no period as it stands."""
    try:
        return Period.parse(period).text
    except ValueError:
        return shown(period)


def _same_kommun(case: Case) -> bool:
    mark = case.filled.mark
    return mark is not None and mark.kommun in (None, case.mall.mark.kommun)


def _same_report(case: Case) -> bool:
    mark = case.filled.mark
    return mark is not None and _same_kommun(case) and mark.step in (None, case.mall.mark.step)


RULES = tuple(
    Registered(id=rule_id, holds=holds, grade="I", rule=rule, identity=True)
    for rule_id, holds, rule in (
        ("fel-kommun", "Mallen är kommunens egen.", wrong_kommun),
        ("fel-orgnummer", "Filens organisationsnummer är enhetens.", wrong_org_number),
        ("fel-rapport", "Mallen är gjord för den rapport som lämnas in.", wrong_report),
        ("fel-period", "Mallen är gjord för den period och det år som lämnas in.", wrong_period),
        ("fel-enhet", "Mallen är gjord för den enhet som lämnar in.", wrong_unit),
        ("fel-del", "Mallen är gjord för den del som lämnas in.", wrong_part),
    )
)
