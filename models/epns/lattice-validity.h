/* SPDX-License-Identifier: MIT */
/* Where a learned lattice step may be trusted, held against what a host asks of it. The parameters
 * that a model was trained at are no inputs of its network (but for lattice-told.h): a host may
 * state them all the same, as it would to the step that the model replaces, and is told where they
 * differ. */
#pragma once
#include "models/description.h"
#include "plugin/epns_step.h"

typedef struct _EpnsLatticeValidity EpnsLatticeValidity;

/* Copies what it needs. description NULL, or one that states nothing: anything goes. [any] */
EpnsLatticeValidity *epns_lattice_validity_new (const EpnsModelDescription *description);
void                 epns_lattice_validity_free (EpnsLatticeValidity *self);

/* Sites a cell had in training; 0 and infinity where nothing is stated. [model] */
EpnsValidRange epns_lattice_validity_volume (const EpnsLatticeValidity *self);

/* Optional PARAM fields, one for each parameter stated; lent. [model] */
const epns_field *epns_lattice_validity_fields (const EpnsLatticeValidity *self, guint *n);

/* Element (row, column) of a parameter in the middle of what it was; NaN where that is not stated.
 * [model] */
double epns_lattice_validity_middle (const EpnsLatticeValidity *self, const char *name,
                                     guint32 row, guint32 column);

/* What follows warns through host->log of everything that lies outside, each thing once in the life
 * of `self` however many runs there are, and returns NULL; with `refuse` it says nothing and
 * returns the first such text instead, one line, caller frees. [model] */

/* views: one for each field, checked against it; data NULL where the host states nothing. *field is
 * the index of what is refused, or -1. */
char *epns_lattice_validity_params (EpnsLatticeValidity *self, const epns_host *host,
                                    gboolean refuse, const epns_view *views, gint32 *field);
/* Borders along y and x. */
char *epns_lattice_validity_boundary (EpnsLatticeValidity *self, const epns_host *host,
                                      gboolean refuse, const gboolean periodic[2]);
/* The longest side in sites, and how many cells there are. */
char *epns_lattice_validity_tissue (EpnsLatticeValidity *self, const epns_host *host,
                                    gboolean refuse, gsize side, gsize cells);
