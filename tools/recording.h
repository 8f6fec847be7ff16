/* SPDX-License-Identifier: MIT */
/* An ensemble's frames on their way into files, and what the files say of where they come from. */
#pragma once
#include "adapters/trajectory.h"
#include "tools/part.h"
#include "tools/schedule.h"
#include "tools/stepper.h"

/* What a recording of this ensemble knows apart from its frames, with its provenance: the
 * scenario and the model by path and SHA-256, the kind and its version, the parameters, the
 * step, the starts. */
EpnsTrajectoryMeta *epns_recording_meta (const EpnsScenario *scenario, const EpnsSettings *settings,
                                         const EpnsSchedule *schedule,
                                         const EpnsMembers *members);

/* Are two recordings of one scenario, model, parameters, step and kind of starts? `path` is that of
 * the first in messages: EPNS_FAILURE_MISMATCH naming what differs. */
gboolean epns_recording_same (const char *path, const EpnsTrajectoryMeta *was,
                              const EpnsTrajectoryMeta *now, GError **error);

/* The same of a part of the ensemble, with the part's members, of which *first is the first, and
 * with EPNS_PART_KEY; of the only part, a copy. EPNS_FAILURE_RANGE where there are fewer members
 * than parts. */
EpnsTrajectoryMeta *epns_recording_part (const EpnsTrajectoryMeta *whole, const EpnsPart *part,
                                         guint32 *first, GError **error);

/* Is there a file of this very recording, with all its frames? EPNS_FAILURE_MISMATCH where there
 * is one that could not even be gone on with, and what the reader says where it cannot be read. */
gboolean epns_recording_finished (const char *path, const EpnsTrajectoryMeta *meta, GError **error);

typedef struct _EpnsRecording EpnsRecording;

/* Begin one file each for `paths` (NULL-terminated). With `resume` the one path must be an .h5
 * file of the very same scenario, model, parameters, seed, members and times so far
 * (EPNS_FAILURE_MISMATCH naming what differs); the stepper is brought to its last frame. */
EpnsRecording *epns_recording_new (const char *const *paths, const EpnsTrajectoryMeta *meta,
                                   gboolean resume, EpnsStepper *stepper, GError **error);
/* What is not finished leaves nothing on the disk. */
void epns_recording_free (EpnsRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsRecording, epns_recording_free)

/* The frame the stepper stands at: 0, or where a resumed file ended. */
guint64 epns_recording_first_frame (const EpnsRecording *self);

/* An EpnsTakeFrame, ctx being the recording: write the frame, and keep every run as it is then. */
gboolean epns_recording_take (gpointer self, guint64 frame, double time, EpnsStepper *stepper,
                              GError **error);

/* Can the file be gone on with, once it is finished? One .h5 file of a model that keeps its runs
 * can. */
gboolean epns_recording_resumable (const EpnsRecording *self);

/* Give the files their names, with the runs as they were kept at the last frame, so that they
 * can be resumed. */
gboolean epns_recording_finish (EpnsRecording *self, GError **error);
