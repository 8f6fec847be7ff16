/* SPDX-License-Identifier: MIT */
/* epns_bmi.h - any kind of epns behind BMI 2.0, the Basic Model Interface of csdms. Plain C;
 * compile epns_bmi.c and settings.c with your program and link with -lepns. Texts that BMI has you
 * provide room for are at most 2048 bytes. */
#ifndef EPNS_BMI_H
#define EPNS_BMI_H
#if defined __has_include
#if __has_include(<bmi.h>)
#include <bmi.h>
#define EPNS_BMI_HAS_TABLE
#endif
#endif
#ifndef EPNS_BMI_HAS_TABLE
#include "bmi_table.h"
#endif

/* Fill the table. BMI_SUCCESS, always. */
int epns_bmi_register(Bmi *self);

/* Why the last call on self failed, in one line; valid until the next. A step that was refused has
 * changed no value. */
const char *epns_bmi_error(const Bmi *self);

#endif
