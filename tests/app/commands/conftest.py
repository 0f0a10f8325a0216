"""Commands run in this process."""

from tests.rig.commands import arshjul as arshjul
from tests.rig.commands import program as program
