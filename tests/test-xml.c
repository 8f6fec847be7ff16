/* SPDX-License-Identifier: MIT */
/* XML: what is read, and what is refused before it can hurt. */
#include "adapters/xml-values.h"
#include "tests/reading.h"

#include <fcntl.h>
#include <sys/stat.h>

static EpnsXml *
parse (const char *text, GError **error)
{
  return epns_xml_parse ("t.xml", text, strlen (text), error);
}

static void
refused (const char *text, gssize size, const char *part)
{
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (epns_xml_parse ("t.xml", text, size < 0 ? strlen (text) : (gsize) size,
                                      &error));
  ck_assert (g_str_has_prefix (error->message, "t.xml:"));
  reading_failed (&error, part);
}

START_TEST (elements_attributes_text)
{
  g_autoptr (EpnsXml)
      xml = parse ("<?xml version='1.0'?>\n<a p='1 &lt; 2' q=''>\n one <b/><c x='&#233;'>\n"
                   "<![CDATA[<two>]]></c><!-- no --> three\n<b/>\n</a>",
                   NULL);
  const EpnsXmlNode *root = epns_xml_root (xml), *b = epns_xml_child (root, "b"),
                    *c = epns_xml_child (root, "c");

  ck_assert_str_eq (root->name, "a");
  ck_assert_str_eq (root->namespace_uri, "");
  ck_assert_int_eq (root->line, 2);
  ck_assert_str_eq (epns_xml_attribute (root, "p"), "1 < 2");
  ck_assert_str_eq (epns_xml_attribute (root, "q"), "");
  ck_assert_ptr_null (epns_xml_attribute (root, "r"));
  ck_assert (g_str_has_prefix (root->text, "one") && g_str_has_suffix (root->text, "three"));
  ck_assert_int_eq (b->line, 3);
  ck_assert_int_eq (epns_xml_again (b)->line, 5);
  ck_assert_ptr_null (epns_xml_again (epns_xml_again (b)));
  ck_assert_str_eq (c->text, "<two>");
  ck_assert_str_eq (epns_xml_attribute (c, "x"), "\xc3\xa9");
  ck_assert_ptr_null (epns_xml_child (root, "d"));
}
END_TEST

START_TEST (numbers_and_words)
{
  g_autoptr (EpnsXml)
      xml = parse ("<a i='10.0' f='2.5' n='nan' h='-3' w='1e400' m='12x' t='{{t}}'>7</a>", NULL);
  const EpnsXmlNode *a = epns_xml_root (xml);
  g_autoptr (GError) error = NULL;
  gint64 integer;
  double number;
  static const char *const words[] = { "Temperature", "Periodic", "NeighborOrder", NULL };

  ck_assert (epns_xml_integer (a, "i", 0, 10, &integer, NULL) && integer == 10);
  ck_assert (epns_xml_integer (a, NULL, 0, 10, &integer, NULL) && integer == 7);
  ck_assert (epns_xml_number (a, "f", 0, 3, &number, NULL) && number == 2.5);
  ck_assert (!epns_xml_integer (a, "f", 0, 10, &integer, &error));
  reading_failed (&error, "t.xml:1: <a f=\"2.5\"> is not an integer");
  ck_assert (!epns_xml_integer (a, "h", 0, 10, &integer, &error));
  reading_failed (&error, "outside 0 to 10");
  ck_assert (!epns_xml_number (a, "t", 0, 10, &number, &error));
  reading_failed (&error, "template");
  ck_assert (!epns_xml_number (a, "z", 0, 10, &number, &error));
  reading_failed (&error, "has no z");
  static const char *const no_numbers[] = { "n", "w", "m", NULL };
  for (const char *const *bad = no_numbers; *bad != NULL; bad++) {
    ck_assert (!epns_xml_number (a, *bad, -1e308, 1e308, &number, &error));
    reading_failed (&error, "is not a finite number");
  }
  ck_assert_str_eq (epns_nearest_word ("Tempersture", words), "Temperature");
  ck_assert_str_eq (epns_nearest_word ("periodic", words), "Periodic");
  ck_assert_str_eq (epns_nearest_word ("NeighbourOrder", words), "NeighborOrder");
  ck_assert_ptr_null (epns_nearest_word ("Chemotaxis", words));
}
END_TEST

static void
try_broken_documents (void)
{
  refused ("", -1, "the file is empty");
  refused ("   \n", -1, "t.xml:");
  refused ("no markup", -1, "t.xml:1:");
  refused ("<a><b></a>", -1, "mismatch");
  refused ("<a>\n<b", -1, "t.xml:2:");
  refused ("<a>\xff\xfe</a>", -1, "t.xml:1:");
  refused ("<a>\0</a>", 9, "t.xml:1:");
  refused ("<a/><b/>", -1, "t.xml:1:");
  refused ("<a x='1' x='2'/>", -1, "redefined");
  refused ("<a>&nothing;</a>", -1, "nothing");
}

START_TEST (broken_documents)
{
  try_broken_documents ();
}
END_TEST

