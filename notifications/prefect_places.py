"""Where the portal has the pages of Prefect: known before there is a definition or a store."""

from urllib.parse import quote

from arshjul.keys import OccurrenceKey

PREFECT = "/prefect"  #: where the portal has the Prefect UI; Prefect's own setting is the same
#: its lists, below :data:`PREFECT`. The UI's list of runs takes tags with commas between, that of deployments takes JSON
STANDING = "/v2/runs?tags=l%C3%A4get&sort=NAME_ASC"  #: how it stands, by frist: the runs' names begin with it
MOMENTS = "/v2/runs?state=Scheduled&sort=START_TIME_ASC"  #: the year's moments, the soonest first
FORMS = "/v2/deployments?tags=%5B%22formul%C3%A4r%22%5D"


def runs_of(occurrence: OccurrenceKey) -> str:
    """Return the list, below :data:`PREFECT`, of an occurrence's runs: its moments', and how it and its enheter stand."""
    return f"/v2/runs?tags={quote(occurrence.path, safe='')}&sort=NAME_ASC"


def artifact_key(*parts: str) -> str:
    """Return the key of an artifact in Prefect, ``hedemora-delarsrapport-2027-08``: it takes a–z, 0–9 and hyphens."""
    return "-".join(parts).lower().replace("_", "-")
