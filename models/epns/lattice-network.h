/* SPDX-License-Identifier: MIT */
/* What the kind epns-lattice asks of a network, whichever form it has: the published one (window 0)
 * or the local one. */
#pragma once
#include "models/epns/local-inputs.h"
#include "models/epns/source.h"
#include "models/epns/symmetry.h"
#include "plugin/epns_step.h"
#include "plugin/random.h"

/* A two-dimensional state, lent for a call; ids as the host counts them, gaps allowed. */
typedef struct {
  gint32 *id; /* [height][width], 0 = medium; changed in place */
  gsize height, width;
  gboolean periodic[2]; /* y, x */
  const gint32 *type;   /* [n_ids] */
  gsize n_ids;          /* larger than every id */
  const float *told;    /* by the form's tell(); NULL where it is told nothing */
  gboolean half;        /* convolutions may round to bfloat16 */
} EpnsSites;

/* Why a state is not taken, as numbers: an axis of the lattice (0: y, 1: x) and what it could
 * be; or -1. */
typedef struct {
  int axis;
  gint64 need;
} EpnsObstacle;

typedef struct _EpnsLatticeNetwork EpnsLatticeNetwork;

typedef struct {    /* one form of network */
  gboolean wraps;   /* honours periodic borders */
  gboolean chooses; /* can draw sites or take the likeliest cell; else `drawn` is not looked at */
  gboolean default_drawn;
  void (*free) (gpointer net);
  /* Memory of one step at a time; host NULL: one thread. */
  gpointer (*scratch_new) (gconstpointer net, const epns_host *host);
  void (*scratch_free) (gpointer scratch);
  /* The parameters of the replaced step that the network is told of; NULL: no network of the form is
   * told anything. What it makes of their values, in that order, [n_types as often as the rank
   * says]: free with g_free(); NULL and EPNS_FAILURE_RANGE where it cannot use them. [any] */
  const EpnsLocalTold *(*told) (gconstpointer net, guint *n);
  float *(*tell) (gconstpointer net, const double *const *values, GError **error);
  /* Can such a state be stepped? EPNS_FAILURE_MISMATCH. [model] */
  gboolean (*takes) (gconstpointer net, const EpnsSites *sites, EpnsObstacle *obstacle,
                     GError **error);
  /* One step in place; draws depend on key and place alone. EPNS_FAILURE_MISMATCH: not taken,
   * unchanged. Anything else: the network gave no usable answer. [run] */
  gboolean (*step) (gconstpointer net, gpointer scratch, EpnsSites *sites, gboolean drawn,
                    const EpnsDrawKey *key, GError **error);
  /* Try out what the form claims, on tissues made from seed. [any] */
  gboolean (*symmetries) (gconstpointer net, guint64 seed, const EpnsReporter *reporter,
                          GError **error);
} EpnsLatticeForm;

struct _EpnsLatticeNetwork {
  EpnsLatticeForm form;
  gpointer net;  /* of the form */
  gsize n_types; /* medium included */
};

/* The form that attribute `window` asks for. EPNS_FAILURE_*, one line. [any] */
gboolean epns_lattice_network_open (EpnsLatticeNetwork *self, EpnsSource *source, GError **error);
void epns_lattice_network_clear (EpnsLatticeNetwork *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsLatticeNetwork, epns_lattice_network_clear)

/* The forms' own. */
gboolean epns_published_open (EpnsLatticeNetwork *self, EpnsSource *source, GError **error);
gboolean epns_published_symmetries (gconstpointer net, guint64 seed, const EpnsReporter *reporter,
                                    GError **error);
gboolean epns_windowed_config (EpnsLocalConfig *config, EpnsModelDescription *description,
                               GError **error);
gboolean epns_windowed_open (EpnsLatticeNetwork *self, EpnsSource *source, GError **error);
gboolean epns_windowed_symmetries (gconstpointer net, guint64 seed, const EpnsReporter *reporter,
                                   GError **error);
