/* SPDX-License-Identifier: MIT */
/* Real CompuCell3D files: each is read, or refused for its true reason with its line. */
#include "adapters/scenario.h"
#include "tests/scenarios.h"

/* Part of the file's name, and what must be said: NULL where the file runs. */
static const ScenarioExpectation known[] = {
  { "Models__cellsort__cellsort_2D__", NULL },
  { "Models__cellsort__cellsort_3D__", NULL },
  { "CutomCellConstraints", "<CustomAcceptanceFunction>" },
  { "FlexCellConstraints", NULL },
  { "Models__cellsort_2_5_D", "<DimensionType>2.5D" },
  { "SimulationSettings__HexLattice", "hexagonal lattice" },
  { "GlobalBoundaryPixelTracker", "<MetropolisAlgorithm>BoundaryWalker" },
  { "ParameterScan__CellSorting__", "fill in the template" },
  { "Models__amoebae__amoebae_2D__", "<Plugin Name=\"Chemotaxis\">" },
  { "PluginDemos__FPPDemo", "<Plugin Name=\"FocalPointPlasticity\">" },
  { "connectivity_global_fast_python", "<Plugin Name=\"ConnectivityGlobal\">" },
  { "CompartmentExample__CompartmentExampleNewStyle", "compartments" },
  { "PluginDemos__AdhesionFlexXML", "<Plugin Name=\"AdhesionFlex\">" },
  { "FitzhughNagumoThreecomp", "<Steppable Type=\"ReactionDiffusionSolverFE\">" },
  { "ReactionDiffusionSolverFVM__SimpleMassConservationDemo",
    "<Steppable Type=\"ReactionDiffusionSolverFVM\">" },
  { "steppableBasedMitosis__Simulation", "to Python" },
  { "RandomFieldInitializer", "<Steppable Type=\"RandomFieldInitializer\">" },
  { "CellDistance", "no initialiser" },
  { "cellsort_test_run", "<TestRun>" },
  { "PluginDemos__elongationTest__", "<Plugin Name=\"LengthConstraint\">" },
};

START_TEST (all_go_through)
{
  scenarios_check ("scenarios/cc3dml", "CompuCell3D", known, G_N_ELEMENTS (known), 19);
}
END_TEST

SUITE ("cc3dml-scenarios", all_go_through)
