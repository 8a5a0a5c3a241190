// Programs in flat 64-bit code on the baseline tier, with the tier itself in sight.
#pragma once

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tests/contract/engine/engine_rig.h"

namespace duet::test {

inline constexpr u64 kCode = 0x1000, kData = 0x200000, kTables = 0x10000;

struct TierSlot {
  tcg::baseline::Translator* tier = nullptr;
  tcg::Statistics statistics;
};

// 4 MiB mapped one to one by 4 KiB pages, CPL 0, no handlers.
class BaselineRig : public TierSlot, public EngineRig {
 public:
  explicit BaselineRig(tcg::baseline::TranslatorOptions options = {.threshold = 1})
      : EngineRig([this, options](mmu::Ram& r) {
          return std::make_unique<tcg::TcgBackend>(
              r,
              [this, options](const tcg::TierPlace& place) -> Result<std::unique_ptr<tcg::CompiledTier>> {
                auto made = tcg::baseline::Translator::create(place, options);
                if (!made) return tl::unexpected(made.error());
                tier = made->get();
                return std::unique_ptr<tcg::CompiledTier>(std::move(*made));
              },
              tcg::interp::handlerFor, &statistics);
        }) {}

  CpuState longMode() {
    putWord<u64>(kTables, 0x11007);
    putWord<u64>(0x11000, 0x12007);
    for (u64 t = 0; t < 2; ++t) putWord<u64>(0x12000 + 8 * t, (0x13000 + t * 0x1000) | 7);
    for (u64 i = 0; i < 1024; ++i) putWord<u64>(0x13000 + 8 * i, i << 12 | 7);
    CpuState s = realMode(kCode);
    s.cr0 = kCr0Pe | kCr0Pg | kCr0Et | kCr0Ne | kCr0Wp;
    s.cr3 = kTables;
    s.cr4 = kCr4Pae;
    s.msr.efer = kEferLme | kEferLma;
    s.segment[kSegCs] = {8, 0, 0xffffffff, 0xa09b};
    for (const SegmentIndex seg : {kSegEs, kSegSs, kSegDs}) s.segment[seg] = {0, 0, 0xffffffff, 0xc093};
    s.gpr[kRsp] = 0x8000;
    return s;
  }
};

}  // namespace duet::test
