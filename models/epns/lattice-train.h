/* SPDX-License-Identifier: MIT */
/* Training of kind epns-lattice behind plugin/epns_train.h. */
#pragma once
#include "plugin/epns_train.h"

extern const epns_train epns_lattice_train;
