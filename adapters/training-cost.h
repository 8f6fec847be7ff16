/* SPDX-License-Identifier: MIT */
/* What a model folder says of the effort that went into it. */
#pragma once

/* The minutes FOLDER/model.xml says training took; NaN where it says nothing, cannot be read, or
 * `folder` is NULL. [any] */
double epns_training_minutes (const char *folder);
