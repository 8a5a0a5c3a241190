// A board's vCPU is told that it is alone with the guest's memory when it is.
#include "tests/contract/machine/busy_pc.h"

namespace duet::test {
namespace {

TEST(Alone, IsTheOnlyProcessorOfABoard) {
  for (const unsigned processors : {1u, 2u}) {
    mmu::Ram ram;
    AddressSpace physical{"memory", u64{1} << 40}, ports{"ports", 0x10000};
    mmu::GuestMemoryView memory{physical, ram};
    VirtualClock clock;
    TimerQueue timers{clock};
    tcg::TcgBackend engine{ram};
    CpuModel model = must(CpuModel::parse("max", engine.caps().features));
    model.setTopology({.sockets = processors});
    model.tscFrequency = clock.tscFrequency();
    hw::PcBoard board{{.physical = physical,
                       .ports = ports,
                       .memory = memory,
                       .timers = timers,
                       .model = model,
                       .ram = must(ram.addBlock("main", kRamSize)),
                       .bios = nullptr,
                       .serial = {},
                       .hooks = {}}};
    must(board.build());
    for (unsigned i = 0; i < processors; ++i) EXPECT_EQ(board.vcpuEnv(i).alone, processors == 1);
  }
}

}  // namespace
}  // namespace duet::test
