// Which rows of the tables a guest can have on this host.
#pragma once

#include "core/cpu/feature.h"
#include "cpu-tcg/isa/row.h"

namespace duet::tcg {

// A row with semantics of its own has a handler; the others run the host's instruction, so `host` must have it.
bool isImplemented(const isa::Row& row, const FeatureSet& host);

}  // namespace duet::tcg
