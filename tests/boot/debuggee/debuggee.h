// What the assembly and the C half of the debuggee agree on.
#pragma once

#define TRAMPOLINE 0x8000         // where the second processor starts: page 8
#define ALIAS 0xffff800000000000  // all of memory once more
