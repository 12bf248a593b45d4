/* SPDX-License-Identifier: MIT */
#include "model/store/v_event.h"
void v_event_register(struct engine *e) { (void)e; }
