"""The findings of one reading: told in the file's order, each kind once with where else it is, so that they stay few."""

from dataclasses import dataclass, field, replace

from arshjul.swedish import listing
from submissions.files.figures import with_named_signs
from submissions.sie.values import Severity, SieFinding

MOST = 25  #: findings told one by one, and places and names that are listed, of each kind
#: kinds of which each finding says something of its own: the others are told once
_ONE_BY_ONE = frozenset({
    "filens motsägelser", "konton som filen säger olika om", "konton som filen säger olika om, förra året",
    "månader utan belopp", "poster som saknas", "element som saknas", "poster utanför sin typ", "teckenkodning",
    "räkenskapsår", "räkenskapsår som inte går att läsa", "verifikationer som inte balanserar", "okända etiketter",
    "okända element", "kontrollsummor", "filen",
})  # fmt: skip
_SHOWN = 40  # characters of what was read

Kind = tuple[str, Severity]


class Notes:
    """Collects findings while a file is read. Its size does not grow with the file's."""

    def __init__(self) -> None:
        self._told: dict[Kind, _Told] = {}

    def add(self, rule: str, line: int, severity: Severity, message: str, *, what: str = "") -> None:
        """Tell a fault; ``rule`` names what kind it is, in a few Swedish words that follow "fler".

        ``what`` names the account or the like that the message is about, where the others of its kind are best
        listed by name; else they are by row.
        """
        key = (rule, severity)
        found = self._told.get(key)
        if found is None:
            self._told[key] = _Told(SieFinding(line, severity, message))
        else:
            found.again(SieFinding(line, severity, message), what)

    @property
    def faulty(self) -> bool:
        """Whether anything that was told is a ``fel``."""
        return any(severity == "fel" for _, severity in self._told)

    def has(self, rule: str) -> bool:
        """Tell whether anything of a kind was told."""
        return any(kind == rule for kind, _ in self._told)

    def findings(self) -> tuple[SieFinding, ...]:
        """Return what there is to tell, by line."""
        told = (
            found.one_by_one(rule) if rule in _ONE_BY_ONE else found.at_once()
            for (rule, _), found in self._told.items()
        )
        return tuple(sorted(each for its in told for each in its))


@dataclass(slots=True)
class _Told:
    """What was told of one kind: the first finding whole, and of those that are alike where they are."""

    first: SieFinding
    others: list[SieFinding] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)  # from and to which line, inclusive
    times: int = 0  # after the first
    beyond: SieFinding | None = None  # the first that is not among the others

    def again(self, one: SieFinding, what: str) -> None:
        """Take one more."""
        self.times += 1
        if len(self.others) < MOST - 1:
            self.others.append(one)
        else:
            self.beyond = self.beyond or one
        if what and len(self.names) < MOST:
            self.names.append(what)
        if self.rows and self.rows[-1][1] in (one.line, one.line - 1):
            self.rows[-1] = (self.rows[-1][0], one.line)
        elif len(self.rows) < MOST:
            self.rows.append((one.line, one.line))

    def one_by_one(self, rule: str) -> list[SieFinding]:
        """Return each finding, and how many more there are."""
        if self.beyond is None:
            return [self.first, *self.others]
        left = f"{self.times - len(self.others)} fler av samma slag, från och med denna rad: {rule}."
        return [self.first, *self.others, replace(self.beyond, message=left)]

    def at_once(self) -> list[SieFinding]:
        """Return one finding that tells of all."""
        return [replace(self.first, message=f"{self.first.message} {self._also()}")] if self.times else [self.first]

    def _also(self) -> str:
        if self.names:
            left = self.times - len(self.names)
            return f"Samma sak gäller {listing([*self.names, f'{left} till'] if left else self.names)}."
        rows = [str(begun) if begun == end else f"{begun}–{end}" for begun, end in self.rows]
        many = "en gång" if self.times == 1 else f"{self.times} gånger"
        more = (
            " med flera" if sum(end - begun + 1 for begun, end in self.rows) < self.times and len(rows) == MOST else ""
        )
        return f"Samma sak {many} till: rad {listing(rows)}{more}."


def shown(text: str) -> str:
    """Return what was read so that it can stand in a message: short, in quotes, each sign that nobody sees by its name."""
    kept = with_named_signs(text[:_SHOWN].replace("\n", " ").replace("\t", " "), blanks=True)
    return f"'{kept}…'" if len(text) > _SHOWN else f"'{kept}'"
