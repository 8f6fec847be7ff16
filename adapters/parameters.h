/* SPDX-License-Identifier: MIT */
/* Parameters of a step by name, as our own files state them:
 * <parameter name="..." [type="..." [with="..."]] value="..."/>. [any] */
#pragma once
#include "adapters/xml.h"
#include "plugin/epns_step.h"

enum {                  /* EpnsKnownParameter.of */
  EPNS_OF_LATTICE = 1,
  EPNS_OF_PARTICLES = 2,
  EPNS_OF_ANY = EPNS_OF_LATTICE | EPNS_OF_PARTICLES,
  EPNS_DIRECTED = 4     /* rank 2: `type` of `with` need not be `with` of `type` */
};

typedef struct {
  int of;
  const char *name;
  int rank;      /* 0 one number, 1 one a type, 2 one a pair of types */
  int32_t dtype; /* EPNS_F64, EPNS_I32 */
  double minimum, maximum;
  const char *values; /* words for 0, 1, 2... with commas between; NULL: numbers */
} EpnsKnownParameter;

/* All that our files may state, with the ranges that make sense. */
extern const EpnsKnownParameter epns_known_parameters[];
extern const guint epns_n_known_parameters;

typedef struct { /* of one parameter; [n_types x n_types] entries serve every rank */
  double *value; /* rank 2: both ways round, unless directed */
  gboolean *stated;
  gboolean any;
} EpnsStatement;

typedef struct {
  gsize n_types;
  EpnsStatement *of; /* by index in epns_known_parameters */
} EpnsStatements;

/* The <parameter> children of `parent` that state `attribute` ("value", "min", "max"); types are
 * named by id; known are those `of` a layout. NULL and one line in *error where a name is not known,
 * a type does not exist, a value is out of range or stated twice. */
EpnsStatements *epns_statements_read (const EpnsXmlNode *parent, const char *const *types,
                                      gsize n_types, int of, const char *attribute,
                                      GError **error);
void            epns_statements_free (EpnsStatements *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsStatements, epns_statements_free)

/* The shorter of two spellings that reads back as the same number, in the buffer, which has
 * G_ASCII_DTOSTR_BUF_SIZE bytes. */
const char *epns_number_spell (char *buffer, double value);

/* The id of the type of this name, of [n_types] names by id, NULL where an id has none; refused
 * with the nearest one where there is none. */
gboolean epns_type_by_name (const EpnsXmlNode *node, const char *const *types, gsize n_types,
                            const char *name, gint32 *type, GError **error);
