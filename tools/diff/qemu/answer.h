// What the guest stored, as an outcome.
#pragma once

#include "tools/diff/host/page_table.h"

namespace duet::diff::qemu {

// Reads the Answer at `from` and the pages behind it, which end before `end`; returns where the next one lies, nullptr if
// the answer is damaged.
const u8* readAnswer(const Case& c, const host::PageTable& pages, const u8* from, const u8* end,
                     Outcome& outcome);

}  // namespace duet::diff::qemu
