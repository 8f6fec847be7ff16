/* SPDX-License-Identifier: MIT */
/* Native and learned tissue side by side, moving. */
#pragma once
#include "compare/ensemble.h"

/* An animated PNG of member 0 of both at up to `most` common times. [any] */
GByteArray *epns_animate (const EpnsComparison *of, guint most, GError **error);
