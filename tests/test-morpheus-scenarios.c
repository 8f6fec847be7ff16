/* SPDX-License-Identifier: MIT */
/* Real Morpheus files: each is read, or refused for its true reason with its line. */
#include "adapters/scenario.h"
#include "tests/scenarios.h"

/* Part of the file's name, and what must be said: NULL where the file runs. */
static const ScenarioExpectation known[] = {
  { "CPM__CellSorting_3D", NULL },
  { "test_cell_death_alt", NULL }, /* what dies is of a type without cells */
  { "CPM__ConvergentExtension", "<PersistentMotion>" },
  { "CPM__Crypt", "<ChangeCellType>" },
  { "CPM__Proliferation_2D", "<CellDivision>" },
  { "CPM__Protrusion.xml", "<Protrusion>" },
  { "CPM__Protrusion_3D", "<Protrusion>" },
  { "CPM__Stigmergy", "<PersistentMotion>" },
  { "Multiscale__CellCycle", "<CellDivision>" },
  { "Multiscale__CellPolarity.xml", "<Chemotaxis>" },
  { "Multiscale__CellPolarity_3D", "<Chemotaxis>" },
  { "Multiscale__ExcitableTissue", "it depends on v, which <DiffEqn> in line 74 changes" },
  { "test_add_cell_1", "<AddCell>" },
  { "motility__tests__dir_motion", "<DirectedMotion>" },
  { "testing__model", "<DirectedMotion>" },
  { "FrenchFlag", "has no <CPM>" },
  { "GameOfLife.xml", "has no <CPM>" },
  { "GameOfLife_Global", "has no <CPM>" },
  { "ParticleAggregation", "has no <CPM>" },
  { "Multiscale__PCP", "has no <CPM>" },
  { "PlanarCellPolarity", "has no <CPM>" },
  { "PredatorPrey", "has no <CPM>" },
  { "ActivatorInhibitor", "has no <CPM>" },
  { "ExcitableMedium_3D", "has no <CPM>" },
  { "field_diffusion_001", "has no <CPM>" },
  { "field_initialization_001", "has no <CPM>" },
  { "const_function_unordered", "has no <CPM>" },
  { "vector_intialization", "has no <CPM>" },
};

START_TEST (all_go_through)
{
  scenarios_check ("scenarios/morpheusml", "Morpheus", known, G_N_ELEMENTS (known), 2);
}
END_TEST

SUITE ("morpheus-scenarios", all_go_through)
