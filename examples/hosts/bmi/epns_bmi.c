/* SPDX-License-Identifier: MIT */
/* BMI 2.0 in front of the step interface. The facade holds the arrays a kind exchanges: STATE is
 * input and output of BMI, INPUT input, OUTPUT output. An optional INPUT is lent once it has been
 * set. Grids are the distinct sets of axes: lattices are uniform_rectilinear with sites 1 apart,
 * numbers scalar, all else is an array without a geometry, `none`. */
#define _POSIX_C_SOURCE 200809L /* strdup() is no C11 */
#include "epns_bmi.h"
#include "settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  epns_settings settings;
  const epns_kind *kind;
  epns_model *model;
  epns_run *run;
  const epns_field *fields; /* [n_params + n_views] */
  const char *time_unit;
  uint32_t n_params, n_views;
  epns_view *params, *views; /* memory is the facade's */
  int *lent;                 /* [n_views] */
  double time, dt, end;
  epns_error error;
} Facade;

static const int sizes[] = {4, 8, 4, 8};
static const char *const types[] = {"int", "long", "float", "double"};

static int fail(Facade *self, const char *what, const char *name)
{
  self->error = (epns_error){EPNS_ERROR, -1, -1, -1, -1, ""};
  snprintf(self->error.text, sizeof self->error.text, "%s '%.60s'", what, name);
  return BMI_FAILURE;
}

static const epns_field *field_of(const Facade *self, int i)
{
  return &self->fields[self->n_params + (uint32_t)i];
}

static int is_input(const epns_field *field)
{
  return field->role == EPNS_STATE || field->role == EPNS_INPUT;
}
static int is_output(const epns_field *field)
{
  return field->role == EPNS_STATE || field->role == EPNS_OUTPUT;
}

static int64_t count_of(const epns_view *view)
{
  int64_t n = 1;

  for (int axis = 0; axis < view->rank; axis++) n *= view->shape[axis];
  return n;
}

/* The view called name, or -1. */
static int find(Facade *self, const char *name)
{
  for (int i = 0; self->fields != NULL && i < (int)self->n_views; i++)
    if (self->views[i].data != NULL && strcmp(field_of(self, i)->name, name) == 0) return i;
  fail(self, "there is no variable", name);
  return -1;
}

/* The first view with the axes of view i: its number is the grid's. */
static int grid_of(const Facade *self, int i)
{
  int grid = 0;

  while (self->views[grid].data == NULL
         || strcmp(field_of(self, grid)->axes, field_of(self, i)->axes))
    grid++;
  return grid;
}

static int has_grid(Facade *self, int grid)
{
  if (grid >= 0 && grid < (int)self->n_views && self->views[grid].data
      && grid_of(self, grid) == grid)
    return 1;
  fail(self, "there is no such grid;", "get_var_grid() tells");
  return 0;
}

/* Setting up */

/* The extent of an axis: the setting axis.NAME, or what the field fixes. `left` is at its name. */
static int64_t extent(Facade *self, const epns_field *field, int axis, const char *left)
{
  char name[64];
  double n = (double)field->extent[axis];

  snprintf(name, sizeof name, "axis.%.*s", (int)strcspn(left, ","), left);
  if (epns_settings_number(&self->settings, name, &n, &self->error)) return -1;
  if (field->extent[axis] > 0 && n != (double)field->extent[axis])
    return fail(self, "the model fixes another extent than", name), -1;
  if (n >= 1 && n < 2147483648.0 && n == floor(n)) return (int64_t)n;
  return fail(self, "give a whole number, 1 or more, for", name), -1;
}

static int hold(Facade *self, int i)
{
  const epns_field *field = field_of(self, i);
  epns_view *view = &self->views[i];
  const char *axes = field->axes;

  *view = (epns_view){NULL, field->dtype, field->rank, {0}, {0}, 0};
  for (int axis = 0; axis < field->rank; axis++) {
    if ((view->shape[axis] = extent(self, field, axis, axes)) < 0) return BMI_FAILURE;
    axes += strcspn(axes, ",") + (strchr(axes, ',') != NULL);
  }
  int64_t bytes = sizes[field->dtype];
  for (int axis = field->rank - 1; axis >= 0; bytes *= view->shape[axis--])
    view->stride[axis] = bytes;
  view->room = field->rank > 0 ? view->shape[0] : 0;
  view->data = calloc(1, (size_t)bytes);
  self->lent[i] = !(field->optional && field->role == EPNS_INPUT);
  return BMI_SUCCESS;
}

