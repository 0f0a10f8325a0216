"""Which frister a new plan leaves where they were: those that somebody was told, and those that have been."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from arshjul.keys import ObligationKey, PeriodKey


class KnownFrist(NamedTuple):
    """What is known of one obligation's frist."""

    key: ObligationKey
    told: datetime | None  #: the frist that its holder was told; None: nobody was told one
    at: datetime  #: the frist as it stood until now


def kept_as_told(
    planned: Mapping[ObligationKey, datetime], known: Iterable[KnownFrist]
) -> dict[ObligationKey, datetime]:
    """Return the told frister that the plan has earlier: what somebody was told never moves earlier by itself."""
    return {
        one.key: one.told
        for one in known
        if one.told is not None and one.key in planned and one.told > planned[one.key]
    }


def kept_as_past(
    planned: Mapping[ObligationKey, datetime],
    known: Iterable[KnownFrist],
    closed: Collection[PeriodKey],
    now: datetime,
) -> dict[ObligationKey, datetime]:
    """Return the frister that have been and that the plan would only move within what is past at ``now``.

    In a period that is ``closed`` a frist may move later, for its closing came late, and may be recorded late too.
    """
    return {
        one.key: one.at
        for one in known
        if one.key in planned
        and planned[one.key] != one.at
        and max(planned[one.key], one.at) < now
        and (planned[one.key] < one.at or one.key.period not in closed)
    }
