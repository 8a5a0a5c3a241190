// A small case of the 64-bit user world for tests.
#pragma once

#include "tools/diff/case/user_world.h"

namespace duet::diff::test {

inline constexpr u64 kCode = 0x20000000, kData = 0x30001000;

inline std::shared_ptr<const Memory> sampleMemory() {
  auto memory = std::make_shared<Memory>();
  Page code{kCode, PageAccess::ReadExecute, {}};
  code.bytes.fill(0xcc);
  memory->pages = {code, {kData, PageAccess::ReadWrite, {}}, {kData + 0x1000, PageAccess::Read, {}}};
  return memory;
}

inline Case sampleCase(std::vector<u8> code, World world = World::User64) {
  Case c;
  c.world = world;
  c.memory = sampleMemory();
  c.pieces = {{kCode, std::move(code)}};
  c.start = userState(world);
  c.start.rip = kCode;
  return c;
}

}  // namespace duet::diff::test
