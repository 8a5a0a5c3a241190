// Every helper instruction.
#pragma once

#include "cpu-tcg/helpers/descriptors.h"
#include "cpu-tcg/helpers/far_transfer.h"
#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/helpers/masked_memory.h"
#include "cpu-tcg/helpers/processor.h"
#include "cpu-tcg/helpers/system_registers.h"
