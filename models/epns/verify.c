/* SPDX-License-Identifier: MIT */
/* Verification as an extension of the kind. */
#include "models/epns/verify.h"
#include "models/epns/verify-gradient.h"
#include "models/epns/lattice-network.h"
#include "plugin/error.h"

gboolean
epns_verify_equivariance (const char *path, guint64 seed, epns_verify_report report, gpointer data,
                          GError **error)
{
  g_auto (EpnsSource) source = { NULL, NULL };
  g_auto (EpnsLatticeNetwork) network = { .net = NULL };

  return epns_source_open (&source, path, error)
         && epns_lattice_network_open (&network, &source, error)
         && network.form.symmetries (network.net, seed, &(EpnsReporter){ report, data }, error);
}

epns_status
epns_verify_compare (EpnsVerifyCompare how, const char *source, const char *reference,
                     int32_t gradients, epns_verify_report report, void *ctx, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (how (source, reference, gradients != 0, report, ctx, &failure))
    return EPNS_OK;
  return epns_error_take (error, EPNS_DISCARD, &failure);
}

epns_status
epns_verify_try (EpnsVerifyTry how, const char *source, guint64 seed, epns_verify_report report,
                 void *ctx, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (how (source, seed, report, ctx, &failure))
    return EPNS_OK;
  return epns_error_take (error, EPNS_DISCARD, &failure);
}

static epns_status
reference (const char *source, const char *file, int32_t gradients, epns_verify_report report,
           void *ctx, epns_error *error)
{
  return epns_verify_compare (epns_verify_reference, source, file, gradients, report, ctx, error);
}

static epns_status
equivariance (const char *source, uint64_t seed, epns_verify_report report, void *ctx,
              epns_error *error)
{
  return epns_verify_try (epns_verify_equivariance, source, seed, report, ctx, error);
}

static epns_status
gradient (const char *source, uint64_t seed, epns_verify_report report, void *ctx,
          epns_error *error)
{
  return epns_verify_try (epns_verify_lattice_gradient, source, seed, report, ctx, error);
}

const epns_verify epns_lattice_verify = {
  .size = sizeof (epns_verify),
  .reference = reference,
  .equivariance = equivariance,
  .gradient = gradient,
};
