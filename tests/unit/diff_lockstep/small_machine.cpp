#include "tests/unit/diff_lockstep/small_machine.h"

#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "cpu-tcg/interp/tcg_backend.h"

namespace duet::diff::lockstep::test {
namespace {

constexpr u16 kCode = 0x1000, kHandler = 0xf00, kStack = 0x8000;
constexpr u8 kIret = 0xcf;

void realMode(CpuState& s) {
  s.segment[kSegCs].selector = 0;
  s.segment[kSegCs].base = 0;
  s.rip = kCode;
  s.gpr[4] = kStack;
}

}  // namespace

Result<std::unique_ptr<CpuBackend>> sound(mmu::Ram& ram) { return std::make_unique<tcg::TcgBackend>(ram); }

SmallMachine::SmallMachine(std::initializer_list<u8> code, BackendFactory right, BackendFactory left,
                           u64 every, u64 checkpoint)
    : main(*ram.addBlock("main", kRamSize)) {
  EXPECT_TRUE(physical.mapRam({"ram", 0, kRamSize}, *main, 0, true));
  EXPECT_TRUE(ports.mapIo({"device", kPort, 16}, device, 0));
  auto made = LockstepBackend::make(ram,
                                    {.leftName = "one",
                                     .rightName = "two",
                                     .left = left,
                                     .right = right,
                                     .every = every,
                                     .checkpoint = checkpoint},
                                    report);
  EXPECT_TRUE(made);
  engine = std::move(*made);
  model = std::make_unique<CpuModel>(*CpuModel::parse("max", engine->caps().features));
  physical.addListener([this] { engine->memoryMapChanged(); });
  clock.start();
  auto cpu = engine->createVcpu({0, memory, physical, ports, interrupts, mailbox, clock, *model});
  EXPECT_TRUE(cpu);
  vcpu = std::move(*cpu);
  memory.write(Gpa(kCode), std::vector<u8>(code));
  memory.store(Gpa(kHandler), kIret);
  for (u32 vector = 0; vector < 256; ++vector) memory.store(Gpa(vector * 4), u32{kHandler});
  CpuState state = resetState(true);
  realMode(state);
  EXPECT_TRUE(vcpu->loadState(state));
}

CpuState SmallMachine::runToHalt() {
  const VcpuExit exit = run();
  EXPECT_EQ(exit.reason, ExitReason::Halt) << exit.message;
  EXPECT_FALSE(report.difference);
  CpuState state;
  vcpu->saveState(state);
  return state;
}

}  // namespace duet::diff::lockstep::test
