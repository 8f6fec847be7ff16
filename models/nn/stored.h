/* SPDX-License-Identifier: MIT */
/* Element types of safetensors files: names, sizes. For reader and writer. */
#pragma once
#include "models/nn/safetensors.h"

gsize epns_stored_type_size (EpnsStoredType type);
gboolean epns_stored_type_from_name (const char *name, EpnsStoredType *type);
