// Every semantic function.
#pragma once

#include "cpu-tcg/sem/arithmetic.h"
#include "cpu-tcg/sem/bcd.h"
#include "cpu-tcg/sem/bit_ops.h"
#include "cpu-tcg/sem/branch.h"
#include "cpu-tcg/sem/logic.h"
#include "cpu-tcg/sem/misc.h"
#include "cpu-tcg/sem/move.h"
#include "cpu-tcg/sem/multiply_divide.h"
#include "cpu-tcg/sem/shift_rotate.h"
#include "cpu-tcg/sem/stack.h"
#include "cpu-tcg/sem/string.h"
