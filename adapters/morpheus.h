/* SPDX-License-Identifier: MIT */
/* MorpheusML, the XML of Morpheus (versions 3 and 4 of the format; read by the rules of Morpheus
 * 2.2): what its readers share. What changes how the cells move is read or refused, what only
 * computes or shows something is noted, what is unknown is refused with the nearest known name. */
#pragma once
#include "adapters/scenario.h"
#include "adapters/xml-values.h"

/* Root <MorpheusModel>? */
gboolean epns_morpheus_probe (const EpnsXmlNode *root);

/* The scenario of a MorpheusML file; the XML was read from `path`. NULL and one line in *error:
 * EPNS_FAILURE_FORMAT, _RANGE for values, EPNS_FAILURE_UNSUPPORTED for what is not honoured. [any]
 * */
EpnsScenario *epns_morpheus_read (const char *path, EpnsXml *xml, GError **error);

/* A state as a MorpheusML text; free with g_free. With a `model` (a MorpheusML document) it is that
 * model with the state's cells for its <CellPopulations> and nothing else changed; without one it
 * is a lattice, cell types and cells, to which Morpheus' user adds the rest. type_names by type id;
 * a model must have a <CellType> for each that has cells and a lattice of the state's size:
 * EPNS_FAILURE_MISMATCH. Nodes are in Morpheus' lattice coordinates, cells keep their ids. [any] */
char *epns_morpheus_write (const EpnsLatticeState *state, const gint32 periodic[3],
                           const char *const *type_names, EpnsXml *model, GError **error);

/* A symbol's scope: the file's, or a cell type's within it. */
typedef struct _MorpheusScope MorpheusScope;

/* A file being read. Lattice: x, y, z, as Morpheus orders them. */
typedef struct {
  EpnsScenario *scenario;
  const EpnsXmlNode *root;
  MorpheusScope *global;
  GPtrArray *type_nodes;  /* const EpnsXmlNode * by our type id; NULL: no such element */
  GPtrArray *type_scopes; /* MorpheusScope * by our type id */
  int axes;               /* 1, 2 or 3 */
  gboolean hexagonal;
  gint32 size[3];
  gboolean periodic[3];
} EpnsMorpheus;

/* How an element is treated that may stand somewhere. */
typedef enum {
  MORPHEUS_READ,   /* by its own reader */
  MORPHEUS_SYMBOL, /* defines a name; looked at where it is used */
  MORPHEUS_INERT,  /* noted */
  MORPHEUS_REFUSED
} MorpheusTreatment;

typedef struct {
  const char *name;
  MorpheusTreatment treatment;
  const char *attributes; /* of what is read: those known, separated by blanks */
  const char *why;        /* noted or refused: "is ..., which ..." */
} MorpheusWord;

/* What <Global> and <CellType> both know of symbols and of what computes them: rows of their
 * tables. */
#define MORPHEUS_COMPUTES \
  "only computes values, which nothing here depends on; not worked out here"
#define MORPHEUS_VALUES \
  { "Constant", MORPHEUS_SYMBOL, NULL, NULL }, \
  { "ConstantVector", MORPHEUS_SYMBOL, NULL, NULL }, \
  { "Variable", MORPHEUS_SYMBOL, NULL, NULL }, \
  { "VariableVector", MORPHEUS_SYMBOL, NULL, NULL }, \
  { "Function", MORPHEUS_SYMBOL, NULL, NULL }, \
  { "VectorFunction", MORPHEUS_SYMBOL, NULL, NULL }, \
  { "System", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "Event", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "Equation", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "VectorEquation", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "Mapper", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "VectorMapper", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "NeighborhoodReporter", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "NeighborhoodVectorReporter", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }, \
  { "TimeAvg", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES }

/* Check the children of `node` against what is known there: words ends with a NULL name. Notes what
 * has no effect; FALSE for what is unknown or refused. */
gboolean epns_morpheus_check (EpnsMorpheus *self, const EpnsXmlNode *node,
                              const MorpheusWord *words, GError **error);

/* Note about an element: "path:line: <Name>: ...". */
void epns_morpheus_note (EpnsMorpheus *self, const EpnsXmlNode *node, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Index of an attribute's text among `values` (NULL-terminated); `missing` where it is not there,
 * which is refused where missing is negative. */
gboolean epns_morpheus_choice (const EpnsXmlNode *node, const char *attribute,
                               const char *const *values, int missing, int *index, GError **error);

/* Symbols. The table of the whole file; free with epns_morpheus_symbols_free. */
void epns_morpheus_symbols (EpnsMorpheus *self);
void epns_morpheus_symbols_free (EpnsMorpheus *self);

/* An attribute's expression (or the element's text, attribute NULL) in a scope, as one finite
 * number in minimum..maximum, or as a vector of three. Refused with EPNS_FAILURE_UNSUPPORTED,
 * saying why, where it depends on what changes in time or space or from cell to cell. */
gboolean epns_morpheus_number (const EpnsMorpheus *self, const MorpheusScope *scope,
                               const EpnsXmlNode *node, const char *attribute, double minimum,
                               double maximum, double *value, GError **error);
gboolean epns_morpheus_vector (const EpnsMorpheus *self, const MorpheusScope *scope,
                               const EpnsXmlNode *node, const char *attribute, double value[3],
                               GError **error);

/* The scope of a type. */
const MorpheusScope *epns_morpheus_scope (const EpnsMorpheus *self, gint32 type);

/* A <Neighborhood> inside `parent` as an order on the file's lattice, at most `most`. */
gboolean epns_morpheus_order (EpnsMorpheus *self, const EpnsXmlNode *parent, gint32 most,
                              gint32 *order, GError **error);

/* Sections, in the order in which they are read. */
gboolean epns_morpheus_name_types (EpnsMorpheus *self, const EpnsXmlNode *types, GError **error);
gboolean epns_morpheus_read_types (EpnsMorpheus *self, const EpnsXmlNode *types, GError **error);
gboolean epns_morpheus_read_space (EpnsMorpheus *self, const EpnsXmlNode *space, GError **error);
gboolean epns_morpheus_read_cpm (EpnsMorpheus *self, const EpnsXmlNode *cpm, GError **error);
gboolean epns_morpheus_read_populations (EpnsMorpheus *self, const EpnsXmlNode *populations,
                                         GError **error);

/* Has the type cells at the start? */
gboolean epns_morpheus_populated (const EpnsMorpheus *self, gint32 type);

/* Places on the lattice. Orthogonal coordinates are those of the plane or space itself: on a
 * hexagonal lattice site (x, y) lies at (x + y / 2, y sqrt(3) / 2). */
void epns_morpheus_to_orth (const EpnsMorpheus *self, const double site[3], double orth[3]);
void epns_morpheus_from_orth (const EpnsMorpheus *self, const double orth[3], gint32 site[3]);

/* From b to a, the shorter way round where the lattice is periodic. */
void epns_morpheus_apart (const EpnsMorpheus *self, const double a[3], const double b[3],
                          double apart[3]);

/* Wrap a site into the lattice and number it [z][y][x]; FALSE where it lies beyond a border. */
gboolean epns_morpheus_site (const EpnsMorpheus *self, const gint32 at[3], gint32 *site);

/* One initialiser of a population: adds regions to the scenario; how many cells goes to *n. */
gboolean epns_morpheus_circle (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 *n,
                               GError **error);
gboolean epns_morpheus_rectangle (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type,
                                  gint32 *n, GError **error);
gboolean epns_morpheus_objects (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 *n,
                                GError **error);
