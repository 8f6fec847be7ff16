# Models: each part lists its own sources; all go into one convenience library.
noinst_LTLIBRARIES += models/libmodels.la
models_libmodels_la_SOURCES =
models_libmodels_la_LIBADD = $(JSON_LIBS) -lm

include models/nn/local.mk
include models/epns/local.mk
include models/reference/local.mk
include models/hybrid/local.mk
include models/train/local.mk
include models/trained/local.mk
