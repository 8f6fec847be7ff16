/* SPDX-License-Identifier: MIT */
/* A host of its own: two cells on a 32 x 32 lattice, stepped by whatever kind is named. */
#include <epns_loader.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
  static int32_t id[32][32], type[3] = {0, 1, 1};
  double temperature = 10, target[2] = {0, 64}, strength[2] = {0, 2}, contact[2][2] = {{0, 16}, {16, 2}};
  const epns_view params[] = {{&temperature, EPNS_F64, 0, {0}, {0}, 0}, {target, EPNS_F64, 1, {2}, {8}, 0},
                              {strength, EPNS_F64, 1, {2}, {8}, 0}, {contact, EPNS_F64, 2, {2, 2}, {16, 8}, 0}};
  const char *names[] = {"temperature", "target-volume", "volume-strength", "contact-energy"};
  epns_view given[32] = {{0}}, state[8] = {{0}};
  epns_error error;
  epns_model *model;
  epns_run *run;
  uint32_t n_fields, n_params = 0;

  for (int i = 0; i < 128; i++) id[12 + i / 16][8 + i % 16] = 1 + i % 16 / 8; /* two 8 x 8 cells side by side */
  const epns_kind *kind = epns_load_kind(NULL, "cpm", &error);
  if (!kind || kind->open(NULL, NULL, &model, &error)) return puts(error.text), 1;
  const epns_field *fields = kind->fields(model, &n_fields, NULL, NULL);
  while (fields[n_params].role == EPNS_PARAM) n_params++;
  for (int i = 0; i < 4; i++) given[epns_find_field(fields, n_fields, names[i])] = params[i];
  state[epns_find_field(fields, n_fields, "cell-id") - (int)n_params] = (epns_view){id, EPNS_I32, 3, {1, 32, 32}, {4096, 128, 4}, 1};
  state[epns_find_field(fields, n_fields, "cell-type") - (int)n_params] = (epns_view){type, EPNS_I32, 1, {3}, {4}, 3};
  epns_frame frame = {state, n_fields - n_params, 0, 0};
  if (kind->start(model, given, n_params, 1, 0, &run, &error)) return puts(error.text), 1;
  if (kind->step(&run, &frame, 1, 100, 1.0, &error)) return puts(error.text), 1; /* 100 Monte Carlo steps */
  for (int y = 8; y < 24; y++, puts("")) for (int x = 4; x < 28; x++) putchar(".12"[id[y][x]]);
  kind->stop(run);
  kind->close(model);
  return 0;
}
