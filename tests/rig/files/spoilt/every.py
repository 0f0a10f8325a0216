"""Every spoilt underlag."""

from tests.rig.files.spoilt.cells import WHAT_STANDS_IN_THE_CELLS
from tests.rig.files.spoilt.forecasts import FORECAST_AND_DEVIATIONS
from tests.rig.files.spoilt.goals import GOALS_INVESTMENTS_AND_SICKNESS
from tests.rig.files.spoilt.presence import THAT_ALL_IS_THERE
from tests.rig.files.spoilt.sums import AGAINST_WHAT_IS_KNOWN, SUMS_AND_SIGNS
from tests.rig.files.spoilt.texts import TEXTS
from tests.rig.files.spoilt.units import LEFT_OUT, THE_UNIT
from tests.rig.files.spoilt.whose import WHOSE_FILE_IT_IS

SPOILT = (
    *WHOSE_FILE_IT_IS,
    *THAT_ALL_IS_THERE,
    *WHAT_STANDS_IN_THE_CELLS,
    *LEFT_OUT,
    *THE_UNIT,
    *SUMS_AND_SIGNS,
    *AGAINST_WHAT_IS_KNOWN,
    *FORECAST_AND_DEVIATIONS,
    *GOALS_INVESTMENTS_AND_SICKNESS,
    *TEXTS,
)
