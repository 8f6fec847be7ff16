/* SPDX-License-Identifier: MIT */
/* Every function of BMI 2.0 on a lattice, and what is refused: hosts-bmi CONFIG LEARNED-CONFIG */
#include "epns_bmi.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLDS(what_)                                                                    \
  do                                                                                    \
    if (!(what_)) {                                                                     \
      printf("line %d: not so: %s (%s)\n", __LINE__, #what_, epns_bmi_error(&bmi));     \
      exit(1);                                                                          \
    }                                                                                   \
  while (0)
#define WORKS(call_) HOLDS((call_) == BMI_SUCCESS)
#define FAILS(call_, why_) HOLDS((call_) == BMI_FAILURE && strstr(epns_bmi_error(&bmi), why_))

static Bmi bmi;
static char text[2048];

static void sum(void) /* as examples/hosts/c/host.c has it */
{
  uint64_t sum = 14695981039346656037u;
  int32_t *id;

  WORKS(bmi.get_value_ptr(&bmi, "cell-id", (void **)&id));
  for (int i = 0; i < 64 * 64; i++) sum = (sum ^ (uint64_t)id[i]) * 1099511628211u;
  printf("%016llx\n", (unsigned long long)sum);
}

static void seed_tissue(void)
{
  static int32_t id[64][64], type[128];
  int first = 0, last = 127, beyond = 128, kind[2] = {0, 2};

  for (int y = 0; y < 35; y++)
    for (int x = 0; x < 35; x++) id[14 + y][14 + x] = 1 + y / 5 * 7 + x / 5;
  for (int cell = 1; cell < 128; cell++) type[cell] = 1 + cell % 2;
  WORKS(bmi.set_value(&bmi, "cell-id", id));
  WORKS(bmi.set_value(&bmi, "cell-type", type));
  WORKS(bmi.set_value_at_indices(&bmi, "cell-type", &first, 1, &kind[0]));
  WORKS(bmi.set_value_at_indices(&bmi, "cell-type", &last, 1, &kind[1]));
  FAILS(bmi.set_value_at_indices(&bmi, "cell-type", &beyond, 1, &kind[1]), "beyond");
  WORKS(bmi.get_value_at_indices(&bmi, "cell-type", kind, (int[]){127, 1}, 2));
  HOLDS(kind[0] == 2 && kind[1] == 2);
}

static void variables(void)
{
  char rooms[2][2048], *names[2] = {rooms[0], rooms[1]};
  int n;

  WORKS(bmi.get_component_name(&bmi, text));
  HOLDS(strcmp(text, "epns cpm") == 0);
  WORKS(bmi.get_input_item_count(&bmi, &n));
  HOLDS(n == 2);
  WORKS(bmi.get_input_var_names(&bmi, names));
  HOLDS(!strcmp(names[0], "cell-id") && !strcmp(names[1], "cell-type"));
  WORKS(bmi.get_output_item_count(&bmi, &n));
  HOLDS(n == 2);
  WORKS(bmi.get_output_var_names(&bmi, names));
  HOLDS(!strcmp(names[0], "cell-id") && !strcmp(names[1], "hamiltonian"));
  WORKS(bmi.get_var_type(&bmi, "cell-id", text));
  HOLDS(strcmp(text, "int") == 0);
  WORKS(bmi.get_var_units(&bmi, "cell-id", text));
  HOLDS(strcmp(text, "1") == 0);
  WORKS(bmi.get_var_itemsize(&bmi, "hamiltonian", &n));
  HOLDS(n == 8);
  WORKS(bmi.get_var_nbytes(&bmi, "cell-id", &n));
  HOLDS(n == 64 * 64 * 4);
  WORKS(bmi.get_var_location(&bmi, "cell-id", text));
  HOLDS(strcmp(text, "node") == 0);
  FAILS(bmi.get_var_units(&bmi, "cell-mood", text), "cell-mood");
}

static void grids(void)
{
  double numbers[3];
  int grid, other, shape[3], n;

  WORKS(bmi.get_var_grid(&bmi, "cell-id", &grid));
  WORKS(bmi.get_grid_type(&bmi, grid, text));
  HOLDS(strcmp(text, "uniform_rectilinear") == 0);
  WORKS(bmi.get_grid_rank(&bmi, grid, &n));
  HOLDS(n == 3);
  WORKS(bmi.get_grid_size(&bmi, grid, &n));
  HOLDS(n == 64 * 64);
  WORKS(bmi.get_grid_node_count(&bmi, grid, &n));
  HOLDS(n == 64 * 64);
  WORKS(bmi.get_grid_shape(&bmi, grid, shape));
  HOLDS(shape[0] == 1 && shape[1] == 64 && shape[2] == 64);
  WORKS(bmi.get_grid_spacing(&bmi, grid, numbers));
  HOLDS(numbers[2] == 1);
  WORKS(bmi.get_grid_origin(&bmi, grid, numbers));
  HOLDS(numbers[2] == 0);
  WORKS(bmi.get_var_grid(&bmi, "hamiltonian", &other));
  WORKS(bmi.get_grid_type(&bmi, other, text));
  HOLDS(other != grid && strcmp(text, "scalar") == 0);
  FAILS(bmi.get_grid_shape(&bmi, other, shape), "not asked");
  WORKS(bmi.get_var_grid(&bmi, "cell-type", &other));
  WORKS(bmi.get_grid_type(&bmi, other, text));
  HOLDS(strcmp(text, "none") == 0);
  FAILS(bmi.get_grid_spacing(&bmi, other, numbers), "not asked");
  FAILS(bmi.get_grid_rank(&bmi, 77, &n), "no such grid");
  FAILS(bmi.get_grid_x(&bmi, grid, numbers), "rectilinear");
  FAILS(bmi.get_grid_y(&bmi, grid, numbers), "rectilinear");
  FAILS(bmi.get_grid_z(&bmi, grid, numbers), "rectilinear");
  FAILS(bmi.get_grid_edge_count(&bmi, grid, &n), "unstructured");
  FAILS(bmi.get_grid_face_count(&bmi, grid, &n), "unstructured");
  FAILS(bmi.get_grid_edge_nodes(&bmi, grid, &n), "unstructured");
  FAILS(bmi.get_grid_face_edges(&bmi, grid, &n), "unstructured");
  FAILS(bmi.get_grid_face_nodes(&bmi, grid, &n), "unstructured");
  FAILS(bmi.get_grid_nodes_per_face(&bmi, grid, &n), "unstructured");
}

static void stepping(void)
{
  static int32_t before[64 * 64], after[64 * 64];
  double time, energy;

  WORKS(bmi.get_time_units(&bmi, text));
  HOLDS(strcmp(text, "MCS") == 0);
  WORKS(bmi.get_start_time(&bmi, &time));
  HOLDS(time == 0);
  WORKS(bmi.get_end_time(&bmi, &time));
  HOLDS(time == 1000);
  WORKS(bmi.get_time_step(&bmi, &time));
  HOLDS(time == 1);
  WORKS(bmi.update(&bmi));
  WORKS(bmi.update_until(&bmi, 100));
  WORKS(bmi.update_until(&bmi, 100));
  WORKS(bmi.get_current_time(&bmi, &time));
  HOLDS(time == 100);
  WORKS(bmi.get_value(&bmi, "hamiltonian", &energy));
  HOLDS(energy > 0);
  sum();
  FAILS(bmi.update_until(&bmi, 50), "whole steps");
  FAILS(bmi.update_until(&bmi, 100.5), "whole steps");

  /* A cell beyond the room for its type: refused, and all is as it was. */
  WORKS(bmi.set_value_at_indices(&bmi, "cell-id", (int[]){5}, 1, (int[]){128}));
  WORKS(bmi.get_value(&bmi, "cell-id", before));
  FAILS(bmi.update(&bmi), "128");
  WORKS(bmi.get_value(&bmi, "cell-id", after));
  HOLDS(memcmp(before, after, sizeof before) == 0);
  WORKS(bmi.get_current_time(&bmi, &time));
  HOLDS(time == 100);
  WORKS(bmi.set_value_at_indices(&bmi, "cell-id", (int[]){5}, 1, (int[]){0}));
  WORKS(bmi.update(&bmi));
}

static void refused(const char *settings, const char *why)
{
  FILE *file = fopen("refused.bmi", "w");

  fputs(settings, file);
  fclose(file);
  FAILS(bmi.initialize(&bmi, "refused.bmi"), why);
  FAILS(bmi.update(&bmi), "initialize()");
}

int main(int argc, char **argv)
{
  if (argc < 3) return 2;
  WORKS(epns_bmi_register(&bmi));
  WORKS(bmi.initialize(&bmi, argv[1]));
  seed_tissue();
  variables();
  grids();
  stepping();

  /* A learned step from its own settings, by the same calls. */
  WORKS(bmi.initialize(&bmi, argv[2]));
  seed_tissue();
  WORKS(bmi.update(&bmi));
  double time;
  WORKS(bmi.get_current_time(&bmi, &time));
  HOLDS(time == 50);
  sum();

  refused("kind = cpm\naxis.z = 1\naxis.y = 4\naxis.cell = 3\n", "axis.x");
  refused("kind = cpm\naxis.z=1\naxis.y=4\naxis.x=4\naxis.cell=3\nmood = 3\n", "bmi:6: mood");
  refused("kind = cpm\ntemperature = warm\n", "refused.bmi:2: temperature");
  refused("kind = cpm\ntemperature = 1\ntemperature = 1\n", "bmi:3: temperature is given twice");
  refused("kind = cpm\ncontact-energy = 1 2 3\n", "refused.bmi:2: contact-energy");
  refused("kind = cpm\nneighbor-order = 1.5\n", "whole numbers");
  refused("kind = cpm\nsomething\n", "NAME = VALUE");
  refused("kind = cmp\n", "no plugin offers kind 'cmp'");
  refused("temperature = 1\n", "'kind'");
  refused("kind = epns-lattice\nsource = gone\n", "gone: cannot be read");
  FAILS(bmi.initialize(&bmi, "no.bmi"), "no.bmi:");
  WORKS(bmi.finalize(&bmi));
  WORKS(bmi.finalize(&bmi));
  return 0;
}
