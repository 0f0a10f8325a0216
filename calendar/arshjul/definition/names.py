"""Names and citations in a definition, checked while they are read, through the validation context.

Ids are folded Swedish (``delarsrapport``). A name that points at something else (a role, a body, an enhet) is held
against what the file declares; what hits nothing is told with the nearest right word.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from arshjul import keys
from arshjul.errors import nearest
from arshjul.lagrum import Lagrum, parse_lagrum
from arshjul.periods import Period


def known(kind: str) -> AfterValidator:
    """Return a check that a name is declared in the definition; ``kind`` is one of ``Declared``'s keys."""

    def check(read: str, info: ValidationInfo) -> str:
        allowed = (info.context or {}).get(kind)
        if allowed is not None and read not in allowed:
            unknown = "okänt" if kind in ("organ", "blad") else "okänd"
            raise ValueError(f"{unknown} {kind} '{read}'{nearest(read, allowed)}")
        return read

    return AfterValidator(check)


def _citation(read: Any, info: ValidationInfo) -> Lagrum:
    if isinstance(read, Lagrum):
        return read
    return parse_lagrum(str(read), (info.context or {}).get("källa", {}))


def _slug(read: str) -> str:
    if not read or not all(char in "abcdefghijklmnopqrstuvwxyz0123456789-_" for char in read):
        raise ValueError(f"id:t '{read}' får bara ha a–z, 0–9, - och _ (å, ä och ö skrivs a, a och o)")
    return read


def _period(read: Any) -> Period:
    return read if isinstance(read, Period) else Period.parse(str(read))


def fold(text: str) -> str:
    """Return Swedish text as an id: å ä ö folded, blanks to hyphens."""
    return text.lower().translate(str.maketrans("åäö ", "aao-"))


Id = Annotated[str, AfterValidator(_slug)]
OwnUnitId = Annotated[keys.UnitId, AfterValidator(_slug)]  #: as it is declared, not as it is pointed at
OwnRoleId = Annotated[keys.RoleId, AfterValidator(_slug)]
OwnBodyId = Annotated[keys.BodyId, AfterValidator(_slug)]
SheetId = Annotated[str, known("blad")]
WrittenPeriod = Annotated[Period, BeforeValidator(_period)]
RoleId = Annotated[keys.RoleId, known("roll")]
BodyId = Annotated[keys.BodyId, known("organ")]
UnitId = Annotated[keys.UnitId, known("enhet")]
LadderId = Annotated[str, known("trappa")]
LedgerId = Annotated[str, known("bokföring")]
Source = Annotated[Lagrum, BeforeValidator(_citation)]


def listed(read: Any) -> Any:
    """Return one name as a list of it."""
    return (read,) if isinstance(read, str) else read


Names = Annotated[tuple[str, ...], BeforeValidator(listed)]  #: one name or several
