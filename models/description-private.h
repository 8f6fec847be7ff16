/* SPDX-License-Identifier: MIT */
/* How a reader fills a model description; for adapters/model-xml.c and the tests. */
#pragma once
#include "models/description.h"

typedef struct { /* of <network> */
  int line;
  gboolean used;
  char value[];
} EpnsNetworkAttribute;

/* An empty description of the file `path`. */
EpnsModelDescription *epns_model_description_new (const char *path);

/* State an attribute of <network>; the strings are copied. */
void epns_model_description_put (EpnsModelDescription *self, const char *name, const char *value,
                                 int line);
