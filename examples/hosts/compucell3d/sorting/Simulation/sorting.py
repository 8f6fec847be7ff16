# SPDX-License-Identifier: MIT
"""Cell sorting whose steps are a kind's: sorting.xml says which, in <EpnsStep>."""
import sys
from pathlib import Path

from cc3d import CompuCellSetup

# In a project of your own, put epns.py and epns_steppable.py into Simulation/ instead.
project = Path(CompuCellSetup.persistent_globals.simulation_file_name).resolve().parent
sys.path += [str(project.parent), str(project.parents[1] / "python")]

from epns_steppable import EpnsSteppable  # noqa: E402: found by the line above

CompuCellSetup.register_steppable(steppable=EpnsSteppable())
CompuCellSetup.run()
