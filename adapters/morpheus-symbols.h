/* SPDX-License-Identifier: MIT */
/* The symbols of a MorpheusML file by scope: morpheus-symbols.c finds them, morpheus-values.c works
 * out what they are worth. */
#pragma once
#include "adapters/morpheus.h"

typedef enum {
  SYMBOL_NUMBER,
  SYMBOL_VECTOR,
  SYMBOL_FUNCTION,
  SYMBOL_MOVING /* has no one value */
} MorpheusSymbolKind;

typedef struct {
  MorpheusSymbolKind kind;
  const char *text; /* its expression */
  const char *why;  /* MOVING: "changes in time" */
  const EpnsXmlNode *node;
  const MorpheusScope *scope;
  char **parameters; /* FUNCTION: names; NULL-terminated */
  gboolean fixed;    /* `value` is known */
  double value[3];
} MorpheusSymbol;

struct _MorpheusScope {
  const MorpheusScope *parent;
  GHashTable *symbols; /* const char * -> MorpheusSymbol */
  GHashTable *written; /* const char * -> const EpnsXmlNode *, what writes it; the file's own */
};