static int open_model(Facade *self)
{
  const char *id = epns_settings_text(&self->settings, "kind");
  uint32_t n;

  if (id == NULL) return fail(self, "the configuration lacks", "kind");
  self->kind = epns_load_kind(epns_settings_text(&self->settings, "plugin"), id, &self->error);
  if (!self->kind) return BMI_FAILURE;
  if (self->kind->open(NULL, epns_settings_text(&self->settings, "source"), &self->model,
                       &self->error))
    return BMI_FAILURE;
  self->fields = self->kind->fields(self->model, &n, &self->dt, &self->time_unit);
  if (self->time_unit == NULL) self->time_unit = self->kind->time_unit;
  while (self->n_params < n && self->fields[self->n_params].role == EPNS_PARAM) self->n_params++;
  self->n_views = n - self->n_params;
  self->params = calloc(n + 1, sizeof *self->params);
  self->views = calloc(n + 1, sizeof *self->views);
  self->lent = calloc(n + 1, sizeof *self->lent);
  return BMI_SUCCESS;
}

static int start(Facade *self)
{
  double seed = 1, stream = 0;

  if (epns_settings_number(&self->settings, "seed", &seed, &self->error)
      || epns_settings_number(&self->settings, "stream", &stream, &self->error)
      || epns_settings_number(&self->settings, "end-time", &self->end, &self->error)
      || epns_settings_number(&self->settings, "time-step", &self->dt, &self->error))
    return BMI_FAILURE;
  for (uint32_t i = 0; i < self->n_params; i++)
    if (epns_settings_view(&self->settings, &self->fields[i], &self->params[i], &self->error))
      return BMI_FAILURE;
  for (int i = 0; i < (int)self->n_views; i++)
    if (hold(self, i)) return BMI_FAILURE;
  if (epns_settings_rest(&self->settings, &self->error)) return BMI_FAILURE;
  return self->kind->start(self->model, self->params, self->n_params, (uint64_t)seed,
                           (uint64_t)stream, &self->run, &self->error)
                 == EPNS_OK
             ? BMI_SUCCESS
             : BMI_FAILURE;
}

static int finalize(Bmi *bmi)
{
  Facade *self = bmi->data;

  if (self == NULL) return BMI_SUCCESS;
  if (self->run) self->kind->stop(self->run);
  for (uint32_t i = 0; self->params && i < self->n_params; i++) free(self->params[i].data);
  for (uint32_t i = 0; self->views && i < self->n_views; i++) free(self->views[i].data);
  free(self->params);
  free(self->views);
  free(self->lent);
  if (self->model) self->kind->close(self->model);
  epns_settings_free(&self->settings);
  free(self);
  bmi->data = NULL;
  return BMI_SUCCESS;
}

static int initialize(Bmi *bmi, const char *path)
{
  finalize(bmi);
  Facade *self = bmi->data = calloc(1, sizeof *self);
  self->end = HUGE_VAL;
  if (epns_settings_read(&self->settings, path, &self->error) || open_model(self))
    return BMI_FAILURE;
  return start(self);
}

/* Stepping */

static int advance(Facade *self, uint32_t n)
{
  epns_view *views = malloc((self->n_views + 1) * sizeof *views);
  epns_frame frame = {views, self->n_views, EPNS_OK, 0};

  if (self->run == NULL) {
    free(views);
    return fail(self, "call with success, first,", "initialize()");
  }
  for (uint32_t i = 0; i < self->n_views; i++) {
    views[i] = self->views[i];
    if (!self->lent[i]) views[i].data = NULL;
  }
  epns_status status = self->kind->step(&self->run, &frame, 1, n, self->dt, &self->error);
  free(views);
  if (status != EPNS_OK) return BMI_FAILURE;
  self->time += n * self->dt;
  return BMI_SUCCESS;
}

static int update(Bmi *bmi) { return advance(bmi->data, 1); }

static int update_until(Bmi *bmi, double then)
{
  Facade *self = bmi->data;
  double n = round((then - self->time) / self->dt);

  if (!(n >= 0 && n < 4294967296.0)
      || fabs(self->time + n * self->dt - then) > 1e-9 * self->dt * (n + 1))
    return fail(self, "a time must be ahead by whole steps of", "get_time_step()");
  return n > 0 ? advance(self, (uint32_t)n) : BMI_SUCCESS;
}

