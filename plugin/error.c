/* SPDX-License-Identifier: MIT */
/* The one place where a GError becomes a plain epns_error. */
#include "plugin/error.h"

#include <string.h>

G_DEFINE_QUARK (epns-failure-quark, epns_failure)

static epns_status
set_text (epns_error *error, epns_status status, const char *text)
{
  if (error == NULL)
    return status;
  *error = (epns_error) { .status = status, .member = -1, .field = -1, .axis = -1, .need = -1 };
  g_strlcpy (error->text, text, sizeof error->text);
  const char *end;
  if (!g_utf8_validate (error->text, -1, &end)) /* the cut may have split a character */
    error->text[end - error->text] = '\0';
  g_strdelimit (error->text, "\n\r", ' ');
  return status;
}

epns_status
epns_error_set (epns_error *error, epns_status status, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  return set_text (error, status, text);
}

epns_status
epns_error_take (epns_error *error, epns_status status, GError **from)
{
  set_text (error, status, *from ? (*from)->message : "unknown failure");
  g_clear_error (from);
  return status;
}
