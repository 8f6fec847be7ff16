/* SPDX-License-Identifier: MIT */
/* epns_about.h - what a kind's extension("epns.about/1") returns: an opened model in words, where
 * its fields and its step do not tell what a user should know of it. The struct is static. */
#ifndef EPNS_ABOUT_H
#define EPNS_ABOUT_H
#include "epns_step.h"
#ifdef __cplusplus
extern "C" {
#endif

#define EPNS_ABOUT_EXTENSION "epns.about/1"

typedef struct epns_about {
  uint32_t size; /* sizeof(epns_about) */
  /* One line, UTF-8, without its end, or NULL; lives as long as the model. [model] */
  const char *(*text)(const epns_model *model);
  /* Which of its innermost loops it computes with on this processor ("avx512"); static. NULL: it
   * has but one. [model] */
  const char *(*kernel)(const epns_model *model);
} epns_about;

#ifdef __cplusplus
}
#endif
#endif
