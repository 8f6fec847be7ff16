/* SPDX-License-Identifier: MIT */
/* Lattice states: volumes, who lives, and what does not hold together. */
#include "adapters/lattice-state.h"
#include "plugin/view.h"
#include "tests/reading.h"

static const gint32 size[3] = { 1, 2, 3 };

static EpnsLatticeState *
two_cells (void)
{
  static const gint32 ids[6] = { 0, 4, 4, 0, 2, 4 };
  EpnsLatticeState *state = epns_lattice_state_new (size, 5);

  memcpy (state->id, ids, sizeof ids);
  state->type[2] = 1, state->type[4] = 2;
  return state;
}

START_TEST (volumes_and_the_living)
{
  g_autoptr (EpnsLatticeState) state = two_cells ();
  g_autofree guint32 *volume = epns_lattice_state_volumes (state);
  gsize n;
  g_autofree gint32 *present = epns_lattice_state_present (state, &n);

  ck_assert_uint_eq (epns_lattice_state_sites (state), 6);
  ck_assert_mem_eq (volume, ((const guint32[]) { 2, 0, 1, 0, 3 }), 5 * sizeof (guint32));
  ck_assert_uint_eq (n, 2);
  ck_assert_mem_eq (present, ((const gint32[]) { 2, 4 }), 2 * sizeof (gint32));
}
END_TEST

START_TEST (copies_grow_alone)
{
  g_autoptr (EpnsLatticeState) state = two_cells (), copy = epns_lattice_state_copy (state);

  epns_lattice_state_grow (copy, 9);
  epns_lattice_state_grow (copy, 3); /* never shrinks */
  copy->id[0] = 8;
  copy->type[8] = 1;
  ck_assert_uint_eq (copy->n_rows, 9);
  ck_assert_int_eq (copy->type[4], 2);
  ck_assert_int_eq (copy->type[7], 0);
  ck_assert_uint_eq (state->n_rows, 5);
  ck_assert_int_eq (state->id[0], 0);
}
END_TEST

START_TEST (views_have_the_fields_shape)
{
  g_autoptr (EpnsLatticeState) state = two_cells ();
  epns_view ids = epns_lattice_state_id_view (state), types = epns_lattice_state_type_view (state);

  ck_assert_int_eq (ids.rank, 3);
  ck_assert_int_eq (ids.shape[2], 3);
  ck_assert_int_eq (epns_view_count (&ids), 6);
  ck_assert_ptr_eq (ids.data, state->id);
  ck_assert_int_eq (types.rank, 1);
  ck_assert_int_eq (types.shape[0], 5);
}
END_TEST

START_TEST (what_does_not_hold_together)
{
  g_autoptr (EpnsLatticeState) state = two_cells ();
  g_autoptr (GError) error = NULL;

  ck_assert (epns_lattice_state_check (state, 3, NULL));
  ck_assert (!epns_lattice_state_check (state, 2, &error));
  reading_failed (&error, "cell 4 has type 2; known are 1 to 1");
  state->id[5] = 5;
  ck_assert (!epns_lattice_state_check (state, 3, &error));
  reading_failed (&error, "site x=2 y=1 z=0 holds cell 5, but the type table covers cells 0 to 4");
  state->id[5] = -1;
  ck_assert (!epns_lattice_state_check (state, 3, &error));
  reading_failed (&error, "holds cell -1");
  state->id[5] = 3; /* a cell of the medium's type */
  ck_assert (!epns_lattice_state_check (state, 3, &error));
  reading_failed (&error, "cell 3 has type 0");
  state->type[0] = 1;
  ck_assert (!epns_lattice_state_check (state, 3, &error));
  reading_failed (&error, "the medium");
}
END_TEST

SUITE ("lattice-state", volumes_and_the_living, copies_grow_alone, views_have_the_fields_shape,
       what_does_not_hold_together)
