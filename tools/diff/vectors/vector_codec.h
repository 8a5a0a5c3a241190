// The parts of a vector file, written and read.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "tools/diff/case/case.h"
#include "tools/diff/compare/state_fields.h"
#include "tools/diff/vectors/byte_stream.h"

namespace duet::diff {

using FieldList = std::vector<const StateField*>;

// Everything of `to` that is not as in `from`, by numbers of stateFields().
void writeState(ByteWriter& out, const CpuState& from, const CpuState& to);
// On top of what `state` holds.
void readState(ByteReader& in, const FieldList& fields, CpuState& state);

// Addresses as distances from `near`.
void writePieces(ByteWriter& out, const std::vector<Piece>& pieces, u64 near);
// Refuses pieces outside the memory.
std::vector<Piece> readPieces(ByteReader& in, const Memory& memory, u64 near);

void writeMemory(ByteWriter& out, const Memory& memory);
std::shared_ptr<const Memory> readMemory(ByteReader& in);

// What counts of an outcome, in the form of its start: a state that equals `after` where comparedState() looks.
CpuState visibleState(World world, const CpuState& start, const CpuState& after);

}  // namespace duet::diff
