/* SPDX-License-Identifier: MIT */
/* A simulator whose step is chosen by name while it runs. Each argument is a leg, KIND:MCS[:MODEL]:
 *   host cpm:100 epns-lattice:100:/path/to/cellsort cpm:20 */
#include <epns_loader.h>
#include <stdio.h>

enum { SIDE = 64, ROOM = 128, MAX_FIELDS = 64, N_PARAMETERS = 6 };
typedef struct { int32_t cell; float nutrient; } Site; /* the plugin steps over the nutrient */
typedef struct { Site site[SIDE][SIDE]; int32_t type[ROOM]; } Tissue;

static double temperature = 10, target[3] = {0, 25, 25}, strength[3] = {0, 2, 2};
static double contact[3][3] = {{0, 16, 16}, {16, 2, 11}, {16, 11, 14}};
static int32_t order = 2;
static const struct { const char *name; epns_view view; } parameters[N_PARAMETERS] = {
  {"temperature", {&temperature, EPNS_F64, 0, {0}, {0}, 0}},
  {"target-volume", {target, EPNS_F64, 1, {3}, {8}, 0}},
  {"volume-strength", {strength, EPNS_F64, 1, {3}, {8}, 0}},
  {"contact-energy", {contact, EPNS_F64, 2, {3, 3}, {24, 8}, 0}},
  {"neighbor-order", {&order, EPNS_I32, 0, {0}, {0}, 0}},
  {"contact-neighbor-order", {&order, EPNS_I32, 0, {0}, {0}, 0}},
};

static void seed_tissue(Tissue *tissue) /* 7 x 7 cells of 25 sites, the two types in turn */
{
  for (int y = 0; y < 35; y++)
    for (int x = 0; x < 35; x++) tissue->site[14 + y][14 + x].cell = 1 + y / 5 * 7 + x / 5;
  for (int cell = 1; cell < ROOM; cell++) tissue->type[cell] = 1 + cell % 2;
}

static void lend(epns_view *to, const epns_field *fields, uint32_t n, const char *name, epns_view v)
{
  int32_t at = epns_find_field(fields, n, name);
  if (at >= 0) to[at] = v; /* a kind that does not ask for it does without */
}

/* Step the tissue by mcs of whatever is named; leg tells the random numbers of one leg from the
 * next's. On failure *error says why, and the tissue is as it was. */
static epns_status advance(Tissue *tissue, const char *id, const char *source, double mcs,
                           uint64_t leg, epns_error *error)
{
  epns_view ids = {tissue->site, EPNS_I32, 3, {1, SIDE, SIDE},
                   {sizeof tissue->site, sizeof tissue->site[0], sizeof(Site)}, 1};
  epns_view types = {tissue->type, EPNS_I32, 1, {ROOM}, {sizeof(int32_t)}, ROOM};
  epns_view views[MAX_FIELDS] = {{0}}; /* one a field, in the kind's order; absent where not lent */
  epns_model *model;
  epns_run *run;
  uint32_t n, n_params = 0;
  double dt;

  const epns_kind *kind = epns_load_kind(NULL, id, error);
  if (!kind || kind->open(NULL, source, &model, error)) return error->status;
  const epns_field *fields = kind->fields(model, &n, &dt, NULL);
  if (n > MAX_FIELDS) n = MAX_FIELDS; /* start() refuses a wrong number of parameters */
  for (int i = 0; i < N_PARAMETERS; i++)
    lend(views, fields, n, parameters[i].name, parameters[i].view);
  lend(views, fields, n, "cell-id", ids);
  lend(views, fields, n, "cell-type", types);
  while (n_params < n && fields[n_params].role == EPNS_PARAM) n_params++; /* they come first */
  epns_status status = kind->start(model, views, n_params, 1, leg, &run, error);
  if (status == EPNS_OK) {
    epns_frame frame = {views + n_params, n - n_params, EPNS_OK, 0};
    uint32_t steps = mcs < dt ? 1 : (uint32_t)(mcs / dt); /* no whole number of them: refused */
    status = kind->step(&run, &frame, 1, steps, mcs / steps, error);
    kind->stop(run);
  }
  kind->close(model);
  return status;
}

static void report(const Tissue *tissue, const char *leg)
{
  uint64_t sum = 14695981039346656037u; /* FNV-1a: one number for where every cell is */
  int sites = 0;
  for (int i = 0; i < SIDE * SIDE; i++) {
    int32_t cell = tissue->site[i / SIDE][i % SIDE].cell;
    sum = (sum ^ (uint64_t)cell) * 1099511628211u;
    sites += cell > 0;
  }
  printf("%s: %d sites of cells, sum %016llx\n", leg, sites, (unsigned long long)sum);
}

int main(int argc, char **argv)
{
  static Tissue tissue;
  int failed = 0;
  seed_tissue(&tissue);
  report(&tissue, "start");
  for (int leg = 1; leg < argc; leg++) {
    char id[32], source[1024];
    double mcs = 1;
    epns_error error;
    int given = sscanf(argv[leg], "%31[^:]:%lf:%1023[^\n]", id, &mcs, source);
    if (given < 1 || advance(&tissue, id, given < 3 ? NULL : source, mcs, (uint64_t)leg, &error))
      failed = printf("refused: %s\n", given < 1 ? "a leg is KIND:MCS[:MODEL]" : error.text);
    report(&tissue, argv[leg]);
  }
  return failed != 0;
}
