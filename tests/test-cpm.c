/* SPDX-License-Identifier: MIT */
/* The Cellular Potts kind at its boundary: what it refuses, what it leaves alone, and that its bits
 * depend on nothing else. */
#include "tests/cpm-setup.h"
#include "plugin/archive.h"
#include "tests/suite.h"

enum { SIDE = 30, SITES = SIDE * SIDE, ROWS = 40, RADIUS = 12 };
#define BYTES (SITES * sizeof (gint32))

static void
sorting (CpmSetup *setup, CpmTissue *tissue, const epns_host *host, int way)
{
  *setup = cpm_setup_open (host);
  cpm_setup_cell_sorting (setup);
  cpm_setup_way (setup, way);
  cpm_tissue_init (tissue, 1, SIDE, SIDE, ROWS);
  cpm_tissue_blob (tissue, RADIUS);
}

START_TEST (declares_its_fields)
{
  CpmSetup setup = cpm_setup_open (NULL);
  uint32_t n;
  double dt;
  const char *unit;
  const epns_field *fields = epns_kind_cpm.fields (setup.model, &n, &dt, &unit);

  ck_assert_uint_eq (n, setup.n_params + 3);
  ck_assert_str_eq (fields[n - 3].name, "cell-id");
  ck_assert_str_eq (fields[n - 2].name, "cell-type");
  ck_assert_str_eq (fields[n - 1].name, "hamiltonian");
  ck_assert_int_eq (fields[n - 1].optional, 1);
  ck_assert_str_eq (unit, "MCS");
  ck_assert (dt > 0.5 && dt < 1.5);
  cpm_setup_close (&setup);
}
END_TEST

START_TEST (has_no_files)
{
  epns_model *model = NULL;
  epns_error error;

  ck_assert_int_eq (epns_kind_cpm.open (NULL, "some/folder", &model, &error), EPNS_DISCARD);
  ck_assert_ptr_null (model);
  ck_assert_ptr_nonnull (strstr (error.text, "some/folder"));
}
END_TEST

static void
expect_refused (const CpmSetup *setup, const char *culprit, const char *fragment)
{
  epns_run *run = NULL;
  epns_error error;

  ck_assert_int_eq (
      epns_kind_cpm.start (setup->model, setup->params, setup->n_params, 1, 0, &run, &error),
      EPNS_DISCARD);
  ck_assert_ptr_null (run);
  ck_assert_msg (strstr (error.text, fragment) != NULL, "'%s' does not say '%s'", error.text,
                 fragment);
  if (culprit != NULL)
    ck_assert_str_eq (setup->fields[error.field].name, culprit);
}

START_TEST (refuses_parameters)
{
  static const struct {
    const char *name;
    double value;
    const char *fragment;
  } bad[] = {
    { "temperature", NAN, "finite" },
    { "temperature", -1, "at least 0" },
    { "temperature", INFINITY, "finite" },
    { "boltzmann-constant", 0, "at least" },
    { "attempts-per-site", -1, "at least 0" },
    { "neighbor-order", 0, "at least 1" },
    { "neighbor-order", 65, "at most 64" },
    { "contact-neighbor-order", -3, "at least 1" },
    { "rng", 2, "at most 1" },
    { "sampling", 2, "at most 1" },
    { "contact-weight-by-distance", 7, "at most 1" },
    { "fluctuation-combine", 3, "at most 2" },
    { "surface-scale", -0.5, "at least 0" },
  };
  static const double four[4] = { 0, 1, 1, 1 }, lopsided[9] = { 0, 1, 2, 1, 0, 5, 2, 4, 0 };
  CpmTissue tissue;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    CpmSetup setup;
    sorting (&setup, &tissue, NULL, 0);
    cpm_setup_number (&setup, bad[i].name, bad[i].value);
    expect_refused (&setup, bad[i].name, bad[i].fragment);
    cpm_tissue_clear (&tissue);
    cpm_setup_close (&setup);
  }
  CpmSetup setup;
  sorting (&setup, &tissue, NULL, 0);
  cpm_setup_give (&setup, "target-surface", 3, four);
  expect_refused (&setup, "surface-strength", "give both");
  cpm_setup_give (&setup, "surface-strength", 4, four);
  expect_refused (&setup, "surface-strength", "by type, 3");
  cpm_setup_give (&setup, "surface-strength", 3, four);
  cpm_setup_give (&setup, "contact-energy", 3, lopsided);
  expect_refused (&setup, "contact-energy", "symmetric");
  cpm_setup_cell_sorting (&setup);
  cpm_setup_number (&setup, "rng", 1);
  cpm_setup_number (&setup, "sampling", 1);
  expect_refused (&setup, "sampling", "CompuCell3D");
  setup.params[cpm_setup_find (&setup, "temperature")].data = NULL;
  expect_refused (&setup, "temperature", "fluctuation-amplitude");
  setup.params[0].dtype = EPNS_F32;
  setup.params[0].data = tissue.ids;
  expect_refused (&setup, "temperature", "float64");
  for (uint32_t p = 0; p < setup.n_params; p++)
    setup.params[p].data = NULL;
  expect_refused (&setup, NULL, "by type");
  setup.n_params--;
  expect_refused (&setup, NULL, "one for each");
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}
END_TEST

