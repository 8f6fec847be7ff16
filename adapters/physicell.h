/* SPDX-License-Identifier: MIT */
/* PhysiCell's settings file (1.14.2): what its readers share. PhysiCell checks nothing in it: a
 * misspelt element leaves a default in place, "four" counts as 0. Here both are refused. What
 * changes the dynamics is read or refused, what does not is passed over or noted. A project's own
 * C++ may change everything after the file was read; the template project's is assumed, and said
 * so. */
#pragma once
#include "adapters/scenario.h"
#include "adapters/xml-values.h"

/* Root <PhysiCell_settings>? */
gboolean epns_physicell_probe (const EpnsXmlNode *root);

/* The scenario of a settings file; the XML was read from `path`. NULL and one line in *error:
 * EPNS_FAILURE_FORMAT, _RANGE for values, EPNS_FAILURE_UNSUPPORTED for what is not honoured,
 * EPNS_FAILURE_IO for a missing file of cells. [any] */
EpnsScenario *epns_physicell_read (const char *path, EpnsXml *xml, GError **error);

/* What a definition states for each other one. */
enum {
  PHYSICELL_AFFINITY, /* adhesion to it */
  PHYSICELL_EATS,     /* rates, 1/min */
  PHYSICELL_ATTACKS,
  PHYSICELL_FUSES,
  PHYSICELL_BECOMES,
  PHYSICELL_PAIRS /* how many there are */
};

/* A <cell_definition>, complete with what it inherits. Lengths micron, times min. */
typedef struct {
  const EpnsXmlNode *node;
  const char *name;
  gint32 id;
  double volume;
  double adhesion, repulsion, reach, membrane_adhesion, membrane_repulsion, attachment_rate;
  gboolean motile, flat, chemotaxis, advanced_chemotaxis, intracellular;
  double speed, persistence, bias;
  gint64 cycle;      /* PhysiCell's code of the cycle model */
  double cycle_exit; /* rate of leaving its first phase, in which every new cell is */
  double apoptosis, necrosis;
  double *pair[PHYSICELL_PAIRS]; /* [types]; owned by EpnsPhysicell.pairs */
} EpnsPhysicellType;

typedef struct {
  EpnsScenario *scenario; /* takes the notes; lent */
  const EpnsXmlNode *root;
  double low[3], high[3]; /* x, y, z */
  gboolean flat;          /* 2D */
  double max_time, dt_mechanics;
  double save_every; /* 0: nothing is saved */
  gboolean virtual_wall, springs_disabled, legacy_copy, gradients;
  gboolean seeded;
  guint64 seed;
  gint64 random_cells; /* of each definition, by the user parameter number_of_cells */
  guint n_types;
  EpnsPhysicellType *types;
  GPtrArray *pairs; /* owns what the types' pairs point to */
} EpnsPhysicell;

/* What is done with an element inside a known one. */
typedef enum {
  PHYSICELL_NUMBER, /* double at offset, from low to high */
  PHYSICELL_FLAG,   /* gboolean at offset */
  PHYSICELL_PART,   /* read elsewhere; the first counts */
  PHYSICELL_PARTS,  /* read elsewhere; any number */
  PHYSICELL_QUIET,  /* known, and without effect on mechanics */
  PHYSICELL_NOTED   /* the same, and worth a note: "is ..." */
} PhysicellTreatment;

typedef struct {
  const char *name;
  PhysicellTreatment treatment;
  gsize offset;
  double low, high;
  const char *why;
} PhysicellWord;

/* Read and check the children of `node` by `words`, which end with a NULL name; values go into the
 * struct at `into`. FALSE for what is unknown or no value. */
gboolean epns_physicell_section (EpnsPhysicell *self, const EpnsXmlNode *node,
                                 const PhysicellWord *words, gpointer into, GError **error);

/* As PhysiCell reads a truth value (first letter 1, t, y; 0, f, n), but refused where it is
 * neither; attribute NULL: the element's text. An attribute that is missing gives `missing`. */
gboolean epns_physicell_flag (const EpnsXmlNode *node, const char *attribute, gboolean missing,
                              gboolean *value, GError **error);

/* "path:line: <name>: ..." */
void epns_physicell_note (EpnsPhysicell *self, const EpnsXmlNode *node, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Index of the definition of this name or id, or -1. */
gint epns_physicell_by_name (const EpnsPhysicell *self, const char *name);
gint epns_physicell_by_id (const EpnsPhysicell *self, gint64 id);

/* "; did you mean X?" over the names of the definitions, or `otherwise`. Free with g_free. */
char *epns_physicell_hint (const EpnsPhysicell *self, const char *name, const char *otherwise);

/* The parts of the file; each reads its own. */
gboolean epns_physicell_read_settings (EpnsPhysicell *self, GError **error);
gboolean epns_physicell_read_types (EpnsPhysicell *self, GError **error);

/* cycle, death, interactions, transformations of one definition. */
gboolean epns_physicell_read_life (EpnsPhysicell *self, EpnsPhysicellType *type, gboolean inherits,
                                   GError **error);

/* The life of a cell before anything is stated, as initialize_default_cell_definition leaves it. */
void epns_physicell_default_life (EpnsPhysicellType *type);

/* Refuse what acts on cells and is not honoured. */
gboolean epns_physicell_check_life (EpnsPhysicell *self, const EpnsPhysicellType *type,
                                    GError **error);
