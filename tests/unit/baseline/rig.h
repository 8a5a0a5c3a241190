// Programs in flat 64-bit code on the baseline tier, with the tier itself in sight.
#pragma once

#include <chrono>
#include <sstream>
#include <thread>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tests/contract/engine/engine_rig.h"
#include "tests/unit/baseline/alone.h"

namespace duet::test {

inline constexpr u64 kCode = 0x1000, kData = 0x200000, kTables = 0x10000;

struct TierSlot {
  tcg::baseline::Translator* tier = nullptr;
  tcg::Statistics statistics;
};

// 4 MiB mapped one to one by 4 KiB pages, CPL 0, no handlers.
class BaselineRig : public TierSlot, public EngineRig {
 public:
  explicit BaselineRig(tcg::baseline::TranslatorOptions options = {.threshold = 1}, bool alone = false)
      : EngineRig([this, options, alone](mmu::Ram& r) {
          return std::make_unique<tcg::TcgBackend>(
              r,
              [this, options,
               alone](const tcg::TierPlace& place) -> Result<std::unique_ptr<tcg::CompiledTier>> {
                if (alone) beAlone(place);
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

// The n-th number of the line of -stats that begins like this; 0 when there is none: what is 0 is left out.
inline u64 number(const BaselineRig& m, const std::string& line, unsigned n = 1) {
  const std::string table = m.statistics.table();
  const size_t at = table.find("  " + line + "  ");
  if (at == std::string::npos) return 0;
  std::istringstream rest(
      table.substr(at + line.size() + 2, table.find('\n', at + 2) - at - line.size() - 2));
  u64 found = 0;
  for (unsigned i = 0; i < n; ++i)
    if (!(rest >> found)) return ADD_FAILURE() << line << " has fewer numbers than " << n, 0;
  return found;
}

// Runs what never stops by itself, until another thread asks it to.
inline VcpuExit runUntilMail(BaselineRig& m) {
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    m.vcpu->requestExit();
  });
  const VcpuExit exit = m.run(u64{1} << 60);
  other.join();
  return exit;
}

// A loop that stores into a page with code and calls that code. rbx: the page, rcx: rounds.
// back: mov [rbx+800h],rcx; call rbx; dec rcx; jnz back; hlt. There: inc rax; ret
inline CpuState storesBesideCode(BaselineRig& m, u64 rounds) {
  m.put(kCode, {0x48, 0x89, 0x8b, 0, 0x08, 0, 0, 0xff, 0xd3, 0x48, 0xff, 0xc9, 0x75, 0xf2, 0xf4});
  m.put(kData, {0x48, 0xff, 0xc0, 0xc3});
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  s.gpr[kRcx] = rounds;
  return s;
}

}  // namespace duet::test