/* Step a sound member and a spoilt one together: the sound one moves, the other's memory and count
 * do not. */
static void
expect_member_refused (void (*spoil) (CpmTissue *tissue), const char *field, int64_t need,
                       const char *fragment)
{
  CpmSetup setup;
  CpmTissue sound, spoilt;
  epns_error error;
  uint32_t n;

  sorting (&setup, &sound, NULL, 0);
  cpm_tissue_init (&spoilt, 1, SIDE, SIDE, ROWS);
  cpm_tissue_blob (&spoilt, RADIUS);
  spoil (&spoilt);
  g_autofree gint32 *before = g_memdup2 (spoilt.ids, BYTES), *start = g_memdup2 (sound.ids, BYTES);
  epns_run *runs[2] = { cpm_setup_start (&setup, 1, 0), cpm_setup_start (&setup, 1, 1) };
  epns_frame frames[2] = { { .views = sound.views, .n_views = 3 },
                           { .views = spoilt.views, .n_views = 3 } };
  ck_assert_int_eq (epns_kind_cpm.step (runs, frames, 2, 2, 1, &error), EPNS_DISCARD);
  ck_assert_int_eq (frames[0].status, EPNS_OK);
  ck_assert_int_eq (frames[0].step, 2);
  ck_assert_mem_ne (sound.ids, start, BYTES);
  ck_assert_int_eq (frames[1].status, EPNS_DISCARD);
  ck_assert_int_eq (frames[1].step, 0);
  ck_assert_mem_eq (spoilt.ids, before, BYTES);
  ck_assert_int_eq (error.member, 1);
  ck_assert_str_eq (epns_kind_cpm.fields (setup.model, &n, NULL, NULL)[error.field].name, field);
  ck_assert_int_eq (error.need, need);
  ck_assert_msg (strstr (error.text, fragment) != NULL, "'%s' does not say '%s'", error.text,
                 fragment);
  for (int i = 0; i < 2; i++)
    epns_kind_cpm.stop (runs[i]);
  cpm_tissue_clear (&sound);
  cpm_tissue_clear (&spoilt);
  cpm_setup_close (&setup);
}

static void
negative_id (CpmTissue *tissue)
{
  tissue->ids[2 * SIDE + 3] = -1;
}

static void
id_without_row (CpmTissue *tissue)
{
  tissue->ids[77] = ROWS + 5;
}

static void
unknown_type (CpmTissue *tissue)
{
  tissue->types[3] = 3;
}

static void
medium_of_a_type (CpmTissue *tissue)
{
  tissue->types[0] = 1;
}

static void
flat_array (CpmTissue *tissue)
{
  tissue->views[0].rank = 2;
}

