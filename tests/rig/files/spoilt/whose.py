"""Spoilt underlag: whose file it is."""

from dataclasses import replace

from tests.rig.files.cases import (
    careful,
    marked,
    owed,
)
from tests.rig.files.spoilt.case import DELAR, DRIFT, MANAD, Spoilt

WHOSE_FILE_IT_IS = (
    Spoilt(
        which=DELAR,
        what="Mallen är en annan kommuns",
        change=marked(kommun="sala"),
        rule="fel-kommun",
        severity="fråga",
        place="Mallens märkning",
        says="”sala”, och inte för Hedemora kommun",
    ),
    Spoilt(
        which=DELAR,
        what="Filen är ett annat bolags",
        change=lambda case: replace(
            marked(org_number="556000-0001")(case),
            mall=replace(case.mall, mark=replace(case.mall.mark, org_number="165560000002")),
        ),
        rule="fel-orgnummer",
        severity="fråga",
        place="Mallens märkning",
        says="organisationsnummer 556000-0001",
    ),
    Spoilt(
        which=DELAR,
        what="Aprils månadsrapport lämnas in som delårsrapport",
        change=marked(step="manadsrapport", period="2027-04", part="ekonomisk-uppfoljning"),
        rule="fel-rapport",
        severity="fråga",
        place="Mallens märkning",
        says="Mallen är gjord för månadsrapport för april 2027, men här lämnas delårsrapport för augusti 2027",
    ),
    Spoilt(
        which=MANAD,
        what="Mars mall lämnas in för april",
        change=marked(period="2027-03"),
        rule="fel-period",
        severity="fråga",
        place="Mallens märkning",
        says="Mallen är gjord för mars 2027, men här lämnas april 2027",
    ),
    Spoilt(
        which=DELAR,
        what="Förra årets mall",
        change=marked(period="2026-08"),
        rule="fel-period",
        severity="fråga",
        place="Mallens märkning",
    ),
    Spoilt(
        which=DELAR,
        what="En annan nämnds mall, med dess verksamheter",
        change=lambda case: replace(case, filled=careful(*owed("delarsrapport", "2027-08", "omsorgsnamnden", "ekonomi")).filled),
        rule="fel-enhet",
        severity="fråga",
        place="Mallens märkning",
        says="Omsorgsnämnden, men här lämnar Bildningsnämnden in",
    ),
    Spoilt(
        which=DRIFT,
        what="Investeringsredovisningen lämnas in som driftredovisning",
        change=marked(part="investeringsredovisning"),
        rule="fel-del",
        severity="fråga",
        place="Mallens märkning",
        says="delen ”Investeringsredovisning”, men här lämnas ”Driftredovisning mot budget”",
    ),
)  # fmt: skip
