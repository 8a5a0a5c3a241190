// Adds one instruction of a row to a case.
#pragma once

#include "tools/diff/generate/case_builder.h"

namespace duet::diff {

// False: nothing was added, since what is decided already does not allow it.
bool addInstruction(CaseBuilder& builder, const tcg::isa::Row& row, Mood mood, bool keepStack);

// Bytes that no row decodes: a reserved or illegal encoding near to a row's, or more than 15 bytes.
bool addInvalid(CaseBuilder& builder, const tcg::isa::Row& near);

}  // namespace duet::diff