START_TEST (refuses_members)
{
  expect_member_refused (negative_id, "cell-id", 0, "z, y, x = 0, 2, 3");
  expect_member_refused (id_without_row, "cell-type", ROWS + 6, "cell-id is 45");
  expect_member_refused (unknown_type, "cell-type", 2, "cell 3");
  expect_member_refused (medium_of_a_type, "cell-type", 0, "medium");
  expect_member_refused (flat_array, "cell-id", 3, "rank");
}
END_TEST

START_TEST (refuses_other_steps)
{
  static const double bad[] = { 0.5, 2, 0, -1, NAN };
  CpmSetup setup;
  CpmTissue tissue;
  epns_error error;

  sorting (&setup, &tissue, NULL, 0);
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  epns_frame frame = { .views = tissue.views, .n_views = 3 };
  g_autofree gint32 *before = g_memdup2 (tissue.ids, BYTES);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    ck_assert_int_eq (epns_kind_cpm.step (&run, &frame, 1, 1, bad[i], &error), EPNS_DISCARD);
    ck_assert_int_eq (error.need, 1);
    ck_assert_mem_eq (tissue.ids, before, BYTES);
  }
  ck_assert_int_eq (epns_kind_cpm.step (&run, &frame, 1, 1, 1, NULL), EPNS_OK);
  ck_assert_int_eq (frame.step, 1);
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}
END_TEST

START_TEST (refuses_a_ring_too_short)
{
  static const double periodic[3] = { 0, 0, 1 };
  CpmSetup setup;
  CpmTissue tissue;
  epns_error error;

  sorting (&setup, &tissue, NULL, 0);
  cpm_setup_give (&setup, "periodic", 3, periodic);
  cpm_setup_number (&setup, "contact-neighbor-order", 4);
  tissue.views[0].shape[2] = 2;
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  ck_assert_int_eq (cpm_tissue_step (&tissue, run, 1, &error), EPNS_DISCARD);
  ck_assert_int_eq (error.axis, 2);
  ck_assert_int_eq (error.need, 3);
  tissue.views[0].shape[2] = 3;
  ck_assert_int_eq (cpm_tissue_step (&tissue, run, 1, &error), EPNS_OK);
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}
END_TEST

enum { MEMBERS = 5 };

/* Step MEMBERS members 6 MCS in calls of `stride`, in order or reversed; the lattices one after the
 * other. */
static gint32 *
ensemble (int way, guint32 threads, guint32 stride, gboolean reversed)
{
  epns_host host = { .size = sizeof host, .threads = threads };
  CpmSetup setup;
  CpmTissue tissues[MEMBERS];
  epns_run *runs[MEMBERS];
  epns_frame frames[MEMBERS];
  gint32 *result = g_new (gint32, MEMBERS * SITES);

  sorting (&setup, &tissues[0], &host, way);
  for (int i = 0; i < MEMBERS; i++) {
    if (i > 0)
      cpm_tissue_init (&tissues[i], 1, SIDE, SIDE, ROWS);
    cpm_tissue_blob (&tissues[i], RADIUS);
    runs[i] = cpm_setup_start (&setup, 9, (guint64) (reversed ? MEMBERS - 1 - i : i));
    frames[i] = (epns_frame){ .views = tissues[i].views, .n_views = 3 };
  }
  for (guint32 done = 0; done < 6; done += stride)
    ck_assert_int_eq (epns_kind_cpm.step (runs, frames, MEMBERS, stride, 1, NULL), EPNS_OK);
  for (int i = 0; i < MEMBERS; i++) {
    memcpy (result + (reversed ? MEMBERS - 1 - i : i) * SITES, tissues[i].ids, BYTES);
    epns_kind_cpm.stop (runs[i]);
    cpm_tissue_clear (&tissues[i]);
  }
  cpm_setup_close (&setup);
  return result;
}

