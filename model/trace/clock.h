/* SPDX-License-Identifier: MIT */
/* Stretches made ready for many stamps: see store. */
#ifndef MODEL_TRACE_CLOCK_H
#define MODEL_TRACE_CLOCK_H

#include "model/store/stretch.h"

#endif