static void
try_entities (void)
{
  g_autoptr (GString) bomb = g_string_new ("<!DOCTYPE z [<!ENTITY a0 \"ha\">");

  for (int i = 1; i < 30; i++)
    g_string_append_printf (bomb, "<!ENTITY a%d \"&a%d;&a%d;&a%d;&a%d;\">", i, i - 1, i - 1, i - 1,
                            i - 1);
  g_string_append (bomb, "]><z>&a29;</z>");
  refused (bomb->str, -1, "entity declaration \"a0\"");
  refused ("<!DOCTYPE z [\n<!ENTITY e SYSTEM 'file:///etc/passwd'>]><z>&e;</z>", -1,
           "t.xml:2: the entity");
  refused ("<!DOCTYPE z [<!ENTITY % e SYSTEM 'http://127.0.0.1:9/x'> %e;]><z/>", -1, "entity");
  refused ("<!DOCTYPE z SYSTEM 'http://127.0.0.1:9/x.dtd'><z>&e;</z>", -1, "t.xml:1:");

  g_autoptr (EpnsXml) harmless = parse ("<!DOCTYPE z SYSTEM 'http://127.0.0.1:9/x.dtd'><z/>",
                                        NULL); /* not fetched */
  ck_assert_ptr_nonnull (harmless);
}

START_TEST (entities_are_refused)
{
  try_entities ();
}
END_TEST

static char *
repeat (const char *before, const char *text, gsize n, const char *after)
{
  g_autoptr (GString) all = g_string_new (before);

  for (gsize i = 0; i < n; i++)
    g_string_append (all, text);
  g_string_append (all, after);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

START_TEST (sizes_are_bounded)
{
  g_autofree char *deep = repeat ("", "<a>", 100000, "");
  refused (deep, -1, "depth");
  g_autofree char *many = repeat ("<r>", "<a/>", 1100000, "</r>");
  refused (many, -1, "more than 1048576 elements");
  g_autofree char *huge = repeat ("<r>", "0123456789abcdef", 1u << 20, "</r>");
  refused (huge, -1, "too large");
  g_autofree char *lines = repeat ("<r>", "\n", 70000, "<late/></r>");
  g_autoptr (EpnsXml) xml = parse (lines, NULL);
  ck_assert_int_eq (epns_xml_child (epns_xml_root (xml), "late")->line, 70001);
}
END_TEST

static void
file_refused (const char *path, const char *part)
{
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (epns_xml_read (path, &error));
  ck_assert (g_str_has_prefix (error->message, path));
  reading_failed (&error, part);
}

START_TEST (files_that_are_none)
{
  g_autofree char *folder = reading_folder ();
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL),
                  *absent = g_build_filename (folder, "absent", NULL);
  g_autofree char *empty = reading_write (folder, "empty.xml", "", 0),
                  *large = g_build_filename (folder, "large", NULL);

  ck_assert_int_eq (mkfifo (pipe, 0600), 0);
  int fd = open (large, O_CREAT | O_WRONLY, 0600);
  ck_assert_int_eq (ftruncate (fd, (off_t) 1 << 40), 0); /* sparse: takes no room */
  close (fd);
  file_refused (folder, "not a regular file");
  file_refused (pipe, "not a regular file");
  file_refused (absent, "cannot be read");
  file_refused (empty, "the file is empty");
  file_refused (large, "at most");
  reading_remove (folder);
}
END_TEST

/* libxml2 would like to print; nothing may reach the error stream. */
START_TEST (nothing_is_printed)
{
  g_autofree char *folder = reading_folder (), *path = g_build_filename (folder, "printed", NULL);
  int saved = dup (STDERR_FILENO), fd = open (path, O_CREAT | O_RDWR, 0600);
  struct stat about;

  dup2 (fd, STDERR_FILENO);
  try_broken_documents ();
  try_entities ();
  dup2 (saved, STDERR_FILENO);
  ck_assert_int_eq (fstat (fd, &about), 0);
  ck_assert_int_eq (about.st_size, 0);
  close (fd);
  close (saved);
  reading_remove (folder);
}
END_TEST

static void
check_example (const char *schema, const char *name)
{
  g_autofree char *xsd = suite_source (schema),
                  *relative = g_build_filename ("schemas/examples", name, NULL);
  g_autofree char *path = suite_source (relative);
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsXml) xml = epns_xml_read (path, &error);

  ck_assert_ptr_nonnull (xml);
  if (strstr (name, "invalid") == NULL) {
    ck_assert_msg (epns_xml_validate (xml, xsd, &error), "%s", error ? error->message : "");
  } else {
    ck_assert_msg (!epns_xml_validate (xml, xsd, &error), "%s is valid", name);
    ck_assert_ptr_null (strstr (error->message, "{http"));
    reading_failed (&error, ".xml:");
  }
}

/* Every file in schemas/examples says in its name what it is. */
START_TEST (schema_examples)
{
  g_autofree char *folder = suite_source ("schemas/examples");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int seen = 0;

  for (const char *name; (name = g_dir_read_name (dir)) != NULL; seen++)
    check_example (g_str_has_prefix (name, "model")      ? "schemas/epns-model.xsd"
                   : g_str_has_prefix (name, "training") ? "schemas/epns-training.xsd"
                                                         : "schemas/epns-scenario.xsd",
                   name);
  ck_assert_int_ge (seen, 14);

  g_autoptr (EpnsXml) xml = parse ("<a/>", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *no_schema = suite_source ("schemas/examples/model-valid.xml");
  ck_assert (!epns_xml_validate (xml, no_schema, &error));
  reading_failed (&error, "model-valid.xml:");
  ck_assert (!epns_xml_validate (xml, "/nonexistent.xsd", &error));
  reading_failed (&error, "cannot be read");
}
END_TEST

SUITE ("xml", elements_attributes_text, numbers_and_words, broken_documents, entities_are_refused,
       sizes_are_bounded, files_that_are_none, nothing_is_printed, schema_examples)