START_TEST (bits_depend_on_nothing_else)
{
  for (int way = 0; way < CPM_WAYS; way++) {
    g_autofree gint32 *reference = ensemble (way, 1, 6, FALSE);
    ck_assert_mem_ne (reference, reference + SITES, BYTES);
    for (guint32 threads = 1; threads <= 4; threads++) {
      g_autofree gint32 *split = ensemble (way, threads, 1, FALSE),
                        *reversed = ensemble (way, threads, 3, TRUE);
      ck_assert_mem_eq (split, reference, MEMBERS * BYTES);
      ck_assert_mem_eq (reversed, reference, MEMBERS * BYTES);
    }
  }
}
END_TEST

/* The same lattice lent from its far end, with every other column unused. */
START_TEST (any_strides)
{
  CpmSetup setup;
  CpmTissue tissue;
  g_autofree gint32 *wide = g_new0 (gint32, 2 * SITES);

  sorting (&setup, &tissue, NULL, 0);
  epns_view mirrored = tissue.views[0], contiguous = tissue.views[0];
  mirrored.data = wide + 2 * SITES - 2;
  mirrored.stride[1] = -2 * SIDE * (int64_t) sizeof (gint32);
  mirrored.stride[2] = -2 * (int64_t) sizeof (gint32);
  epns_view_scatter (&mirrored, tissue.ids);
  epns_run *a = cpm_setup_start (&setup, 1, 0), *b = cpm_setup_start (&setup, 1, 0);
  ck_assert_int_eq (cpm_tissue_step (&tissue, a, 5, NULL), EPNS_OK);
  tissue.views[0] = mirrored;
  ck_assert_int_eq (cpm_tissue_step (&tissue, b, 5, NULL), EPNS_OK);
  g_autofree gint32 *gathered = g_new (gint32, SITES);
  epns_view_gather (&mirrored, gathered);
  ck_assert_mem_eq (gathered, contiguous.data, BYTES);
  for (int s = 1; s < 2 * SITES; s += 2)
    ck_assert_int_eq (wide[s], 0);
  epns_kind_cpm.stop (a);
  epns_kind_cpm.stop (b);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}
END_TEST

START_TEST (resumes_from_an_archive)
{
  for (int way = 0; way < CPM_WAYS; way++) {
    CpmSetup setup;
    CpmTissue tissue;
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    epns_archive save = epns_archive_writer (bytes);

    sorting (&setup, &tissue, NULL, way);
    epns_run *run = cpm_setup_start (&setup, 3, 0), *resumed = cpm_setup_start (&setup, 8, 8);
    cpm_tissue_step (&tissue, run, 4, NULL);
    ck_assert_int_eq (epns_kind_cpm.archive (run, &save, NULL), EPNS_OK);
    g_autofree gint32 *middle = g_memdup2 (tissue.ids, BYTES);
    cpm_tissue_step (&tissue, run, 4, NULL);
    g_autofree gint32 *end = g_memdup2 (tissue.ids, BYTES);

    EpnsArchiveSource source = { .data = bytes->data, .size = bytes->len - 1 };
    epns_archive load = epns_archive_reader (&source);
    epns_error error;
    ck_assert_int_eq (epns_kind_cpm.archive (resumed, &load, &error), EPNS_DISCARD);
    source = (EpnsArchiveSource){ .data = bytes->data, .size = bytes->len };
    ck_assert_int_eq (epns_kind_cpm.archive (resumed, &load, &error), EPNS_OK);
    memcpy (tissue.ids, middle, BYTES);
    cpm_tissue_step (&tissue, resumed, 4, NULL);
    ck_assert_mem_eq (tissue.ids, end, BYTES);

    cpm_setup_way (&setup, (way + 1) % CPM_WAYS);
    epns_run *other = cpm_setup_start (&setup, 3, 0);
    source.at = 0;
    ck_assert_int_eq (epns_kind_cpm.archive (other, &load, &error), EPNS_DISCARD);
    epns_kind_cpm.stop (run);
    epns_kind_cpm.stop (resumed);
    epns_kind_cpm.stop (other);
    cpm_tissue_clear (&tissue);
    cpm_setup_close (&setup);
  }
}
END_TEST

