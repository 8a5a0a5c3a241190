// Random descriptors, gates, tasks and page tables around a guest that loads selectors, transfers far, switches
// tasks, takes exceptions through all of it and rewrites it as it goes.
#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "tests/fuzz/guest_run.h"
#include "tests/fuzz/guest_start.h"

namespace {

using namespace duet;
using namespace duet::fuzz;

constexpr u32 kFewSteps = 250;

u16 takeSelector(Input& input) {
  const u8 n = input.take<u8>();
  return n < 0xf0 ? static_cast<u16>((n & 0x1f) << 3 | (n >> 5 & 7)) : input.take<u16>();
}

u64 takeBase(Input& input) {
  static constexpr u64 kBases[] = {0,
                                   kGdt,
                                   kIdt,
                                   kTss,
                                   kTss16,
                                   kTss2,
                                   kLdt,
                                   kData,
                                   kCode,
                                   kData + 0xff0,
                                   kTables,
                                   kEdge,
                                   0x170000,
                                   FuzzMachine::kDevicePage,
                                   FuzzMachine::kApicPage,
                                   FuzzMachine::kRomBase,
                                   FuzzMachine::kDevicePage - 8,
                                   0x200000 - 8,
                                   0xfffffff8,
                                   0xfffff000,
                                   0x80000000,
                                   0xfee00000,
                                   0xffff800000000000,
                                   0x7ffffffffff8};
  const u8 n = input.take<u8>();
  return n < 0xe0 ? kBases[n % std::size(kBases)] : input.take<u64>();
}

u64 takeDescriptor(Input& input) {
  static constexpr u32 kLimits[] = {0, 0x67, 0x2b, 0xff, 0xfff, 0xffff, 0xfffff, 0x2a};
  const u64 base = takeBase(input);
  const u32 limit = kLimits[input.take<u8>() & 7];
  const u64 access = input.take<u8>(), flags = input.take<u8>() & 15;
  return (limit & 0xffff) | (base & 0xffffff) << 16 | access << 40 | u64{limit >> 16} << 48 | flags << 52 |
         (base >> 24 & 0xff) << 56;
}

u64 takeGate(Input& input) {
  static constexpr u64 kTargets[] = {kHandlers, kHandlers + 0x100, kCode, kCode + 0x20, 0, kEdge, 0xfffffff0};
  const u64 offset = kTargets[input.take<u8>() % std::size(kTargets)];
  const u64 selector = takeSelector(input), access = input.take<u8>() | 0x80u, low = input.take<u8>() & 0x1f;
  return (offset & 0xffff) | selector << 16 | low << 32 | access << 40 | (offset >> 16 & 0xffff) << 48;
}

// A page-table entry: rights, and a frame that is RAM, a table, a device, ROM, nothing, or out of reach.
u64 takePage(Input& input) {
  const u64 rights = input.take<u16>();
  static constexpr u64 kHigh[] = {0,           0, 0, u64{1} << 63, u64{1} << 40, u64{5} << 59, u64{1} << 51,
                                  u64{1} << 39};
  return (takeBase(input) & 0xfffffff000) | (rights & 0xfff) | kHigh[rights >> 13];
}

void mutateTable(FuzzMachine& m, Input& input) {
  const u8 what = input.take<u8>(), at = input.take<u8>();
  switch (what % 8) {
    case 0:
      return m.put(kGdt + 8 * (at & 31), takeDescriptor(input));
    case 1:
      return m.put(kGdt + 8 * (at & 31), takeGate(input));
    case 2:
      return m.put(kIdt + 8 * at, takeGate(input));
    case 3:
      return m.put(kLdt + 8 * (at & 31), takeDescriptor(input));
    case 4:
      return m.put<u32>(kTss + 4 * at, static_cast<u32>(takeValue(input)));
    case 5:
      return m.put<u16>(kTss + 2 * at, takeSelector(input));
    case 6:
      return m.put(kTables + (at & 7) * kPageSize + 8 * (input.take<u8>() & 15), takePage(input));
    default:
      return m.put(kTables + (at & 7) * kPageSize + 8 * (input.take<u16>() & 511), takePage(input));
  }
}

// Registers that a saved state may hold though no guest could have loaded them from its tables.
void mutateState(CpuState& s, Input& input) {
  const u8 what = input.take<u8>(), which = input.take<u8>();
  SegmentRegister& segment = which % 8 == 6 ? s.ldtr : which % 8 == 7 ? s.tr : s.segment[which % 8];
  switch (what % 8) {
    case 0:
      s.gdtr = {takeBase(input), input.take<u16>()};
      return;
    case 1:
      s.idtr = {takeBase(input), input.take<u16>()};
      return;
    case 2:
      segment.base = takeBase(input);
      return;
    case 3:
      segment.attributes = input.take<u32>() & (0xf0ff | kSegUnusable);
      return;
    case 4:
      segment.limit = static_cast<u32>(takeValue(input));
      return;
    case 5:
      s.cr3 = takeBase(input) & 0xffffffff;
      return;
    case 6:
      s.pdpte[which & 3] = (takeBase(input) & 0xfffff000) | (which >> 2 & 1);
      return;
    default:
      s.rip = takeValue(input);
  }
}

// Writes instructions that use the tables.
class Emitter {
 public:
  Emitter(unsigned bits, Input& input) : bits_(bits), input_(input) {}

