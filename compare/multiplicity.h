/* SPDX-License-Identifier: MIT */
/* Many tests at once: p-values adjusted so that one level holds for all of them. NaN (no test) stays
 * NaN and does not count. p and adjusted may be the same array. All [any]. */
#pragma once
#include <glib.h>

/* Family-wise error: Holm, Scand. J. Stat. 6, 65, 1979. The chance of any false rejection is at most
 * the level, whatever the tests' dependence. */
void epns_adjust_holm (const double *p, double *adjusted, gsize n);

/* False discovery rate: Benjamini and Hochberg, J. R. Stat. Soc. B 57, 289, 1995. The expected share
 * of false ones among the rejections is at most the level, for independent or positively dependent
 * tests. */
void epns_adjust_fdr (const double *p, double *adjusted, gsize n);
