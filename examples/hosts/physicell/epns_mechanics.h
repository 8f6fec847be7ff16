// SPDX-License-Identifier: MIT
// A custom module of PhysiCell: cells are moved by a step of epns where the settings file names one.
#pragma once

// Call it once, at the end of setup_tissue(). Without the user parameter epns_step, or where it is
// `native`, nothing is changed.
void epns_take_over();
