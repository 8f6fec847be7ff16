/* SPDX-License-Identifier: MIT */
/* Saves such as PhysiCell leaves, made on the spot: three cells that all move alike. */
#pragma once
#include "tests/reading.h"

enum { SAVES_ROWS = 10, SAVES_CELLS = 3 };

static const char saves_xml[] =
    "<MultiCellDS version=\"2\"><metadata><current_time units=\"min\">%g</current_time></metadata>"
    "<microenvironment><domain><mesh><bounding_box>-50 -40 -10 50 40 10</bounding_box></mesh>"
    "</domain></microenvironment><cellular_information><cell_populations><cell_population>"
    "<custom><simplified_data type=\"matlab\"><cell_types><type ID=\"0\" type=\"7\">A</type>"
    "<type ID=\"1\" type=\"2\">B</type></cell_types><labels>"
    "<label index=\"2\" size=\"1\">total_volume</label><label index=\"9\" size=\"1\">ID</label>"
    "<label index=\"3\" size=\"3\">position</label><label index=\"0\" size=\"1\">cell_type</label>"
    "<label index=\"1\" size=\"1\">radius</label>"
    "<label index=\"6\" size=\"3\">motility_vector</label>"
    "</labels><filename>elsewhere/%s</filename></simplified_data></custom></cell_population>"
    "</cell_populations></cellular_information></MultiCellDS>";

/* By column: cell_type, radius, volume, x, y, z, motility, ID. IDs are 5, 1, 3. */
static const double saves_start[SAVES_CELLS][SAVES_ROWS] = {
  { 7, 8, 2000, 1, 2, 0, 0.1, 0.2, 0.3, 5 },
  { 2, 9, 3000, -3, 4, 0, 0, 0, 0, 1 },
  { 7, 8, 2000, 5, 6, 0, 0, 0, 0, 3 },
};

static inline GByteArray *
saves_matrix (guint32 rows, guint32 columns, const double *values)
{
  static const char name[5] = "cells"; /* without the NUL that MATLAB's own files have */
  const guint32 header[5] = { 0, GUINT32_TO_LE (rows), GUINT32_TO_LE (columns), 0,
                              GUINT32_TO_LE (sizeof name) };
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) header, sizeof header);
  g_byte_array_append (bytes, (const guint8 *) name, sizeof name);
  g_byte_array_append (bytes, (const guint8 *) values, (guint) (rows * columns * sizeof *values));
  return bytes;
}

/* Save number `number` of time 10 * number in `folder`, every cell moved by 2 * number along x and
 * the columns turned by `number`. Returns the XML's path. */
static inline char *
saves_write (const char *folder, int number)
{
  double cells[SAVES_CELLS][SAVES_ROWS];
  g_autofree char *name = g_strdup_printf ("output%08d.xml", number);
  g_autofree char *matrix = g_strdup_printf ("output%08d_cells.mat", number);
  g_autofree char *text = g_strdup_printf (saves_xml, 10.0 * number, matrix);

  for (int i = 0; i < SAVES_CELLS; i++) {
    memcpy (cells[i], saves_start[(i + number) % SAVES_CELLS], sizeof cells[i]);
    cells[i][3] += 2.0 * number;
  }
  g_autoptr (GByteArray) bytes = saves_matrix (SAVES_ROWS, SAVES_CELLS, &cells[0][0]);
  g_free (reading_write (folder, matrix, (const char *) bytes->data, bytes->len));
  return reading_write (folder, name, text, -1);
}
