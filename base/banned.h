/* SPDX-License-Identifier: MIT */
/* Functions that must not be used; the Makefile includes this into each file. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* their own declarations first: a poisoned name must not be declared again */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#pragma GCC poison strtok sprintf vsprintf strcpy strcat
#pragma GCC poison localtime ctime asctime mktime setenv system popen

#endif
