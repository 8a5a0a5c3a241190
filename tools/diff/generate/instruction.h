// Adds one instruction of a row to a case.
#pragma once

#include "tools/diff/generate/case_builder.h"

namespace duet::diff {

// False: nothing was added, since what is decided already does not allow it.
bool addInstruction(CaseBuilder& builder, const tcg::isa::Row& row, Mood mood, bool keepStack);

// Bytes that no row decodes: a reserved or illegal encoding near to a row's, or more than 15 bytes.
bool addInvalid(CaseBuilder& builder, const tcg::isa::Row& near);

// Two instructions in writable code, of which the first writes into the immediate of the second. False: nothing was added,
// since the rows do not serve for that.
bool addSelfModifying(CaseBuilder& builder, const tcg::isa::Row& writer, const tcg::isa::Row& changed);

}  // namespace duet::diff