  std::vector<u8> program() {
    while (!input_.empty() && code_.size() < 1024) one();
    return std::move(code_);
  }

 private:
  void put(std::initializer_list<unsigned> bytes) {
    for (const unsigned b : bytes) code_.push_back(static_cast<u8>(b));
  }
  void value(u64 v, unsigned size) {
    for (unsigned i = 0; i < size; ++i) code_.push_back(static_cast<u8>(v >> (8 * i)));
  }
  unsigned word() const { return bits_ == 16 ? 2 : 4; }
  // mov eax, v (rax in 64-bit code, ax in 16-bit code)
  void loadA(u64 v) {
    if (bits_ == 64) {
      put({0x48, 0xb8});
      return value(v, 8);
    }
    put({0xb8});
    value(v, word());
  }
  void push(u64 v) {
    loadA(v);
    put({0x50});
  }
  void far(unsigned opcode) {
    put({opcode});
    value(kCode + (input_.take<u8>() & 0x7f), word());
    value(takeSelector(input_), 2);
  }
  void returnFar() {
    push(takeSelector(input_));
    push(kCode + (input_.take<u8>() & 0x7f));
    if (bits_ == 64) put({0x48});
    put({0xcb});
  }
  void returnInterrupt() {
    if (bits_ == 64 || (input_.take<u8>() & 1)) {
      push(takeSelector(input_));
      push(takeValue(input_));
    }
    push(input_.take<u32>() & 0x3f7fd7);
    push(takeSelector(input_));
    push(kCode + (input_.take<u8>() & 0x7f));
    if (bits_ == 64) put({0x48});
    put({0xcf});
  }
  // A table register from memory that the program has just written.
  void loadTable(unsigned modrm) {
    const u64 base = takeBase(input_);
    for (unsigned i = 0; i < 3; ++i) {
      loadA(i == 0 ? input_.take<u16>() : i == 1 ? base & 0xffffffff : base >> 32);
      const u64 at = kData + (i == 0 ? 0 : 2 + 4 * (i - 1));
      storeA(at);
    }
    memoryForm({0x0f, 0x01}, modrm, kData);
  }
  void storeA(u64 at) { memoryForm({0x89}, 0, at); }
  void memoryForm(std::initializer_list<unsigned> opcode, unsigned reg, u64 at) {
    put(opcode);
    if (bits_ == 64) {
      put({0x04 | reg << 3, 0x25});
      value(at, 4);
    } else {
      put({(bits_ == 16 ? 0x06u : 0x05u) | reg << 3});
      value(at, word());
    }
  }
  void rewrite() {
    loadA(input_.take<u8>() & 1 ? takeGate(input_) : takePage(input_));
    static constexpr u64 kWhere[] = {
        kGdt, kIdt, kLdt, kTss, kTables, kTables + 0x1000, kTables + 0x2000, kTables + 0x3000};
    const u64 at = kWhere[input_.take<u8>() & 7] + 4 * (input_.take<u8>() & 63);
    storeA(bits_ == 16 ? at & 0xffff : at);
  }
  void controlRegister() {
    static constexpr unsigned kRegisters[] = {0, 2, 3, 4, 8};
    const unsigned cr = kRegisters[input_.take<u8>() % 5];
    const u64 bitsToFlip = input_.take<u32>();
    if (cr == 8) return put({0x44, 0x0f, 0x22, 0xc0});
    put({0x0f, 0x20, 0xc0 | cr << 3});  // mov eax, crN; xor; mov crN, eax
    if (bits_ == 16) put({0x66});
    put({0x35});
    value(bitsToFlip & (input_.take<u8>() & 1 ? 0x80010031 : 0xffffffff), 4);
    put({0x0f, 0x22, 0xc0 | cr << 3});
  }
  void modelRegister() {
    put({0xb9});
    value(takeValue(input_), word());
    if (input_.take<u8>() & 1) return put({0x0f, 0x32});
    loadA(takeValue(input_));
    put({0x0f, 0x30});
  }
  void one() {
    switch (input_.take<u8>() % 16) {
      case 0:
        return put({0xcd, input_.take<u8>()});
      case 1:
        return far(0xea);
      case 2:
        return far(0x9a);
      case 3:
        return returnFar();
      case 4:
        return returnInterrupt();
      case 5:  // mov sreg, ax
        loadA(takeSelector(input_));
        return put({0x8e, 0xc0u | (input_.take<u8>() % 6u) << 3});
      case 6:  // lldt, ltr, verr, verw
        loadA(takeSelector(input_));
        return put({0x0f, 0x00, 0xd0u | (input_.take<u8>() & 3u) << 3});
      case 7:
        return loadTable(2 + (input_.take<u8>() & 1));
      case 8:
        return controlRegister();
      case 9:
        return modelRegister();
      case 10:
        return rewrite();
      case 11: {
        static constexpr unsigned kFast[] = {0x05, 0x07, 0x34, 0x35};
        return put({0x0f, kFast[input_.take<u8>() & 3]});
      }
      case 12:  // push; popf
        push(input_.take<u32>());
        return put({0x9d});
      case 13:  // a word of memory somewhere, then invlpg of it
        loadA(takeValue(input_));
        put({0x89, 0xc3, 0xff, bits_ == 16 ? 0x07u : 0x03u});
        return put({0x0f, 0x01, bits_ == 16 ? 0x3fu : 0x3bu});
      case 14:
        return put({0x0f, 0x0b});
      default:
        for (const u8 b : input_.takeBytes(1 + (input_.take<u8>() & 15))) code_.push_back(b);
    }
  }

  unsigned bits_;
  Input& input_;
  std::vector<u8> code_;
};

GuestProgram prepare(FuzzMachine& machine, Input input, u32 steps) {
  machine.clear();
  Start start = makeStart(machine, input);
  const CpuState legal = start.state;
  for (u8 n = input.take<u8>() % 24; n > 0; --n) mutateTable(machine, input);
  for (u8 n = input.take<u8>() % 4; n > 0; --n) mutateState(start.state, input);
  std::vector<OutsideEvent> events = takeEvents(input, steps);
  putProgram(machine, start, Emitter(start.bits(), input).program());
  if (!machine.vcpus[0]->loadState(start.state)) start.state = legal;
  return {start.state, std::move(events)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  return fuzzGuest(Input(data, size), kFewSteps, prepare);
}
