"""Keys: what names a tillfälle, an obligation and a moment, in the store, in letters, in the log and in addresses.

A key is text, ``hedemora/delarsrapport/2027-08/socialnamnden/underlag``, and stays so in a column, a dict and JSON;
it is put together and taken apart here alone. Keys of letters begin with one of these: see ``store.post.letter_keys``.
"""

from typing import ClassVar, NamedTuple, NewType, Self

from arshjul.errors import RefusedError

KommunId = NewType("KommunId", str)
StepId = NewType("StepId", str)
PeriodKey = NewType("PeriodKey", str)  #: "2027-08", or "2027" for a whole year; see ``Period.parse``
UnitId = NewType("UnitId", str)
KravId = NewType("KravId", str)
MomentId = NewType("MomentId", str)  #: "paminnelse-5", "bilagor-frist" (with its krav before it), "ksau"
PartId = NewType("PartId", str)
RoleId = NewType("RoleId", str)
BodyId = NewType("BodyId", str)
PersonId = NewType("PersonId", str)  #: an address, folded: `store.people.people_file.person_id`


def joined(*names: object) -> str:
    """Return names as a key has them, with strokes between."""
    return "/".join(map(str, names))


def names_in(key: str) -> tuple[str, ...]:
    """Return the names that a key is made of."""
    return tuple(key.split("/"))


def ledger_key(kommun: str, ledger: str) -> str:
    """Return how the log names the files of a ledger: ``hedemora/bokforing/kommunen``."""
    return joined(kommun, "bokforing", ledger)


def seat_key(role: RoleId, unit: UnitId | None) -> str:
    """Return how log and forms name a role and the enhet that it is held for: ``forvaltningschef/socialnamnden``."""
    return joined(role, unit or "")


def seat_in(key: str) -> tuple[RoleId, UnitId | None]:
    """Return the role and the enhet that such a key names; None: it is held for all."""
    role, unit = names_in(key)
    return RoleId(role), UnitId(unit) if unit else None


def beginning(key: str) -> str:
    """Return the five first names of a key: the obligation's or moment's, where a longer one begins with it."""
    return joined(*names_in(key)[:5])


def following(key: str) -> tuple[str, ...]:
    """Return the names that come after those in a key that begins with an obligation's or a moment's."""
    return names_in(key)[5:]


class OccurrenceKey(NamedTuple):
    """A step for one period."""

    step: StepId
    period: PeriodKey

    @classmethod
    def of(cls, step: str, period: str) -> Self:
        """Put one together."""
        return cls(StepId(step), PeriodKey(period))

    @classmethod
    def read(cls, path: str) -> Self:
        """Read ``delarsrapport/2027-08``; RefusedError for anything else."""
        names = names_in(path)
        if len(names) != 2 or not all(names):
            raise RefusedError(f"Det finns ingen rapport '{path[:200]}'. Ladda om sidan och försök igen.")
        return cls.of(*names)

    @classmethod
    def begun(cls, path: str) -> Self:
        """Read the tillfälle that a longer path begins with: ``delarsrapport/2027-08/ek.chef@example.se``."""
        return cls.of(*names_in(path)[:2])

    @property
    def path(self) -> str:
        """``delarsrapport/2027-08``, as pages have it."""
        return joined(*self)

    def of_kommun(self, kommun: str) -> str:
        """``hedemora/delarsrapport/2027-08``: what every key within it begins with."""
        return joined(kommun, *self)


class PlannedKey(str):
    """What the plan holds: municipality, step, period, unit, and a last name that says what it is of the unit's."""

    __slots__ = ()
    _WHAT: ClassVar = "krav eller moment"
    _LAST: ClassVar = "krav eller moment"
    _EXAMPLE: ClassVar = "underlag"

    def __new__(cls, text: str) -> Self:
        """Read a key; RefusedError when it is not five names with strokes between."""
        names = names_in(text)
        if len(names) != 5 or not all(names):
            raise RefusedError(
                f"Det finns inget {cls._WHAT} '{text[:200]}'. Skriv kommun, steg, period, enhet och {cls._LAST} med snedstreck "
                f"emellan, till exempel hedemora/delarsrapport/2027-08/socialnamnden/{cls._EXAMPLE}."
            )
        return super().__new__(cls, text)

    @classmethod
    def of(cls, kommun: str, step: str, period: str, unit: str, last: str) -> Self:
        """Put one together; RefusedError when a name is empty, or has a stroke in it."""
        return cls(joined(kommun, step, period, unit, last))

    @property
    def kommun(self) -> KommunId:
        """The municipality."""
        return KommunId(names_in(self)[0])

    @property
    def step(self) -> StepId:
        """The step of the årshjul."""
        return StepId(names_in(self)[1])

    @property
    def period(self) -> PeriodKey:
        """The period's key."""
        return PeriodKey(names_in(self)[2])

    @property
    def unit(self) -> UnitId:
        """The enhet; ``kommunen`` in the key of a body's moment."""
        return UnitId(names_in(self)[3])

    @property
    def occurrence(self) -> OccurrenceKey:
        """The step and its period."""
        return OccurrenceKey(self.step, self.period)

    @property
    def last(self) -> str:
        """The krav or the moment."""
        return names_in(self)[4]

    @property
    def path(self) -> str:
        """``delarsrapport/2027-08/socialnamnden/underlag``, as pages have it."""
        return joined(*names_in(self)[1:])


class MilestoneKey(PlannedKey):
    """A dated point of a tillfälle: ``hedemora/delarsrapport/2027-08/socialnamnden/paminnelse-5``."""

    __slots__ = ()
    _WHAT: ClassVar = "moment"
    _LAST: ClassVar = "moment"
    _EXAMPLE: ClassVar = "frist"

    @property
    def moment(self) -> MomentId:
        """Which point."""
        return MomentId(self.last)


class ObligationKey(PlannedKey):
    """What one enhet owes by one frist: ``hedemora/delarsrapport/2027-08/socialnamnden/underlag``."""

    __slots__ = ()
    _WHAT: ClassVar = "inlämningskrav"
    _LAST: ClassVar = "krav"

    @property
    def krav(self) -> KravId:
        """What is owed."""
        return KravId(self.last)

    def part(self, part: PartId) -> str:
        """Return the key of one part of what is owed."""
        return joined(self, part)

    def milestone(self, moment: str) -> MilestoneKey:
        """Return the key of one of the enhet's points in the same tillfälle."""
        return MilestoneKey.of(self.kommun, self.step, self.period, self.unit, moment)

    def of_unit(self, unit: str) -> "ObligationKey":
        """Return the key of the same krav of another enhet."""
        return ObligationKey.of(self.kommun, self.step, self.period, unit, self.krav)


def planned_in(key: str | None) -> PlannedKey | None:
    """Return the obligation's or moment's key that a longer one begins with; None for a key that is of none."""
    try:
        return PlannedKey(beginning(key or ""))
    except RefusedError:
        return None