/* A run has no memory of the lattice: what the host lends is what is stepped, in any size. */
START_TEST (honours_what_the_host_changed)
{
  CpmSetup setup;
  CpmTissue one, other;

  sorting (&setup, &one, NULL, 0);
  cpm_tissue_init (&other, 1, SIDE, SIDE, ROWS);
  epns_run *a = cpm_setup_start (&setup, 1, 0), *b = cpm_setup_start (&setup, 1, 0);
  cpm_tissue_step (&one, a, 3, NULL);
  other.views[0].shape[1] = SIDE / 2; /* b spends the time on another lattice */
  cpm_tissue_step (&other, b, 3, NULL);
  other.views[0].shape[1] = SIDE;
  for (int s = 0; s < SITES; s++) /* then both get one with a cell less and another type */
    if (one.ids[s] == 5)
      one.ids[s] = 0;
  one.types[6] = 3 - one.types[6];
  memcpy (other.ids, one.ids, BYTES);
  memcpy (other.types, one.types, ROWS * sizeof (gint32));
  cpm_tissue_step (&one, a, 3, NULL);
  cpm_tissue_step (&other, b, 3, NULL);
  ck_assert_mem_eq (one.ids, other.ids, BYTES);
  epns_kind_cpm.stop (a);
  epns_kind_cpm.stop (b);
  cpm_tissue_clear (&one);
  cpm_tissue_clear (&other);
  cpm_setup_close (&setup);
}
END_TEST

/* Ids with gaps; a cell that wants no volume dies and stays dead; a frozen one keeps every site. */
START_TEST (cells_die_and_freeze)
{
  static const double target[3] = { 0, 25, 0 }, strength[3] = { 0, 2, 500 },
                      frozen[3] = { 1, 1, 0 };
  enum { FROZEN = 7, DOOMED = 990 };
  CpmSetup setup;
  CpmTissue tissue;
  int owned = 0;

  sorting (&setup, &tissue, NULL, 0);
  cpm_tissue_clear (&tissue);
  cpm_tissue_init (&tissue, 1, SIDE, SIDE, 1000);
  cpm_setup_give (&setup, "target-volume", 3, target);
  cpm_setup_give (&setup, "volume-strength", 3, strength);
  cpm_setup_give (&setup, "frozen", 3, frozen); /* for the medium it means nothing */
  tissue.types[FROZEN] = 1;
  tissue.types[DOOMED] = 2;
  for (int s = 0; s < 40; s++)
    tissue.ids[200 + s] = s < 20 ? FROZEN : DOOMED;
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  ck_assert_int_eq (cpm_tissue_step (&tissue, run, 60, NULL), EPNS_OK);
  for (int s = 0; s < SITES; s++) {
    ck_assert_int_ne (tissue.ids[s], DOOMED);
    owned += tissue.ids[s] == FROZEN;
    ck_assert (s < 200 || s >= 220 || tissue.ids[s] == FROZEN);
  }
  ck_assert_int_eq (owned, 20);
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}
END_TEST

/* Without fluctuations the energy never rises. */
START_TEST (cold_runs_downhill)
{
  for (int way = 0; way < CPM_WAYS; way++) {
    CpmSetup setup;
    CpmTissue tissue;
    double before = INFINITY;

    sorting (&setup, &tissue, NULL, way);
    cpm_setup_number (&setup, "temperature", 0);
    epns_run *run = cpm_setup_start (&setup, 1, 0);
    for (int mcs = 0; mcs < 20; mcs++, before = tissue.hamiltonian) {
      ck_assert_int_eq (cpm_tissue_step (&tissue, run, 1, NULL), EPNS_OK);
      ck_assert (tissue.hamiltonian <= before + 1e-9);
    }
    epns_kind_cpm.stop (run);
    cpm_tissue_clear (&tissue);
    cpm_setup_close (&setup);
  }
}
END_TEST

SUITE ("cpm", declares_its_fields, has_no_files, refuses_parameters, refuses_members,
       refuses_other_steps, refuses_a_ring_too_short, bits_depend_on_nothing_else, any_strides,
       resumes_from_an_archive, honours_what_the_host_changed, cells_die_and_freeze,
       cold_runs_downhill)
