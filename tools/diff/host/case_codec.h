// Case to what the child takes, and what it answers to Outcome.
#pragma once

#include <string>

#include "tools/diff/case/case.h"
#include "tools/diff/host/page_table.h"
#include "tools/diff/host/shared_layout.h"

namespace duet::diff::host {

// Writes the case at `to`. Returns its size; 0: does not fit into `room`.
u64 encode(const Case& c, const PageTable& pages, u8* to, u64 room);

// Why the case cannot be run here, apart from its memory; empty: it can.
std::string unfit(const Case& c, const PageTable& pages);

// Reads the record at `from`, of which at most `room` bytes are there, into `outcome`; returns its size, 0 if the record is
// damaged.
u64 decode(const Case& c, const PageTable& pages, const u8* from, u64 room, Outcome& outcome);

}  // namespace duet::diff::host
