"""The findings of one reading: told in the file's order, and many of the same told as one, so that they stay few."""

from collections import Counter

from submissions.sie.values import Severity, SieFinding

MOST = 25  #: findings told one by one, of each rule
_SHOWN = 40  # characters of what was read


class Notes:
    """Collects findings while a file is read. Its size does not grow with the file's."""

    def __init__(self) -> None:
        self._told: list[SieFinding] = []
        self._times: Counter[str] = Counter()
        self._more: dict[str, tuple[int, Severity]] = {}

    def add(self, rule: str, line: int, severity: Severity, message: str) -> None:
        """Tell a fault; ``rule`` names what kind it is, in a few Swedish words that follow "fler"."""
        self._times[rule] += 1
        if self._times[rule] <= MOST:
            self._told.append(SieFinding(line, severity, message))
        else:
            self._more.setdefault(rule, (line, severity))

    @property
    def faulty(self) -> bool:
        """Whether anything that was told is a ``fel``."""
        return any(each.severity == "fel" for each in self._told)

    def findings(self) -> tuple[SieFinding, ...]:
        """Return what there is to tell, by line."""
        more = [
            SieFinding(
                line, severity, f"{self._times[rule] - MOST} fler av samma slag, från och med denna rad: {rule}."
            )
            for rule, (line, severity) in self._more.items()
        ]
        return tuple(sorted([*self._told, *more]))


def shown(text: str) -> str:
    """Return what was read so that it can stand in a message: short, in quotes, without control characters."""
    kept = "".join(char if char.isprintable() else "·" for char in text[:_SHOWN])
    return f"'{kept}…'" if len(text) > _SHOWN else f"'{kept}'"
