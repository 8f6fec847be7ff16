# Training: the loop that any network can be put into.
models_libmodels_la_SOURCES += \
	models/train/checkpoint.c \
	models/train/data.c models/train/data.h \
	models/train/pair.c models/train/pair.h \
	models/train/schedule.c models/train/schedule.h \
	models/train/team.c models/train/team.h \
	models/train/trainable.h \
	models/train/trainer.c models/train/trainer.h \
	models/train/training.c models/train/training.h \
	models/train/training-plan.c models/train/training-plan.h
check_PROGRAMS += tests/test-train-pairs tests/test-trainer
EXTRA_DIST += tests/training-data.h
