/* SPDX-License-Identifier: MIT */
/* Reading the facade's configuration file. */
#define _GNU_SOURCE /* strtod_l(): numbers do not depend on the program's locale */
#include "settings.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const epns_settings *self, int line, epns_error *error, const char *format, ...)
{
  char why[160];
  va_list list;

  va_start(list, format);
  vsnprintf(why, sizeof why, format, list);
  va_end(list);
  *error = (epns_error){EPNS_ERROR, -1, -1, -1, -1, ""};
  snprintf(error->text, sizeof error->text, "%.60s:%d: %.150s", self->path, line, why);
  return 1;
}

static int slurp(epns_settings *self, epns_error *error)
{
  FILE *file = fopen(self->path, "rb");
  size_t room = 4096, n = 0, got;

  if (file == NULL) return refuse(self, 0, error, "%s; give a readable file", strerror(errno));
  self->text = malloc(room);
  while ((got = fread(self->text + n, 1, room - n - 1, file)) > 0)
    if ((n += got) == room - 1) self->text = realloc(self->text, room *= 2);
  self->text[n] = '\0';
  fclose(file);
  return 0;
}

static char *trim(char *text)
{
  size_t n;

  text += strspn(text, " \t\r");
  for (n = strlen(text); n > 0 && strchr(" \t\r", text[n - 1]); n--) text[n - 1] = '\0';
  return text;
}

int epns_settings_read(epns_settings *self, const char *path, epns_error *error)
{
  int line_number = 0;

  *self = (epns_settings){.path = strdup(path)};
  if (slurp(self, error)) return 1;
  for (char *line = self->text, *next; line != NULL; line = next) {
    line_number++;
    if ((next = strchr(line, '\n')) != NULL) *next++ = '\0';
    line[strcspn(line, "#")] = '\0';
    line = trim(line);
    if (*line == '\0') continue;
    char *value = strchr(line, '=');
    if (value == NULL) return refuse(self, line_number, error, "'%.40s': write NAME = VALUE", line);
    *value++ = '\0';
    line = trim(line);
    for (int i = 0; i < self->n; i++)
      if (strcmp(self->entries[i].name, line) == 0)
        return refuse(self, line_number, error, "%.40s is given twice; keep one", line);
    self->entries = realloc(self->entries, (size_t)(self->n + 1) * sizeof *self->entries);
    self->entries[self->n++] = (epns_setting){line, trim(value), line_number, 0};
  }
  return 0;
}

void epns_settings_free(epns_settings *self)
{
  free(self->path);
  free(self->text);
  free(self->entries);
}

static epns_setting *find(epns_settings *self, const char *name)
{
  for (int i = 0; i < self->n; i++)
    if (strcmp(self->entries[i].name, name) == 0) {
      self->entries[i].used = 1;
      return &self->entries[i];
    }
  return NULL;
}

const char *epns_settings_text(epns_settings *self, const char *name)
{
  epns_setting *entry = find(self, name);

  return entry ? entry->value : NULL;
}

/* The numbers of a text, at most room of them; -1 where something else is among them. */
static int numbers(const char *text, double *values, int room)
{
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  int n = 0;

  for (char *end; *text != '\0' && n >= 0; text = end + strspn(end, " \t,")) {
    double value = strtod_l(text, &end, plain);
    if (end == text || n == room || (*end != '\0' && !strchr(" \t,", *end))) {
      n = -1;
      break;
    }
    values[n++] = value;
  }
  freelocale(plain);
  return n;
}

int epns_settings_number(epns_settings *self, const char *name, double *value, epns_error *error)
{
  epns_setting *entry = find(self, name);

  if (entry != NULL && numbers(entry->value, value, 1) != 1)
    return refuse(self, entry->line, error, "%.40s: give a number", name);
  return 0;
}

/* Shape of n numbers: the axes whose extent is open share what the others leave. */
static int shape(const epns_field *field, int n, int64_t *extents)
{
  int open = 0;
  int64_t rest = n, all = 1;

  for (int axis = 0; axis < field->rank; axis++) {
    open += field->extent[axis] < 0;
    if (field->extent[axis] > 0) rest /= field->extent[axis];
  }
  int64_t side = open > 0 ? llround(pow((double)rest, 1.0 / open)) : 1;
  for (int axis = 0; axis < field->rank; axis++)
    all *= extents[axis] = field->extent[axis] < 0 ? side : field->extent[axis];
  return all == n && n > 0;
}

static int choice(const char *values, const char *wanted)
{
  size_t n = strlen(wanted);

  for (int i = 0; values != NULL; i++) {
    if (strncmp(values, wanted, n) == 0 && (values[n] == ',' || values[n] == '\0')) return i;
    values = strchr(values, ',');
    values += values != NULL;
  }
  return -1;
}

static void put(void *data, int32_t dtype, int64_t i, double value)
{
  switch (dtype) {
  case EPNS_I32: ((int32_t *)data)[i] = (int32_t)value; break;
  case EPNS_I64: ((int64_t *)data)[i] = (int64_t)value; break;
  case EPNS_F32: ((float *)data)[i] = (float)value; break;
  default: ((double *)data)[i] = value;
  }
}

int epns_settings_view(epns_settings *self, const epns_field *field, epns_view *view,
                       epns_error *error)
{
  static const int64_t sizes[] = {4, 8, 4, 8};
  epns_setting *entry = find(self, field->name);

  *view = (epns_view){NULL, field->dtype, field->rank, {0}, {0}, 0};
  if (entry == NULL) return 0;
  int room = (int)strlen(entry->value) / 2 + 1, named = choice(field->values, entry->value);
  double *values = malloc((size_t)room * sizeof *values);
  int n = named < 0 ? numbers(entry->value, values, room) : 1;
  if (named >= 0) values[0] = named;
  int whole = field->dtype == EPNS_I32 || field->dtype == EPNS_I64,
      fits = n > 0 && shape(field, n, view->shape);
  for (int i = 0; fits && whole && i < n; i++)
    fits = values[i] == floor(values[i]) && fabs(values[i]) < 2147483648.0;
  if (!fits) {
    free(values);
    return refuse(self, entry->line, error, "%.40s: give %s%s by (%.40s)", field->name,
                  whole ? "whole numbers" : "numbers", field->values ? " or a choice" : "",
                  field->axes);
  }
  view->data = malloc((size_t)(n * sizes[field->dtype]));
  for (int i = 0; i < n; i++) put(view->data, field->dtype, i, values[i]);
  int64_t bytes = sizes[field->dtype];
  for (int axis = field->rank - 1; axis >= 0; bytes *= view->shape[axis--])
    view->stride[axis] = bytes;
  free(values);
  return 0;
}

int epns_settings_rest(const epns_settings *self, epns_error *error)
{
  for (int i = 0; i < self->n; i++)
    if (!self->entries[i].used)
      return refuse(self, self->entries[i].line, error,
                    "%.40s is not known to this kind; take it away", self->entries[i].name);
  return 0;
}
