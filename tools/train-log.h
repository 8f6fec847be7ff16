/* SPDX-License-Identifier: MIT */
/* What a training says of itself as it goes: a line of JSON for each validation, a line of text, a
 * curve. */
#pragma once
#include "compare/figure-learning.h"

typedef struct {
  char *path;     /* FOLDER/log.jsonl */
  GArray *points; /* EpnsLearningPoint */
} EpnsTrainLog;

/* The log of a folder: what it holds up to `step`, or nothing where step is 0 or it has no log.
 * EPNS_FAILURE_FORMAT naming the line that is none of ours. */
EpnsTrainLog *epns_train_log_open (const char *folder, guint64 step, GError **error);
void epns_train_log_free (EpnsTrainLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrainLog, epns_train_log_free)

/* Seconds of training that the log knows of. */
double epns_train_log_seconds (const EpnsTrainLog *self);

/* Add a point and write the file anew, whole or not at all. */
gboolean epns_train_log_add (EpnsTrainLog *self, const EpnsLearningPoint *point, GError **error);

/* One line each; free with g_free(). */
char *epns_train_log_json (const EpnsLearningPoint *point);
char *epns_train_log_text (const EpnsLearningPoint *point, guint64 steps);
