/* SPDX-License-Identifier: MIT */
/* The table of the OpenVT cell-sorting benchmark: one row for each cell of each recorded frame,
 *   simID,time,cellID,cellType,x,y
 *
 * simID     member, from 0
 * time      in the recording's unit (MCS)
 * cellID    as on the lattice, from 1; of particles the bodies' ids
 * cellType  the host's type id, from 1 (entries of the benchmark count from 0 or from 1)
 * x, y      centre of mass in cell diameters, of site indices: the centre of site 0 is at 0. On a
 *           periodic border it is the circular one (adapters/centres.h), so a cell that leaves on
 *           one side comes in on the other.
 *
 * A cell diameter is the square root of the mean cell volume at the start (frame 0 of the first
 * member recorded): the entries' square start cells lie one diameter apart. Of
 * particles it is twice the mean radius, or 1 where bodies have none, and x, y are positions. A cell that is gone has
 * no row. Rows come in the order frames were recorded. */
#pragma once
#include "adapters/lattice-state.h"
#include "adapters/particle-state.h"

/* The header line with its end. */
#define EPNS_OPENVT_HEADER "simID,time,cellID,cellType,x,y\n"

/* Square root of the mean volume of the cells present, in sites; 1 where there is none. 2D. */
double epns_openvt_diameter (const EpnsLatticeState *state);

/* Append a frame's rows to `text`, cells ascending. Numbers have 10 significant digits and a
 * decimal point in any locale. [any] */
void epns_openvt_append (GString *text, const EpnsLatticeState *state, const gint32 periodic[3],
                         guint32 member, double time, double diameter);

/* The same of bodies in a plane. */
double epns_openvt_bodies_diameter (const EpnsParticleState *state);
void   epns_openvt_append_bodies (GString *text, const EpnsParticleState *state, guint32 member,
                                  double time, double diameter);
