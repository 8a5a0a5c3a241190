// A file of three vectors, made by hand.
#pragma once

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/vectors/vector_file.h"

namespace duet::diff::test {

inline constexpr u64 kCode = 0x20000000, kData = 0x30001000;

inline RecordedVector sampleVector(World world, std::vector<u8> code, unsigned length) {
  static const auto memory = [] {
    auto m = std::make_shared<Memory>();
    Page page{kCode, PageAccess::ReadExecute, {}};
    page.bytes.fill(0xcc);
    m->pages = {page, {kData, PageAccess::ReadWrite, {}}};
    return m;
  }();
  RecordedVector v;
  v.c.world = world;
  v.c.memory = memory;
  v.c.pieces = {{kCode + 0x10, std::move(code)}};
  v.c.start = userState(world);
  v.c.start.rip = kCode + 0x10;
  v.outcome.ending = Ending::Exception;
  v.outcome.exception = {kExcBP, false, 0};
  v.outcome.after = v.c.start;
  v.outcome.after.rip += length + 1;
  return v;
}

// ADD of registers, VPERMQ (AVX2), a store that faults.
inline std::vector<RecordedVector> sampleVectors() {
  std::vector<RecordedVector> all;
  all.push_back(sampleVector(World::User64, {0x48, 0x01, 0xd8}, 3));
  all[0].c.start.gpr[kRax] = 0x1122334455667788;
  all[0].c.start.gpr[kRbx] = 1;
  all[0].outcome.after.gpr[kRax] = 0x1122334455667789;
  all[0].outcome.after.gpr[kRbx] = 1;
  all.push_back(sampleVector(World::User64, {0xc4, 0xe3, 0xfd, 0x00, 0xc1, 0x00}, 6));
  all[1].outcome.writes = {{kData + 0xffe, {1, 2}}};
  all.push_back(sampleVector(World::User32, {0x89, 0x05, 0x00, 0x00, 0x00, 0x70}, 6));
  all[2].outcome.exception = {kExcPF, true, 6};
  all[2].outcome.after = all[2].c.start;
  all[2].outcome.after.cr2 = 0x70000000;
  all[2].outcome.after.rflags |= kFlagRf;
  return all;
}

inline VectorWitness sampleWitness() {
  VectorWitness w{
      .processor = "a processor", .vendor = CpuVendor::Amd, .signature = 0xa10f11, .features = {}};
  w.features.add(Feature::Fpu).add(Feature::Avx).add(Feature::Avx2).add(Feature::Sse2);
  return w;
}

inline std::vector<u8> sampleContent() {
  return vectorContent(sampleWitness(), {userState(World::User64), userState(World::User32)},
                       sampleVectors());
}

}  // namespace duet::diff::test
