/* SPDX-License-Identifier: MIT */
/* The only file that includes MPI. */
#include "config.h"

#include "tools/train-team.h"

#include "plugin/error.h"

#ifdef HAVE_MPI
#include <mpi.h>

static int32_t
receive (void *ctx, double *numbers, uint32_t n)
{
  const epns_train_team *team = ctx;

  return MPI_Recv (numbers, (int) n, MPI_DOUBLE, (int) team->rank - 1, 0, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE)
         != MPI_SUCCESS;
}

static int32_t
send_on (void *ctx, const double *numbers, uint32_t n)
{
  const epns_train_team *team = ctx;

  return MPI_Send (numbers, (int) n, MPI_DOUBLE, (int) team->rank + 1, 0, MPI_COMM_WORLD)
         != MPI_SUCCESS;
}

static int32_t
share (void *ctx, double *numbers, uint32_t n)
{
  const epns_train_team *team = ctx;

  return MPI_Bcast (numbers, (int) n, MPI_DOUBLE, (int) team->ranks - 1, MPI_COMM_WORLD)
         != MPI_SUCCESS;
}

static const epns_train_team *
join (void)
{
  epns_train_team *team = g_new0 (epns_train_team, 1);
  int rank = 0, ranks = 1;

  MPI_Init (NULL, NULL);
  MPI_Comm_rank (MPI_COMM_WORLD, &rank);
  MPI_Comm_size (MPI_COMM_WORLD, &ranks);
  *team = (epns_train_team){ .size = sizeof *team,
                             .rank = (uint32_t) rank,
                             .ranks = (uint32_t) ranks,
                             .ctx = team,
                             .receive = receive,
                             .send = send_on,
                             .share = share };
  return team;
}

static void
leave (gboolean failed)
{
  if (failed)
    MPI_Abort (MPI_COMM_WORLD, 1);
  MPI_Finalize ();
}
#endif

/* What mpirun tells those it starts: Open MPI, then MPICH and what is made of it. */
static gboolean
is_started_by_mpirun (void)
{
  return g_getenv ("OMPI_COMM_WORLD_SIZE") != NULL || g_getenv ("PMI_SIZE") != NULL;
}

const epns_train_team *
epns_train_team_join (GError **error)
{
  if (!is_started_by_mpirun ())
    return NULL;
#ifdef HAVE_MPI
  (void) error;
  return join ();
#else
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "this build trains in one process only; configure it --with-mpi, or start it "
               "without mpirun");
  return NULL;
#endif
}

void
epns_train_team_leave (const epns_train_team *team, gboolean failed)
{
  if (team == NULL)
    return;
#ifdef HAVE_MPI
  leave (failed);
#else
  (void) failed;
#endif
  g_free ((epns_train_team *) team);
}

gboolean
epns_train_team_writes (const epns_train_team *team)
{
  return team == NULL || team->rank + 1 == team->ranks;
}

double
epns_train_team_agree (const epns_train_team *team, double number)
{
  if (team != NULL)
    team->share (team->ctx, &number, 1);
  return number;
}
