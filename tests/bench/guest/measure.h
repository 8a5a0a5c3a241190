// Rounds a second.
#pragma once

#include "tests/bench/guest/kernels.h"

// What the program does when a kernel starts it once more: nothing.
#define kExecWord "exec"
enum { kExecStatus = 7 };

void measureKernel(const struct Kernel* kernel, double seconds);
void measureProgram(const char* name, char** command, double seconds);
