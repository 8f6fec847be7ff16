/* SPDX-License-Identifier: MIT */
/* Round numbers for the ends and ticks of an axis. */
#include "compare/axis.h"

#include <math.h>

EpnsAxis
epns_axis (double low, double high, int ticks, gboolean pad)
{
  static const double rounds[] = { 1, 2, 5, 10 };
  EpnsAxis axis = { low, high, 1 };

  if (high - low <= 1e-9 * MAX (fabs (low), fabs (high))) { /* all values alike */
    double room = high != 0 ? 0.1 * fabs (high) : 1;
    axis.low = low - room;
    axis.high = high + room;
  } else if (pad) {
    double room = 0.06 * (high - low);
    axis.low = low > 0 && low < 0.4 * high ? 0 : low >= 0 ? MAX (0, low - room) : low - room;
    axis.high = high + room;
  }
  double rough = (axis.high - axis.low) / ticks, power = pow (10, floor (log10 (rough)));
  for (gsize i = G_N_ELEMENTS (rounds); i-- > 0;)
    if (rounds[i] * power >= rough * 0.999)
      axis.step = rounds[i] * power;
  return axis;
}

double
epns_axis_at (const EpnsAxis *self, double value)
{
  return (value - self->low) / (self->high - self->low);
}

gboolean
epns_axis_tick (const EpnsAxis *self, int k, double *value, char *text)
{
  double slack = 1e-9 * (self->high - self->low);

  *value = (ceil ((self->low - slack) / self->step) + k) * self->step;
  if (fabs (*value) < slack)
    *value = 0;
  g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.6g", *value);
  return *value <= self->high + slack;
}
