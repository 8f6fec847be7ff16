/* SPDX-License-Identifier: MIT */
/* epns_step.h - one step of a simulator, learned or mechanistic, behind one C interface.
 *
 * A plugin is a shared object with ONE exported symbol, the constant `epns_step_v1`. Loading it runs nothing.
 * kind  -> a table of functions: "cpm", "epns-lattice", ...                       (static, in the plugin)
 * model -> what open() made of a source: weights or rules; immutable, shared      (until close())
 * run   -> one trajectory: its place in the random stream, history, scratch       (until stop())
 *
 * Threads   [any] at any time from any thread. [model] many threads, one model. [run] one thread at a time per
 *           run; different runs in parallel. No call changes process-wide state.
 * Lifetime  Views, frames and errors belong to the caller and are lent for one call. Everything reached from
 *           epns_step_v1 is static; what fields() returns lives as long as its model.
 * Errors    A function that can fail returns epns_status and, unless EPNS_OK, fills *error (which may be NULL).
 * Growth    A struct led by `size` may grow at its end; others are frozen. A break renames the symbol. */
#ifndef EPNS_STEP_H
#define EPNS_STEP_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define EPNS_STEP_SYMBOL "epns_step_v1" /* const epns_plugin epns_step_v1 */
#define EPNS_MAX_RANK 5

typedef int32_t epns_status;
enum {
  EPNS_OK = 0,
  EPNS_DISCARD = 1, /* nothing changed; error->need tells what would be accepted */
  EPNS_ERROR = 2,   /* this member's state is undefined: load an archive or start anew */
  EPNS_FATAL = 3    /* only stop() and close() may follow */
};

enum { EPNS_I32 = 0, EPNS_I64 = 1, EPNS_F32 = 2, EPNS_F64 = 3 };             /* epns_field.dtype */
enum { EPNS_PARAM = 0, EPNS_STATE = 1, EPNS_INPUT = 2, EPNS_OUTPUT = 3 };    /* epns_field.role */
enum {                   /* epns_kind.caps */
  EPNS_STOCHASTIC = 1,   /* draws random numbers */
  EPNS_ANY_DT = 2,       /* dt need not be the native one */
  EPNS_GROWS = 4,        /* rows may be added up to epns_view.room */
  EPNS_ARCHIVES = 8,     /* archive() saves and loads */
  EPNS_EXACT_RESUME = 16 /* a loaded run continues with the same bits */
};

typedef struct epns_error {
  epns_status status;
  int32_t member, field, axis; /* the culprit's index, or -1 */
  int64_t need;                /* what would be accepted there, or -1 */
  char text[240];              /* UTF-8, one line, names the next action */
} epns_error;

typedef struct epns_field {
  const char *name, *unit; /* "cell-id"; UDUNITS spelling, "1" where dimensionless */
  const char *axes;        /* one name an axis: "z,y,x", "type,type", "" for a number */
  const char *values;      /* enumerations (i32): the names of 0, 1, 2...: "min,max,mean"; else NULL */
  int32_t role, dtype, rank, optional;
  int64_t extent[EPNS_MAX_RANK]; /* elements, -1: any (axes of one name share an extent) */
  double fallback;               /* every element of an absent optional PARAM */
} epns_field;

typedef struct epns_view { /* host memory, lent */
  void *data;              /* NULL: an optional field that is absent */
  int32_t dtype, rank;
  int64_t shape[EPNS_MAX_RANK];  /* elements */
  int64_t stride[EPNS_MAX_RANK]; /* bytes; may be negative; 0 repeats (not for STATE, OUTPUT) */
  int64_t room;                  /* rows that shape[0] may grow to (EPNS_GROWS) */
} epns_view;

typedef struct epns_frame { /* one ensemble member; STATE is changed in place */
  epns_view *views;         /* STATE, INPUT and OUTPUT fields, in the order of fields() */
  uint32_t n_views;
  epns_status status;       /* out: this member's own */
  int64_t step;             /* out: native steps this run has taken since start() */
} epns_frame;

typedef struct epns_archive { /* one code path saves and loads; the bytes hold no pointers */
  void *ctx;
  int32_t loading; /* 0: data is to be kept; 1: data is to be filled */
  epns_status (*bytes)(void *ctx, void *data, size_t n); /* all n or a failure */
} epns_archive;

typedef struct epns_host { /* what the host lends; must outlive the models opened with it */
  uint32_t size;           /* sizeof(epns_host) */
  uint32_t threads;        /* threads one call may occupy, at least 1; the plugin starts them */
  void *ctx;
  void (*log)(void *ctx, int32_t level, const char *text); /* NULL: silent. level 0 note, 1 warning. [any] */
  /* The host's pool: call task(arg, i) once for each i < n, in any order and thread, then return.
   * NULL: the plugin uses `threads` of its own. Called only inside step(). */
  void (*parallel)(void *ctx, uint32_t n, void (*task)(void *arg, uint32_t i), void *arg);
} epns_host;

typedef struct epns_model epns_model;
typedef struct epns_run epns_run;

typedef struct epns_kind {
  uint32_t size; /* sizeof(epns_kind) */
  uint32_t caps;
  const char *id, *version, *title; /* id: meaning; version: changes whenever results do */
  const char *time_unit;            /* of dt, where the kind fixes it ("MCS"); NULL: fields() tells by model */
  /* source: a file or folder, NULL where rules come as parameters. host may be NULL. [any] */
  epns_status (*open)(const epns_host *host, const char *source, epns_model **model, epns_error *error);
  void (*close)(epns_model *model);
  /* All fields of the model, PARAMs first; native_dt and its unit (either may be NULL). [model] */
  const epns_field *(*fields)(const epns_model *model, uint32_t *n, double *native_dt, const char **time_unit);
  /* params: one view per PARAM field, in the order of fields(). [model] */
  epns_status (*start)(const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
                       uint64_t stream, epns_run **run, epns_error *error);
  void (*stop)(epns_run *run);
  /* n members of one model, n_steps steps of dt each. A draw depends on (seed, stream, step, purpose, index)
   * alone: not on n, order, threads. Members fail one by one: the return value is the worst. [run] */
  epns_status (*step)(epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps, double dt,
                      epns_error *error);
  epns_status (*archive)(epns_run *run, const epns_archive *archive, epns_error *error); /* [run] */
  const void *(*extension)(const char *id); /* "name/REVISION", or NULL where unknown. [any] */
} epns_kind;

typedef struct epns_plugin {
  uint32_t size, minor; /* sizeof(epns_plugin); additions within version 1 */
  const char *vendor, *version, *licence;
  const epns_kind *const *kinds;
  uint32_t n_kinds;
} epns_plugin;

#ifdef __cplusplus
}
#endif
#endif
