/* SPDX-License-Identifier: MIT */
/* What the tests of the readers share: files made from text, and one-line errors. */
#pragma once
#include "adapters/scenario.h"
#include "plugin/error.h"
#include "tests/suite.h"

#include <unistd.h>

/* A fresh folder; reading_remove takes it away with the plain files in it. */
static inline char *
reading_folder (void)
{
  char *folder = g_dir_make_tmp ("epns-test-XXXXXX", NULL);

  ck_assert_ptr_nonnull (folder);
  return folder;
}

static inline void
reading_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    ck_assert_int_eq (remove (path), 0);
  }
  ck_assert_int_eq (rmdir (folder), 0);
}

/* Write folder/name; returns its path, free with g_free. */
static inline char *
reading_write (const char *folder, const char *name, const char *text, gssize size)
{
  char *path = g_build_filename (folder, name, NULL);

  ck_assert (g_file_set_contents (path, text, size, NULL));
  return path;
}

static inline char *
reading_load (const char *relative)
{
  g_autofree char *path = suite_source (relative);
  char *text;

  ck_assert_msg (g_file_get_contents (path, &text, NULL, NULL), "%s", path);
  return text;
}

/* Copy of text with the first `from` replaced, which must be there. */
static inline char *
reading_replace (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, 2);

  ck_assert_msg (g_strv_length (parts) == 2, "\"%s\" is not in the text", from);
  return g_strconcat (parts[0], to, parts[1], NULL);
}

/* A folder with the lattice network of tests/golden and its model.xml with `from` replaced. */
static inline char *
reading_local_model (const char *from, const char *to)
{
  g_autofree char *text = reading_load ("tests/golden/model.xml");
  g_autofree char *other = reading_replace (text, from, to);
  g_autofree char *weights = suite_source ("tests/golden/local_passes.weights.safetensors"),
                  *bytes = NULL;
  char *folder = reading_folder ();
  gsize size;

  ck_assert (g_file_get_contents (weights, &bytes, &size, NULL));
  g_free (reading_write (folder, "local_passes.weights.safetensors", bytes, (gssize) size));
  g_free (reading_write (folder, "model.xml", other, -1));
  return folder;
}

/* The error is there, is one line, holds `part`; it is freed. */
static inline void
reading_failed (GError **error, const char *part)
{
  ck_assert_ptr_nonnull (*error);
  ck_assert_uint_eq ((*error)->domain, EPNS_FAILURE);
  ck_assert_ptr_null (strpbrk ((*error)->message, "\n\r"));
  ck_assert_msg (strstr ((*error)->message, part) != NULL, "\"%s\" does not say \"%s\"",
                 (*error)->message, part);
  g_clear_error (error);
}

/* One change to a valid scenario, and what the refusal says. */
typedef struct {
  const char *from, *to, *message;
} ReadingMistake;

/* Each of n changes, alone, to the file `relative` makes it refused; a file "a.xml" elsewhere has
 * it, and the refusal begins with its path. */
static inline void
reading_mistakes (const char *relative, const ReadingMistake *cases, guint n)
{
  g_autofree char *base = reading_load (relative), *folder = reading_folder ();

  for (guint i = 0; i < n; i++) {
    g_autofree char *text = reading_replace (base, cases[i].from, cases[i].to);
    g_autofree char *path = reading_write (folder, "a.xml", text, -1);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
    ck_assert_msg (scenario == NULL, "%s is read", cases[i].to);
    ck_assert (g_str_has_prefix (error->message, folder));
    reading_failed (&error, cases[i].message);
  }
  reading_remove (folder);
}
