/* SPDX-License-Identifier: MIT */
/* Ctrl-C as a question asked between steps. Only the command does this; no library here touches
 * signals. */
#pragma once
#include <glib.h>

/* From now on the first SIGINT or SIGTERM is only noted; a second one ends the program as usual. */
void epns_interrupt_watch (void);

/* Has one arrived? */
gboolean epns_interrupted (void);
