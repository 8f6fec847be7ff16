# The host's side of the plugin, for the command and for tests.
noinst_LTLIBRARIES += tools/libhost.la
tools_libhost_la_SOURCES = \
	tools/energy.c tools/energy.h \
	tools/guard.c tools/guard.h \
	tools/guard-look.c tools/guard-look.h \
	tools/schedule.c tools/schedule.h \
	tools/settings.c tools/settings.h \
	tools/shipped.c tools/shipped.h \
	tools/step-model.c tools/step-model.h \
	tools/stepper.c tools/stepper.h \
	tools/verify-checks.c tools/verify-checks.h \
	tools/verify-subject.c tools/verify-subject.h
tools_libhost_la_LIBADD = adapters/libadapters.la plugin/libepns.la plugin/libbase.la

# The command: one file per subcommand.
bin_PROGRAMS += tools/epns
tools_epns_SOURCES = \
	tools/main.c \
	tools/command.c tools/command.h \
	tools/compare.c \
	tools/compare-bound.c tools/compare-bound.h \
	tools/compare-parts.c tools/compare-parts.h \
	tools/compare-recordings.c tools/compare-recordings.h \
	tools/compare-side.c tools/compare-side.h \
	tools/compare-tables.c tools/compare-tables.h \
	tools/doctor.c \
	tools/ensemble-options.c tools/ensemble-options.h \
	tools/export.c \
	tools/inspect.c \
	tools/interrupt.c tools/interrupt.h \
	tools/list.c \
	tools/machine.c tools/machine.h \
	tools/merge.c \
	tools/part.c tools/part.h \
	tools/progress.c tools/progress.h \
	tools/recording.c tools/recording.h \
	tools/run.c \
	tools/simulate.c tools/simulate.h \
	tools/train.c \
	tools/train-data.c tools/train-data.h \
	tools/train-log.c tools/train-log.h \
	tools/train-rollout.c tools/train-rollout.h \
	tools/train-team.c tools/train-team.h \
	tools/validate.c \
	tools/verify.c
tools_epns_LDADD = tools/libhost.la compare/libcompare.la adapters/libadapters.la plugin/libepns.la plugin/libbase.la \
	$(MPI_LIBS) $(JSON_LIBS) $(GLIB_LIBS) -lm
tools_epns_CPPFLAGS = $(AM_CPPFLAGS) $(MPI_CFLAGS)

# Its tests, with a plugin of their own.
check_PROGRAMS += tests/test-command-resume tests/test-energy tests/test-guard tests/test-run-cc3d tests/test-run-physicell \
	tests/test-stepper
tests_test_run_cc3d_SOURCES = tests/test-run-cc3d.c tests/npz.c tests/npz.h
tests_test_energy_LDADD = tools/libhost.la $(LDADD)
tests_test_guard_LDADD = tools/libhost.la $(LDADD)
tests_test_run_cc3d_LDADD = tools/libhost.la $(LDADD)
tests_test_run_physicell_LDADD = tools/libhost.la $(LDADD)
tests_test_stepper_LDADD = tools/libhost.la $(LDADD)
dist_check_SCRIPTS += tests/test-command.sh tests/test-command-run.sh tests/test-command-train.sh tests/test-command-train-bodies.sh tests/test-command-train-told.sh tests/test-train-mpi.sh tests/test-command-bad.sh \
	tests/test-command-compare.sh tests/test-command-compare-parts.sh tests/test-command-verdict.sh tests/test-command-particles.sh tests/test-report-browser.sh \
	tests/test-command-export.sh tests/test-command-parts.sh tests/test-examples.sh
check_LTLIBRARIES += tests/plugin-toy.la
tests_plugin_toy_la_SOURCES = tests/plugin-toy.c
tests_plugin_toy_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
EXTRA_DIST += tests/command.sh tests/verdict/sorting.epns.xml
