// A hostile guest and the whole board: every port and every device register with any value, from the vCPU and
// straight, while time passes, interrupts arrive and the memory map moves.
#include "hw/board/pc_addresses.h"
#include "tests/fuzz/board_machine.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/tier.h"

namespace {

using namespace duet;
using namespace duet::fuzz;
namespace pc = hw::pc;

// Ports of devices, so that most accesses meet one.
u16 takePort(Input& input) {
  static constexpr u16 kPorts[] = {pc::kPicMaster,
                                   pc::kPicMaster + 1,
                                   pc::kPicSlave,
                                   pc::kPicSlave + 1,
                                   pc::kElcr,
                                   pc::kElcr + 1,
                                   pc::kPit,
                                   pc::kPit + 1,
                                   pc::kPit + 2,
                                   pc::kPit + 3,
                                   pc::kPort61,
                                   pc::kKeyboardData,
                                   pc::kKeyboardCommand,
                                   pc::kPort92,
                                   pc::kRtc,
                                   pc::kRtc + 1,
                                   pc::kPost,
                                   pc::kFwCfg,
                                   pc::kFwCfg + 1,
                                   pc::kFwCfgDma,
                                   pc::kFwCfgDma + 4,
                                   pc::kPciAddress,
                                   pc::kPciData,
                                   pc::kPciData + 1,
                                   pc::kPciData + 2,
                                   pc::kPciData + 3,
                                   pc::kResetControl,
                                   0x3f8,
                                   0x3f9,
                                   0x3fa,
                                   0x3fb,
                                   0x3fc,
                                   0x3fd,
                                   0x3fe,
                                   0x3ff,
                                   0xf4,
                                   0xe9,
                                   0x505,
                                   0xe0,
                                   0xe4,
                                   0xf0,
                                   0xf1,
                                   0xb2,
                                   0xb3,
                                   0x402};
  const u8 n = input.take<u8>();
  if (n < 0xa0) return kPorts[n % std::size(kPorts)];
  if (n < 0xe0) return static_cast<u16>(pc::kPowerManagement + (n & 0x3f));
  return input.take<u16>();
}

u32 takeAddress(Input& input) {
  static constexpr u64 kBases[] = {pc::kIoApic,
                                   pc::kIoApic,
                                   pc::kIoApic + 0x10,
                                   pc::kLocalApic,
                                   pc::kLocalApic,
                                   pc::kHpet,
                                   pc::kHpet,
                                   pc::kEcamBase,
                                   pc::kEcamBase + (31 << 15),
                                   pc::kEcamBase + (1 << 15),
                                   pc::kTestdevMemory,
                                   pc::kVgaHole,
                                   pc::kShadow,
                                   0xe0000,
                                   0xf0000,
                                   pc::kPciWindow,
                                   BoardMachine::kRamSize - 4,
                                   0xfffe0000,
                                   0x1ffffc,
                                   0x7000,
                                   pc::kOneMiB - 4};
  const u8 n = input.take<u8>();
  if (n >= 0xf0) return input.take<u32>();
  return static_cast<u32>(kBases[n % std::size(kBases)] + (input.take<u16>() & 0xfff));
}

void accessSpace(const AddressSpace& space, u64 address, Input& input) {
  const u8 how = input.take<u8>();
  const unsigned size = 1u << (how & 3);
  if (how & 0x80)
    space.write(address, size, input.take<u64>());
  else
    space.read(address, size);
}

// PCI configuration by the old ports: bus 0, any function and register.
void configure(BoardMachine& m, Input& input) {
  const u8 device = input.take<u8>(), reg = input.take<u8>();
  static constexpr u32 kSlots[] = {0, 1, 31, 2};
  m.ports.write(pc::kPciAddress, 4,
                0x80000000u | kSlots[device & 3] << 11 | (device >> 2 & 7u) << 8 | (reg & 0xfcu));
  accessSpace(m.ports, pc::kPciData + (reg & 3), input);
}

// A whole fw_cfg transfer.
void transfer(BoardMachine& m, Input& input) {
  const u64 at = 0x7100;
  const u32 control = input.take<u32>(), length = input.take<u8>() & 1 ? input.take<u32>() : input.take<u8>();
  m.memory.store(Gpa(at), __builtin_bswap32(control));
  m.memory.store(Gpa(at + 4), __builtin_bswap32(length));
  m.memory.store(Gpa(at + 8),
                 __builtin_bswap64(takeAddress(input) & (input.take<u8>() & 1 ? 0x1fffff : 0xffffffff)));
  m.ports.write(pc::kFwCfgDma + 4, 4, __builtin_bswap32(static_cast<u32>(at)));
}

void execute(BoardMachine& m, Input& input) {
  static constexpr u8 kInstructions[][8] = {{1, 0xee},
                                            {1, 0xef},
                                            {2, 0x66, 0xef},
                                            {1, 0xec},
                                            {1, 0xed},
                                            {2, 0x66, 0xed},  // OUT, IN
                                            {3, 0x67, 0x88, 0x07},
                                            {3, 0x67, 0x89, 0x07},
                                            {4, 0x66, 0x67, 0x89, 0x07},  // MOV [edi]
                                            {3, 0x67, 0x8a, 0x07},
                                            {3, 0x67, 0x8b, 0x07},
                                            {4, 0x66, 0x67, 0x8b, 0x07},
                                            {5, 0x67, 0x66, 0x0f, 0xd6, 0x07},
                                            {4, 0x67, 0x0f, 0x11, 0x07},  // MOVQ, MOVUPS
                                            {5, 0x67, 0x66, 0xf0, 0x01, 0x07},
                                            {5, 0x67, 0x0f, 0xae, 0x07, 0x90},  // LOCK ADD, FXSAVE
                                            {3, 0x67, 0xf3, 0x6c},
                                            {3, 0x67, 0xf3, 0x6e},
                                            {4, 0x67, 0x66, 0xf3, 0xa5},  // REP INS, OUTS, MOVS
                                            {5, 0x67, 0x66, 0x0f, 0xb1, 0x07},
                                            {3, 0x67, 0xff, 0x27},  // CMPXCHG, JMP [edi]
                                            {2, 0x0f, 0x30},
                                            {2, 0x0f, 0x32},
                                            {1, 0xf4},
                                            {1, 0xfb},
                                            {1, 0xfa},
                                            {4, 0x66, 0x67, 0xff, 0xe7}};  // JMP edi
  const u8* chosen = kInstructions[input.take<u8>() % std::size(kInstructions)];
  const std::span<const u8> instruction(chosen + 1, chosen[0]);
  const bool msr = chosen[1] == 0x0f && chosen[0] == 2;
  const bool port = chosen[0] <= 2 || chosen[2] == 0xf3;
  const u32 address = port && !msr ? takePort(input) : takeAddress(input);
  u32 count = input.take<u8>();
  if (msr) count = count & 0x80 ? 0x800 + (count & 0x3f) : count & 1 ? 0x6e0 : 0x1b;
  m.execute(instruction, address, input.take<u32>(), count);
}

void runBytes(BoardMachine& m, Input& input) {
  m.execute(input.takeBytes(input.take<u8>() & 15), takeAddress(input), input.take<u32>(), input.take<u8>());
  m.run(input.take<u8>());
}

void step(BoardMachine& m, Input& input) {
  switch (input.take<u8>() % 12) {
    case 0:
    case 1:
      return accessSpace(m.ports, takePort(input), input);
    case 2:
      return accessSpace(m.physical, takeAddress(input), input);
    case 3:
      return configure(m, input);
    case 4:
      return transfer(m, input);
    case 5:
    case 6:
      return execute(m, input);
    case 7:
      return runBytes(m, input);
    case 8:
      return m.pass(input.take<u8>() & 1 ? input.take<u32>() : input.take<u16>());
    case 9: {
      // Now and then long enough for the translator's ordinary code.
      const u16 steps = input.take<u16>();
      m.run(steps & 0x400 ? 9000 : steps & 0x3ff);
      return;
    }
    case 10: {
      const u8 what = input.take<u8>();
      if (what & 1) return m.serial.type(input.takeBytes(what >> 4));
      if (what & 2) return m.board->pressPowerButton();
      if (what & 4) return m.board->mailbox(0).post(what & 8 ? kMailNmi : kMailSmi);
      return m.reset();
    }
    default:
      return m.reloadDevices();
  }
}

void play(BoardMachine& m, Input input) {
  for (int n = 0; n < 200 && !input.empty(); ++n) {
    step(m, input);
    m.resetIfAsked();
  }
  m.run(64);
  m.reloadDevices();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  Input input(data, size);
  const u8 options = input.take<u8>();
  beginInput();
  BoardMachine first(options & 1, fuzzedTier());
  play(first, input);
  if (!(options & 2)) return 0;
  BoardMachine second(options & 1, {});
  play(second, input);
  FUZZ_CHECK(first.state() == second.state());
  FUZZ_CHECK(first.saveDevices() == second.saveDevices());
  return 0;
}
