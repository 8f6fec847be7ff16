/* SPDX-License-Identifier: MIT */
/* CC3DML, the XML of CompuCell3D (4.8.0): what its readers share. What changes the dynamics is read
 * or refused, what does not is noted, what is unknown is refused with the nearest known name. */
#pragma once
#include "adapters/scenario.h"
#include "adapters/xml-values.h"

/* Root <CompuCell3D>? */
gboolean epns_cc3dml_probe (const EpnsXmlNode *root);

/* The scenario of a CC3DML file; the XML was read from `path`. NULL and one line in *error:
 * EPNS_FAILURE_FORMAT, _RANGE for values, EPNS_FAILURE_UNSUPPORTED for what is not honoured,
 * EPNS_FAILURE_IO for a missing PIFF file. [any] */
EpnsScenario *epns_cc3dml_read (const char *path, EpnsXml *xml, GError **error);

/* How an element inside a known one is treated. */
typedef enum {
  CC3D_LEAF,   /* read; text and attributes only; the first counts */
  CC3D_ROWS,   /* read; text and attributes only; any number */
  CC3D_TREE,   /* read; its own reader checks what is inside; the first counts */
  CC3D_TREES,  /* the same, any number */
  CC3D_INERT,  /* noted */
  CC3D_REFUSED /* refused */
} Cc3dTreatment;

typedef struct {
  const char *name;
  Cc3dTreatment treatment;
  const char *attributes; /* known ones, separated by blanks; unseen where noted or refused */
  const char *why;        /* noted or refused: "is ..., which ..." */
} Cc3dWord;

/* Check attributes and children of `node` against what is known there: words ends with a NULL name.
 * Notes what has no effect; FALSE for what is unknown or refused. */
gboolean epns_cc3dml_check (EpnsScenario *scenario, const EpnsXmlNode *node, const char *attributes,
                            const Cc3dWord *words, GError **error);

/* Note about an element: "path:line: <Name>: ...". */
void epns_cc3dml_note (EpnsScenario *scenario, const EpnsXmlNode *node, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Index of the element's text among `values` (NULL-terminated); refused with the nearest one where
 * it is none of them. */
gboolean epns_cc3dml_choice (const EpnsXmlNode *node, const char *const *values, guint *index,
                             GError **error);

/* The type an attribute names. */
gboolean epns_cc3dml_type (const EpnsScenario *scenario, const EpnsXmlNode *node,
                           const char *attribute, gint32 *type, GError **error);

/* Rows `row` inside `node` with attribute CellType and up to two numbers; attribute values[i] goes
 * to into[i][type]. stated[type] becomes TRUE. A type stated twice is refused. */
gboolean epns_cc3dml_by_type (const EpnsScenario *scenario, const EpnsXmlNode *node,
                              const char *row, const char *const values[], int n_values,
                              double *const into[], gboolean *stated, GError **error);

/* The order of neighbours that CompuCell3D's Depth means: how many distinct distances up to `depth`
 * there are between sites along the lattice's axes of more than one site. At least 1. */
gint32 epns_cc3dml_depth_order (const EpnsScenario *scenario, double depth);

/* The sections of the file; each reads its own part. */
gboolean epns_cc3dml_read_lattice (EpnsScenario *scenario, const EpnsXmlNode *potts,
                                   GError **error); /* sizes */
gboolean epns_cc3dml_read_types (EpnsScenario *scenario, const EpnsXmlNode *plugin, GError **error);
gboolean epns_cc3dml_read_potts (EpnsScenario *scenario, const EpnsXmlNode *potts,
                                 GError **error); /* the rest */
gboolean epns_cc3dml_read_volume (EpnsScenario *scenario, const EpnsXmlNode *plugin,
                                  GError **error);
gboolean epns_cc3dml_read_surface (EpnsScenario *scenario, const EpnsXmlNode *plugin,
                                   GError **error);
gboolean epns_cc3dml_read_contact (EpnsScenario *scenario, const EpnsXmlNode *plugin,
                                   GError **error);
gboolean epns_cc3dml_read_blob (EpnsScenario *scenario, const EpnsXmlNode *steppable,
                                GError **error);
gboolean epns_cc3dml_read_uniform (EpnsScenario *scenario, const EpnsXmlNode *steppable,
                                   GError **error);
gboolean epns_cc3dml_read_pif (EpnsScenario *scenario, const EpnsXmlNode *steppable,
                               GError **error);
