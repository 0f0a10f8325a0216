"""What runs are called in the Prefect UI: Swedish names, and tags to filter by."""

from datetime import datetime

from arshjul.swedish import local_date, short_day

AVSTAMNING = "avstamning"  #: the moment that only brings an occurrence up to now


def occurrence_name(step_name: str, period: str) -> str:
    """Return ``Delårsrapport 2027-08``."""
    return f"{step_name} {period}"


def run_name(step_name: str, period: str, moment_name: str, at: datetime) -> str:
    """Return ``Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 14 sep``; the day is Swedish."""
    return f"{occurrence_name(step_name, period)} · {moment_name} · {short_day(local_date(at))}"


def avstamning_name(step_name: str, period: str) -> str:
    """Return ``Delårsrapport 2027-08 · avstämning``."""
    return f"{occurrence_name(step_name, period)} · avstämning"


def run_tags(step: str, period: str, kind: str) -> tuple[str, ...]:
    """Return ``steg:delarsrapport``, ``period:2027-08``, ``moment:paminnelse``; ``kind`` has no number."""
    return (f"steg:{step}", f"period:{period}", f"moment:{kind}")


def artifact_key(step: str, period: str) -> str:
    """Return the occurrence's artifact key, ``delarsrapport-2027-08``; Prefect takes a–z, 0–9 and hyphens."""
    return f"{step}-{period}".lower().replace("_", "-")