/* What there is */

static int get_component_name(Bmi *bmi, char *name)
{
  Facade *self = bmi->data;

  snprintf(name, 2048, "epns %s", self->kind ? self->kind->id : "");
  return BMI_SUCCESS;
}

static int list(Facade *self, int (*wanted)(const epns_field *), char **names)
{
  int n = 0;

  for (int i = 0; i < (int)self->n_views; i++)
    if (wanted(field_of(self, i))) {
      if (names) snprintf(names[n], 2048, "%s", field_of(self, i)->name);
      n++;
    }
  return n;
}

static int get_input_item_count(Bmi *bmi, int *n)
{
  return *n = list(bmi->data, is_input, NULL), BMI_SUCCESS;
}
static int get_output_item_count(Bmi *bmi, int *n)
{
  return *n = list(bmi->data, is_output, NULL), BMI_SUCCESS;
}
static int get_input_var_names(Bmi *bmi, char **names)
{
  return list(bmi->data, is_input, names), BMI_SUCCESS;
}
static int get_output_var_names(Bmi *bmi, char **names)
{
  return list(bmi->data, is_output, names), BMI_SUCCESS;
}

static int is_lattice(const epns_field *field) { return strcmp(field->axes, "z,y,x") == 0; }

/* Functions of a variable: `i` is its view, `view` that, `field` its field. */
#define VARIABLE(name_, to_, does_)                                                                \
  static int name_(Bmi *bmi, const char *name, to_)                                                \
  {                                                                                                \
    Facade *self = bmi->data;                                                                      \
    int i = find(self, name);                                                                      \
    const epns_view *view = i < 0 ? NULL : &self->views[i];                                        \
    const epns_field *field = i < 0 ? NULL : field_of(self, i);                                    \
    if (i < 0) return BMI_FAILURE;                                                                 \
    (void)view, (void)field;                                                                       \
    does_;                                                                                         \
    return BMI_SUCCESS;                                                                            \
  }

VARIABLE(get_var_grid, int *grid, *grid = grid_of(self, i))
VARIABLE(get_var_type, char *type, strcpy(type, types[view->dtype]))
VARIABLE(get_var_units, char *units, snprintf(units, 2048, "%s", field->unit))
VARIABLE(get_var_itemsize, int *size, *size = sizes[view->dtype])
VARIABLE(get_var_nbytes, int *n, *n = (int)count_of(view) * sizes[view->dtype])
VARIABLE(get_var_location, char *location,
         strcpy(location, field->rank == 0 || is_lattice(field) ? "node" : "none"))
VARIABLE(get_value, void *to, memcpy(to, view->data, (size_t)(count_of(view) * sizes[view->dtype])))
VARIABLE(get_value_ptr, void **values, (self->lent[i] = 1, *values = view->data))
VARIABLE(set_value, void *from,
         (self->lent[i] = 1,
          memcpy(view->data, from, (size_t)(count_of(view) * sizes[view->dtype]))))

/* Copy n values between an array and the places of a variable; refused before the first is copied.
 */
static int pick(Bmi *bmi, const char *name, char *values, const int *indices, int n, int set)
{
  Facade *self = bmi->data;
  int i = find(self, name);

  if (i < 0) return BMI_FAILURE;
  for (int k = 0; k < n; k++)
    if (indices[k] < 0 || indices[k] >= count_of(&self->views[i]))
      return fail(self, "an index is beyond the end of", name);
  size_t size = (size_t)sizes[self->views[i].dtype];
  for (int k = 0; k < n; k++) {
    char *at = (char *)self->views[i].data + (size_t)indices[k] * size,
         *value = values + (size_t)k * size;
    memcpy(set ? at : value, set ? value : at, size);
  }
  self->lent[i] |= set;
  return BMI_SUCCESS;
}

static int get_value_at_indices(Bmi *bmi, const char *name, void *to, int *indices, int n)
{
  return pick(bmi, name, to, indices, n, 0);
}

static int set_value_at_indices(Bmi *bmi, const char *name, int *indices, int n, void *from)
{
  return pick(bmi, name, from, indices, n, 1);
}

static int get_current_time(Bmi *bmi, double *time)
{
  return *time = ((Facade *)bmi->data)->time, BMI_SUCCESS;
}
static int get_start_time(Bmi *bmi, double *time) { return (void)bmi, *time = 0, BMI_SUCCESS; }
static int get_end_time(Bmi *bmi, double *time)
{
  return *time = ((Facade *)bmi->data)->end, BMI_SUCCESS;
}
static int get_time_step(Bmi *bmi, double *dt)
{
  return *dt = ((Facade *)bmi->data)->dt, BMI_SUCCESS;
}

