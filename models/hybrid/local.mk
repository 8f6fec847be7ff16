# A learned step and native ones as one: made of other kinds, through the plugin's table.
models_libmodels_la_SOURCES += \
	models/hybrid/hybrid.c models/hybrid/hybrid.h \
	models/hybrid/hybrid-parts.c models/hybrid/hybrid-parts.h

check_PROGRAMS += tests/test-hybrid
tests_test_hybrid_SOURCES = tests/test-hybrid.c tests/conformance/subject.c
tests_test_hybrid_LDADD = plugin/libepns.la $(LDADD)
EXTRA_DIST += tests/conformance/hybrid.epns.xml tests/conformance/hybrid/model.xml
