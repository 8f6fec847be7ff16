/* SPDX-License-Identifier: MIT */
/* What a model folder's model.xml says (schemas/epns-model.xsd), for models that know nothing of
 * XML: of a network and its weights, or of a hybrid made of another model. Read by adapters/model-xml.c. A description is used by one thread at a time. */
#pragma once
#include <glib.h>

typedef struct { /* inclusive; minimum 0 and maximum infinity where the file states none */
  double minimum, maximum;
} EpnsValidRange;

typedef struct {     /* a parameter of the step that the model replaces, as it was in training */
  const char *name;  /* "temperature"; of the kind cpm; static */
  const char *words; /* what 0, 1, 2... are called: "min,max,mean"; NULL: numbers; static */
  gboolean integer;
  int rank;          /* 0 one number, 1 by type, 2 by pair of types */
  EpnsValidRange *range; /* [n_types] as often as rank says, row-major; one number where training
                            had one; minimum NaN: not stated */
} EpnsTrainedParameter;

typedef struct _EpnsModelDescription {
  char *path;   /* FOLDER/model.xml */
  char *name;   /* of the model, for people */
  char *kind;   /* kind id: "epns-lattice", "hybrid" */

  char *weights;        /* path of the weights file, inside the folder; there when this was loaded;
                         * NULL for a hybrid */
  char *weights_sha256; /* lower-case hex; checked on loading; NULL where the file states none */

  char **types; /* [n_types] names by type id, NULL-terminated; [0] is the medium; NULL: none listed */
  gsize n_types;

  double step_length; /* host time of one step, > 0; 0 where none is stated */
  char *step_unit;    /* "MCS"; NULL where none is stated */

  struct { /* a learned step, then native ones; NULL and 0 where this is no hybrid */
    char *learned;       /* the learned model's folder */
    char *native;        /* kind id */
    guint32 steps;       /* native steps, at least 1 */
    gboolean relaxation; /* they take no host time */
  } hybrid;

  struct { /* how the weights came about; NULL and -1 where not stated */
    char *data, *machine, *text;
    gint64 seed;
    double minutes;
  } training;

  struct { /* where the model may be trusted */
    EpnsValidRange cells, lattice, volume; /* cells; sites along the longest side; sites a cell */
    char *boundary;                        /* "noflux", "periodic", "any"; NULL where not stated */
    char *text;                            /* NULL where not stated */
    GArray *parameters;                    /* EpnsTrainedParameter, of those that are stated */
  } validity;

  GHashTable *attributes; /* of <network>: private, use the getters */
} EpnsModelDescription;

/* Read and validate FOLDER/model.xml. NULL and one line in *error ("file:line: ...") when it is
 * missing, not valid, names a weights file that is absent, leaves the folder or has another
 * checksum. [any] */
EpnsModelDescription *epns_model_description_load (const char *folder, GError **error);
void                  epns_model_description_free (EpnsModelDescription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsModelDescription, epns_model_description_free)

/* How it was trained and where it may be trusted, in one line; self may be NULL. Free with
 * g_free(). */
char *epns_model_description_about (const EpnsModelDescription *self);

/* Attributes of <network>. An absent attribute gives `fallback`; one that is no number, out of
 * range or not among the values gives FALSE with one line naming file, line, attribute and what is
 * accepted. Each getter marks its attribute as used. */
gboolean epns_model_description_int (EpnsModelDescription *self, const char *name, gint64 minimum,
                                     gint64 maximum, gint64 fallback, gint64 *value,
                                     GError **error);
gboolean epns_model_description_number (EpnsModelDescription *self, const char *name,
                                        double minimum, double maximum, double fallback,
                                        double *value, GError **error);
/* "true"/"1", "false"/"0". */
gboolean epns_model_description_flag (EpnsModelDescription *self, const char *name,
                                      gboolean fallback, gboolean *value, GError **error);
/* `values` are the accepted words separated by '|' ("independent|passes"); *index counts from 0;
 * `fallback` is an index. */
gboolean epns_model_description_choice (EpnsModelDescription *self, const char *name,
                                        const char *values, guint fallback, guint *index,
                                        GError **error);
/* Integers separated by blanks or commas, at most `room` of them, each in the range; *n says how
 * many (0: absent). */
gboolean epns_model_description_ints (EpnsModelDescription *self, const char *name, gint64 minimum,
                                      gint64 maximum, gint64 *values, gsize room, gsize *n,
                                      GError **error);
/* The text, lent by the description; NULL where absent. */
const char *epns_model_description_text (EpnsModelDescription *self, const char *name);

/* Call last: TRUE when every attribute has been used; else the first that was not is named (a
 * misspelling, or a file written for a newer version). */
gboolean epns_model_description_all_used (const EpnsModelDescription *self, GError **error);
