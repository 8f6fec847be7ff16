/* SPDX-License-Identifier: MIT */
/* The machine in words. */
#pragma once
#include <glib.h>

/* "Model name, 8 threads, avx2 fma": the processor and those of its vector features that the
 * network kernels choose by; NULL where /proc/cpuinfo cannot be read. Free with g_free. [any] */
char *epns_machine_processor (void);

/* The same and the operating system's name and release. Free with g_free. [any] */
char *epns_machine (void);
