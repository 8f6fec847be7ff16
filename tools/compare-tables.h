/* SPDX-License-Identifier: MIT */
/* epns compare --a A.csv --b B.csv: two tables of the OpenVT benchmark. */
#pragma once
#include <glib.h>

/* Is this what the command line asks for? */
gboolean epns_compare_is_tables (int argc, char **argv);

/* Do it; the exit status. */
int epns_compare_tables (int argc, char **argv, const char *command);
