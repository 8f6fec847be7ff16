/* SPDX-License-Identifier: MIT */
/* A configuration file of lines NAME = VALUE, `#` begins a comment. Names are
 *   kind, source, plugin   what to open, as epns_load_kind() and open() take it
 *   seed, stream           [1, 0]
 *   end-time, time-step    in the kind's unit of time [infinity, its native one]
 *   axis.NAME              extent of an axis of the exchanged arrays: axis.x = 64
 *   anything else          a parameter of the kind: its numbers in C order, or a choice by name */
#ifndef EPNS_BMI_SETTINGS_H
#define EPNS_BMI_SETTINGS_H
#include <epns_loader.h>

typedef struct {
  char *name, *value;
  int line, used;
} epns_setting;

typedef struct {
  char *path, *text; /* text is cut into the entries' strings */
  epns_setting *entries;
  int n;
} epns_settings;

/* 0, or nonzero with *error saying why. Free in either case. */
int epns_settings_read(epns_settings *self, const char *path, epns_error *error);
void epns_settings_free(epns_settings *self);

/* The value of a name, NULL where it is absent; it counts as used. */
const char *epns_settings_text(epns_settings *self, const char *name);

/* *value is left as it is where the name is absent. */
int epns_settings_number(epns_settings *self, const char *name, double *value, epns_error *error);

/* A view of a parameter's numbers, in memory of malloc(); data is NULL where the name is absent. */
int epns_settings_view(epns_settings *self, const epns_field *field, epns_view *view,
                       epns_error *error);

/* Refuse the first entry that nobody used. */
int epns_settings_rest(const epns_settings *self, epns_error *error);

#endif
