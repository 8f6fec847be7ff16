/* SPDX-License-Identifier: MIT */
/* epns_train.h - what a kind's extension("epns.train/1") returns: its models trained from recorded
 * trajectories. Plain C. The struct is static. begin() is [any]; all else is for one thread at a
 * time per training.
 *
 * The same plan and data give the same bits for any number of threads, and a training that was
 * killed and begun anew in the same folder ends with the same bits as one that was not: every draw
 * is a function of (seed, step, sample). */
#ifndef EPNS_TRAIN_H
#define EPNS_TRAIN_H
#include "epns_step.h"
#ifdef __cplusplus
extern "C" {
#endif

#define EPNS_TRAIN_EXTENSION "epns.train/1"

typedef struct epns_train_parameter { /* of the step that made trajectories, as it was set */
  const char *name;    /* of its PARAM field: "contact-energy" */
  const double *value; /* [n_types] as often as rank says, row-major, types by id */
  uint32_t n;          /* numbers in value */
  int32_t rank;        /* 0 one number, 1 one a type, 2 one a pair of types */
} epns_train_parameter;

typedef struct epns_train_set { /* trajectories of lattices of one size; lent until end() */
  const int32_t *id;            /* [members][frames][height][width], 0 = medium */
  const int32_t *type;          /* [members][n_ids] type of every id; entry 0 = 0 */
  uint32_t members, frames;     /* frames: at least 1 + plan.stride */
  uint32_t height, width;
  uint32_t n_ids;      /* larger than every id */
  int32_t periodic[2]; /* y, x */
  const epns_train_parameter *parameters; /* what they were made with; none where that is unknown */
  uint32_t n_parameters;
} epns_train_set;

typedef struct epns_train_bodies {   /* trajectories of as many bodies; lent until end() */
  const double *position, *velocity; /* [members][frames][bodies][axes] */
  const double *mass;                /* [members][bodies]; NULL: all are 1 */
  const int32_t *type;               /* [members][bodies] from 0; NULL: all are 0 */
  uint32_t members, frames;          /* frames: at least 1 + plan.stride */
  uint32_t bodies, axes;             /* axes: 2 or 3; x, y, z */
  const epns_train_parameter *parameters; /* as of lattices */
  uint32_t n_parameters;
} epns_train_bodies;

typedef struct epns_train_data { /* lent for begin(); a kind learns from one sort, refuses others */
  uint32_t size;                 /* sizeof(epns_train_data) */
  uint32_t n_sets, n_bodies;
  const epns_train_set *sets;
  const epns_train_bodies *bodies;
} epns_train_data;

typedef struct epns_train_value { /* NAME="VALUE", as a plan's file states it */
  const char *name, *value;
  int32_t line; /* in that file */
} epns_train_value;

enum { EPNS_RATE_CONSTANT = 0, EPNS_RATE_COSINE = 1 }; /* epns_train_plan.schedule */

/* Processes that train together, each with the whole plan and data, and with samples of its own of
 * every step. Sums run from rank to rank in order, so that they have the bits of one process's.
 * Every process makes the same calls of one training. Functions return nonzero where the others
 * cannot be reached. */
typedef struct epns_train_team {
  uint32_t size;        /* sizeof(epns_train_team) */
  uint32_t rank, ranks; /* this process, from 0; ranks at least 1 */
  void *ctx;            /* for the functions */
  int32_t (*receive)(void *ctx, double *numbers, uint32_t n);    /* from rank - 1 */
  int32_t (*send)(void *ctx, const double *numbers, uint32_t n); /* to rank + 1 */
  int32_t (*share)(void *ctx, double *numbers, uint32_t n);      /* the last rank's, to all */
} epns_train_team;

typedef struct epns_train_plan { /* lent for begin() */
  uint32_t size;                 /* sizeof(epns_train_plan) */
  uint32_t n_network, n_layers, n_objective;
  const epns_train_value
      *network; /* attributes of the model's <network>, as model.xml will state them */
  const epns_train_value
      *layers;       /* widths of layers, where weights are new: what model.xml need not state */
  const epns_train_value *objective; /* what is minimised, and its schedules: the kind's */
  const char *path;  /* the plan's file, for messages */
  const char *start; /* a weights file to begin with; NULL: new weights from the seed */
  const char
      *folder; /* there already; holds checkpoint.safetensors, which is resumed where it exists */
  uint64_t seed;
  uint64_t steps;         /* optimiser steps in all; the schedule ends there */
  uint32_t n_types;       /* cell types, medium included */
  uint32_t batch;         /* samples a step */
  uint32_t stride;        /* frames that one learned step spans */
  int32_t symmetries;     /* nonzero: every lattice is turned and mirrored at random */
  int32_t schedule;       /* of the learning rate: EPNS_RATE_* */
  uint32_t warm_up;       /* steps over which the rate rises from 0 */
  double rate, last_rate; /* of Adam: largest; at the end of a cosine */
  double beta1, beta2, epsilon, decay;
  double clip;         /* largest norm of the gradient */
  double average;      /* decay of the exponential moving average of the weights, 0 to 1 */
  uint32_t validation_samples; /* pairs of frames that validate() looks at, the same every time */
  uint32_t patience; /* judgements without a better one after which training is over; 0: never */
  const char *judged; /* how the host comes to what it gives judge(), in words of its own: a
                         checkpoint of a training judged otherwise is refused; may be NULL */
  const epns_train_team *team; /* lent until end(); NULL: one process. batch counts all of it */
} epns_train_plan;

typedef struct epns_train_progress {
  uint64_t step, steps; /* taken; planned */
  double loss;          /* mean over the samples of the last step, and over the steps in a row */
  double gradient;      /* its norm before clipping */
  double rate;          /* the learning rate it used */
  double beta;          /* the weight of the KL divergence it used; NaN: there are no latents */
  uint32_t in_a_row;    /* learned steps in a row that each of its samples was of */
  int32_t over;         /* nonzero: all steps are taken, or patience is at its end */
  int32_t resumed;      /* nonzero: began at a checkpoint */
} epns_train_progress;

typedef struct epns_train_score { /* of the averaged weights on the validation set */
  uint64_t step;
  double nats; /* negative log-likelihood of a whole learned step, or a bound above it, in nats a
                  cell or body: reconstruction + kl */
  double reconstruction; /* of the state given the latents */
  double kl;             /* of the latents; 0 where there are none */
} epns_train_score;

typedef struct epns_training epns_training;

typedef struct epns_train {
  uint32_t size; /* sizeof(epns_train) */
  /* validation may be empty: then validate() fails. EPNS_DISCARD: nothing was begun. */
  epns_status (*begin)(const epns_host *host, const epns_train_plan *plan,
                       const epns_train_data *data, const epns_train_data *validation,
                       epns_training **training, epns_error *error);
  void (*progress)(const epns_training *training, epns_train_progress *progress);
  /* Up to n steps, fewer where training is over. EPNS_ERROR: a loss or gradient is not finite; the
   * step was not taken, and the checkpoint on the disk is the last good one. */
  epns_status (*advance)(epns_training *training, uint32_t n, epns_error *error);
  epns_status (*validate)(epns_training *training, epns_train_score *score, epns_error *error);
  /* The averaged weights as they are now are worth `figure`, the lower the better: they are kept if
   * none was lower. Patience counts these. */
  void (*judge)(epns_training *training, double figure);
  /* Write folder/checkpoint.safetensors, whole or not at all. */
  epns_status (*checkpoint)(epns_training *training, epns_error *error);
  /* Write averaged weights, whole or not at all: those judged best where there are such and
   * `latest` is 0, else those of now. */
  epns_status (*weights)(const epns_training *training, int32_t latest, const char *path,
                         epns_error *error);
  void (*end)(epns_training *training);
} epns_train;

#ifdef __cplusplus
}
#endif
#endif