static int get_time_units(Bmi *bmi, char *units)
{
  const char *unit = ((Facade *)bmi->data)->time_unit;

  return snprintf(units, 2048, "%s", unit ? unit : "1"), BMI_SUCCESS;
}

/* Grids */

#define GRID(name_, to_, holds_, does_)                                                            \
  static int name_(Bmi *bmi, int grid, to_)                                                        \
  {                                                                                                \
    Facade *self = bmi->data;                                                                      \
    if (!has_grid(self, grid)) return BMI_FAILURE;                                                 \
    const epns_view *view = &self->views[grid];                                                    \
    const epns_field *field = field_of(self, grid);                                                \
    (void)field;                                                                                   \
    if (!(holds_)) return fail(self, "that is not asked of a grid by", field->axes);               \
    does_;                                                                                         \
    return BMI_SUCCESS;                                                                            \
  }

GRID(get_grid_rank, int *rank, 1, *rank = view->rank)
GRID(get_grid_size, int *size, 1, *size = (int)count_of(view))
GRID(get_grid_node_count, int *n, 1, *n = (int)count_of(view))
GRID(get_grid_type, char *type, 1,
     strcpy(type, view->rank == 0     ? "scalar"
                  : is_lattice(field) ? "uniform_rectilinear"
                                      : "none"))
GRID(get_grid_shape, int *shape, view->rank > 0,
     for (int axis = 0; axis < view->rank; axis++) shape[axis] = (int)view->shape[axis])
GRID(get_grid_spacing, double *spacing, is_lattice(field),
     for (int axis = 0; axis < view->rank; axis++) spacing[axis] = 1)
GRID(get_grid_origin, double *origin, is_lattice(field),
     for (int axis = 0; axis < view->rank; axis++) origin[axis] = 0)

static int no_coordinates(Bmi *bmi, int grid, double *values)
{
  return (void)grid, (void)values, fail(bmi->data, "no grid here is", "rectilinear");
}

static int no_mesh(Bmi *bmi, int grid, int *values)
{
  return (void)grid, (void)values, fail(bmi->data, "no grid here is", "unstructured");
}

int epns_bmi_register(Bmi *bmi)
{
  *bmi = (Bmi){
      .initialize = initialize,
      .update = update,
      .update_until = update_until,
      .finalize = finalize,
      .get_component_name = get_component_name,
      .get_input_item_count = get_input_item_count,
      .get_output_item_count = get_output_item_count,
      .get_input_var_names = get_input_var_names,
      .get_output_var_names = get_output_var_names,
      .get_var_grid = get_var_grid,
      .get_var_type = get_var_type,
      .get_var_units = get_var_units,
      .get_var_itemsize = get_var_itemsize,
      .get_var_nbytes = get_var_nbytes,
      .get_var_location = get_var_location,
      .get_current_time = get_current_time,
      .get_start_time = get_start_time,
      .get_end_time = get_end_time,
      .get_time_units = get_time_units,
      .get_time_step = get_time_step,
      .get_value = get_value,
      .get_value_ptr = get_value_ptr,
      .get_value_at_indices = get_value_at_indices,
      .set_value = set_value,
      .set_value_at_indices = set_value_at_indices,
      .get_grid_rank = get_grid_rank,
      .get_grid_size = get_grid_size,
      .get_grid_type = get_grid_type,
      .get_grid_shape = get_grid_shape,
      .get_grid_spacing = get_grid_spacing,
      .get_grid_origin = get_grid_origin,
      .get_grid_x = no_coordinates,
      .get_grid_y = no_coordinates,
      .get_grid_z = no_coordinates,
      .get_grid_node_count = get_grid_node_count,
      .get_grid_edge_count = no_mesh,
      .get_grid_face_count = no_mesh,
      .get_grid_edge_nodes = no_mesh,
      .get_grid_face_edges = no_mesh,
      .get_grid_face_nodes = no_mesh,
      .get_grid_nodes_per_face = no_mesh,
  };
  return BMI_SUCCESS;
}

const char *epns_bmi_error(const Bmi *bmi)
{
  const Facade *self = bmi->data;

  return self ? self->error.text : "initialize() has not been called";
}
