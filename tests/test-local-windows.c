/* SPDX-License-Identifier: MIT */
/* Windows: where they lie, what covers a site, and that they follow what is drawn. */
#include "models/epns/local-windows.h"
#include "tests/suite.h"

enum { SIDE = 24, WIDE = 16, NARROW = 6 };

typedef struct {
  gint32 id[SIDE * SIDE], type[4], drawn[SIDE * SIDE];
  EpnsLocalState state;
  EpnsLocalWindows *windows;
} Setup;

static void
fill (gint32 *map, gsize y, gsize x, gsize side, gint32 value)
{
  for (gsize r = 0; r < side; r++)
    for (gsize c = 0; c < side; c++)
      map[(y + r) % SIDE * SIDE + (x + c) % SIDE] = value;
}

/* Cells 1 and 3; nothing drawn. */
static Setup *
setup_new (gboolean periodic)
{
  Setup *self = g_new0 (Setup, 1);

  fill (self->id, 4, 4, 4, 1);
  fill (self->id, 12, 21, 4, 3); /* across the seam, or cut in two by the walls */
  for (gsize s = 0; s < SIDE * SIDE; s++)
    self->drawn[s] = -2;
  for (gsize i = 1; i < 4; i++)
    self->type[i] = 1;
  self->state = (EpnsLocalState){ .id = self->id,
                                  .height = SIDE,
                                  .width = SIDE,
                                  .periodic = { periodic, periodic },
                                  .type = self->type,
                                  .n_ids = 4 };
  self->windows = epns_local_windows_new (WIDE);
  ck_assert (epns_local_windows_find (self->windows, &self->state, 2, NULL));
  return self;
}

static void
setup_free (Setup *self)
{
  epns_local_windows_free (self->windows);
  g_free (self);
}

static void
assert_place (const Setup *self, gsize cell, double middle_y, double middle_x, gint32 first_y,
              gint32 first_x)
{
  const EpnsLocalCell *c = &self->windows->cells[cell];
  const gint32 places[3] = { 0, first_y, first_x };

  ck_assert_double_eq_tol (c->middle_y, middle_y, 1e-12);
  ck_assert_double_eq_tol (c->middle_x, middle_x, 1e-12);
  ck_assert_int_eq (c->first_y, first_y);
  ck_assert_int_eq (c->first_x, first_x);
  ck_assert_mem_eq (self->windows->places + 3 * cell, places, sizeof places);
}

/* Every place within the lattice is listed once, at its site, in ascending order. */
static void
assert_covering (const Setup *self)
{
  const EpnsLocalWindows *w = self->windows;
  gsize places = w->n_cells * w->window * w->window;
  g_autofree guint8 *listed = g_malloc0 (places);

  for (gsize s = 0; s < SIDE * SIDE; s++)
    for (guint32 i = w->start[s]; i < w->start[s + 1]; i++) {
      ck_assert (i == w->start[s] || w->covering[i] > w->covering[i - 1]);
      ck_assert_int_eq (epns_local_windows_site (w, w->covering[i]), (gssize) s);
      listed[w->covering[i]] = 1;
    }
  for (gsize p = 0; p < places; p++)
    ck_assert_int_eq (listed[p], epns_local_windows_site (w, p) >= 0);
}

START_TEST (windows_lie_around_cells)
{
  Setup *self = setup_new (TRUE);

  epns_local_windows_centre (self->windows, NARROW, NULL);
  ck_assert_uint_eq (self->windows->n_cells, 2);
  assert_place (self, 0, 5.5, 5.5, 3, 3);
  assert_place (self, 1, 13.5, -1.5, 11, -4);
  assert_covering (self);
  epns_local_windows_centre (self->windows, WIDE, NULL);
  assert_place (self, 0, 5.5, 5.5, -2, -2);
  assert_covering (self);
  setup_free (self);
}
END_TEST

/* One cell has moved across a seam; the other has nothing drawn and keeps its place. */
START_TEST (windows_follow_what_is_drawn)
{
  Setup *self = setup_new (TRUE);

  fill (self->drawn, 23, 9, 2, 0);
  fill (self->drawn, 1, 9, 2, -1);
  epns_local_windows_centre (self->windows, NARROW, self->drawn);
  assert_place (self, 0, -0.5, 9.5, -3, 7);
  assert_place (self, 1, 13.5, -1.5, 11, -4);
  assert_covering (self);
  fill (self->drawn, 12, 2, 2, 1);
  epns_local_windows_centre (self->windows, NARROW, self->drawn);
  assert_place (self, 1, 12.5, 2.5, 10, 0);
  epns_local_windows_centre (self->windows, NARROW, NULL);
  assert_place (self, 0, 5.5, 5.5, 3, 3);
  setup_free (self);
}
END_TEST

/* Moving state and drawing by the same way moves the windows by it, whole turns of the torus apart.
 */
START_TEST (windows_move_with_the_tissue)
{
  for (gsize move = 0; move < SIDE; move++) {
    Setup *self = setup_new (TRUE);

    memset (self->id, 0, sizeof self->id);
    fill (self->id, 4 + move, 4, 4, 1);
    fill (self->drawn, 10 + move, 9, 3, 0);
    self->drawn[(15 + move) % SIDE * SIDE + 9] = 0;
    ck_assert (epns_local_windows_find (self->windows, &self->state, 2, NULL));
    epns_local_windows_centre (self->windows, NARROW, self->drawn);
    double far = self->windows->cells[0].middle_y - (11 + 0.4 + (double) move);
    ck_assert_double_eq_tol (far, far > -1 ? 0 : -SIDE, 1e-12);
    ck_assert_int_eq (((self->windows->cells[0].first_y - (gint32) move) % SIDE + SIDE) % SIDE, 9);
    setup_free (self);
  }
}
END_TEST

START_TEST (walls_cut_windows)
{
  Setup *self = setup_new (FALSE);

  fill (self->drawn, 0, 0, 1, 0);
  epns_local_windows_centre (self->windows, NARROW, self->drawn);
  assert_place (self, 0, 0, 0, -2, -2);
  assert_covering (self);
  setup_free (self);
}
END_TEST

START_TEST (the_widest_window_must_fit)
{
  Setup *self = setup_new (TRUE);
  g_autoptr (GError) error = NULL;

  self->state.height = WIDE - 2;
  memset (self->id, 0, sizeof self->id);
  ck_assert (!epns_local_windows_find (self->windows, &self->state, 2, &error));
  ck_assert_msg (strstr (error->message, "windows have 16") != NULL, "%s", error->message);
  setup_free (self);
}
END_TEST

SUITE ("local-windows", windows_lie_around_cells, windows_follow_what_is_drawn,
       windows_move_with_the_tissue, walls_cut_windows, the_widest_window_must_fit)
