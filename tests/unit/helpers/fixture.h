// One vCPU's context over 8 MiB of RAM, with tables made by hand, for tests of single operations.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <map>
#include <memory>
#include <vector>

#include "core/bus/address_space.h"
#include "core/cpu/vcpu_mailbox.h"
#include "cpu-tcg/helpers/all.h"
#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/runtime/context.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/mode.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"

namespace duet::tcg {

class FakeInterruptController : public LocalInterruptController {
 public:
  bool deliverable() override { return false; }
  int acknowledge() override { return -1; }
  u8 taskPriority() override { return priority; }
  void setTaskPriority(u8 cr8) override { priority = cr8; }
  MsrAccess readMsr(u32 index, u64& value) override {
    if (index != kMsrApicBase) return MsrAccess::Fault;
    value = apicBase;
    return MsrAccess::Done;
  }
  MsrAccess writeMsr(u32 index, u64 value) override {
    if (index != kMsrApicBase) return MsrAccess::Fault;
    apicBase = value;
    return MsrAccess::Done;
  }
  std::optional<Gpa> mmioPage() override { return std::nullopt; }
  IoHandler& mmio() override { return nothing_; }
  u32 apicId() override { return 0; }
  bool sendIpi(u32, u32 icrLow) override {
    sent.push_back(icrLow);
    return false;
  }
  bool unhalt(u32) override { return false; }
  void initReset() override {}

  u8 priority = 0;
  u64 apicBase = 0xfee00900;
  std::vector<u32> sent;

 private:
  struct Nothing : IoHandler {
    u64 read(unsigned, u64, unsigned) override { return ~u64{0}; }
    void write(unsigned, u64, unsigned, u64) override {}
  };
  Nothing nothing_;
};

// Records port accesses.
struct FakePorts : IoHandler {
  u64 read(unsigned, u64 offset, unsigned) override {
    return values.count(offset) ? values[offset] : ~u64{0};
  }
  void write(unsigned, u64 offset, unsigned, u64 value) override { values[offset] = value; }
  std::map<u64, u64> values;
};

inline constexpr u64 kGdt = 0x1000, kIdt = 0x2000, kTss = 0x3000, kTss2 = 0x3400, kLdt = 0x3800,
                     kPageTables = 0x100000;
inline constexpr u64 kStack0 = 0x8000, kStack3 = 0x9000, kCode = 0x10000;

// Selectors of the fixture's GDT.
inline constexpr u16 kCode0 = 0x08, kData0 = 0x10, kCode3 = 0x1b, kData3 = 0x23, kCode64 = 0x28,
                     kTssSel = 0x30, kCode16 = 0x40, kConforming = 0x48, kCode64User = 0x53, kTss2Sel = 0x58,
                     kGateSel = 0x60, kAbsent = 0x70, kLdtSel = 0x78, kFree = 0x88, kGdtLimit = 0x97;

// access: P DPL S type; flags: G D/B L AVL.
constexpr u64 descriptor(u64 base, u32 limit, unsigned access, unsigned flags) {
  return (limit & 0xffff) | ((base & 0xffffff) << 16) | (u64{access} << 40) | (u64{limit >> 16 & 15} << 48) |
         (u64{flags} << 52) | ((base >> 24 & 0xff) << 56);
}
constexpr u64 gate(u16 selector, u32 offset, unsigned access, unsigned low = 0) {
  return (offset & 0xffff) | (u64{selector} << 16) | (u64{low} << 32) | (u64{access} << 40) |
         (u64{offset >> 16} << 48);
}

class HelperTest : public ::testing::Test {
 protected:
  HelperTest() { use("max,vendor=GenuineIntel"); }

  void use(const char* cpu) {
    model_ = std::make_unique<CpuModel>(CpuModel::parse(cpu, FeatureSet::all()).value());
    env_.reset();
    ctx_ = nullptr;
    owner_.reset();
    ram_ = std::make_unique<mmu::Ram>();
    block_ = ram_->addBlock("ram", 8_MiB).value();
    physical_ = std::make_unique<AddressSpace>("memory", 0);
    ports_ = std::make_unique<AddressSpace>("ports", 65536);
    EXPECT_TRUE(physical_->mapRam({"ram", 0, 8_MiB, 0, true}, *block_, 0, true));
    EXPECT_TRUE(ports_->mapIo({"ports", 0, 65536, 0, true}, device_, 0));
    view_ = std::make_unique<mmu::GuestMemoryView>(*physical_, *ram_);
    env_ = std::unique_ptr<VcpuEnv>(
        new VcpuEnv{0, *view_, *physical_, *ports_, apic_, mailbox_, clock_, *model_});
    owner_ = std::make_unique<Context>();
    ctx_ = owner_.get();
    ctx_->env = env_.get();
    ctx_->ram = ram_.get();
    load(resetState(true));
    makeTables();
  }

  void load(const CpuState& s) {
    const auto r = importState(*ctx_, s);
    EXPECT_TRUE(r) << r.error().message;
  }

  // --- memory
  template <class T>
  T peek(u64 address) {
    T v;
    std::memcpy(&v, block_->host + address, sizeof v);
    return v;
  }
  template <class T>
  void poke(u64 address, T value) {
    std::memcpy(block_->host + address, &value, sizeof value);
  }
  void setGdt(u16 selector, u64 value) { poke<u64>(kGdt + (selector & ~7u), value); }
  void setIdt(unsigned vector, u64 value) { poke<u64>(kIdt + vector * 8, value); }
  void setIdt64(unsigned vector, u16 selector, u64 offset, unsigned access, unsigned ist = 0) {
    poke<u64>(kIdt + vector * 16, gate(selector, static_cast<u32>(offset), access, ist));
    poke<u64>(kIdt + vector * 16 + 8, offset >> 32);
  }

  void makeTables() {
    setGdt(0, 0);
    setGdt(kCode0, descriptor(0, 0xfffff, 0x9a, 0xc));
    setGdt(kData0, descriptor(0, 0xfffff, 0x92, 0xc));
    setGdt(kCode3, descriptor(0, 0xfffff, 0xfa, 0xc));
    setGdt(kData3, descriptor(0, 0xfffff, 0xf2, 0xc));
    setGdt(kCode64, descriptor(0, 0, 0x9a, 0xa));
    setGdt(kTssSel, descriptor(kTss, 0x3ff, 0x89, 0));
    setGdt(kTssSel + 8, 0);
    setGdt(kCode16, descriptor(0, 0xffff, 0x9a, 0));
    setGdt(kConforming, descriptor(0, 0xfffff, 0x9e, 0xc));
    setGdt(kCode64User, descriptor(0, 0, 0xfa, 0xa));
    setGdt(kTss2Sel, descriptor(kTss2, 0x67, 0x89, 0));
    setGdt(kAbsent, descriptor(0, 0xfffff, 0x72, 0xc));
    setGdt(kLdtSel, descriptor(kLdt, 0xff, 0x82, 0));
    poke<u32>(kTss + 4, kStack0);
    poke<u16>(kTss + 8, kData0);
    poke<u16>(kTss + 0x66, 0x68);  // I/O map
    // 8 MiB identity, user and writable.
    poke<u64>(kPageTables, (kPageTables + 0x1000) | 7);
    poke<u64>(kPageTables + 0x1000, (kPageTables + 0x2000) | 7);
    for (u64 i = 0; i < 4; ++i) poke<u64>(kPageTables + 0x2000 + 8 * i, (i << 21) | 0x87);
  }

  // --- modes; each starts at kCode with the stack of its level
  static SegmentRegister flat(u16 selector, u32 attributes) { return {selector, 0, 0xffffffff, attributes}; }
  CpuState protectedState(unsigned cpl) {
    CpuState s = resetState(true);
    s.cr0 = 0x11;
    s.cr4 = 0;
    s.gdtr = {kGdt, kGdtLimit};
    s.idtr = {kIdt, 0x7ff};
    const u32 dpl = cpl << 5;
    s.segment[kSegCs] = flat(static_cast<u16>(cpl ? kCode3 : kCode0), 0xc09b | dpl);
    for (const unsigned i : {kSegEs, kSegSs, kSegDs})
      s.segment[i] = flat(static_cast<u16>(cpl ? kData3 : kData0), 0xc093 | dpl);
    for (const unsigned i : {kSegFs, kSegGs}) s.segment[i] = {0, 0, 0, kSegUnusable};
    s.tr = {kTssSel, kTss, 0x3ff, 0x8b};
    s.ldtr = {0, 0, 0, kSegUnusable};
    s.gpr[kRsp] = cpl ? kStack3 : kStack0;
    s.rip = kCode;
    return s;
  }
  CpuState longState(unsigned cpl) {
    CpuState s = protectedState(cpl);
    s.cr0 = 0x80000011;
    s.cr4 = kCr4Pae | kCr4Osfxsr;
    s.cr3 = kPageTables;
    s.msr.efer = kEferLme | kEferLma | kEferSce | kEferNxe;
    s.segment[kSegCs] = {static_cast<u16>(cpl ? kCode64User : kCode64), 0, 0xffffffff, 0xa09b | (cpl << 5)};
    s.idtr = {kIdt, 0xfff};
    return s;
  }
  CpuState v86State(unsigned iopl) {
    CpuState s = protectedState(3);
    s.rflags = 2 | kFlagVm | (iopl << 12);
    for (unsigned i = 0; i < 6; ++i) {
      const u16 selector = static_cast<u16>(0x1000 + 0x100 * i);
      s.segment[i] = {selector, u64{selector} << 4, 0xffff, kVirtual8086Segment};
    }
    s.rip = 0x100;
    s.gpr[kRsp] = 0x800;
    return s;
  }
  CpuState realState() {
    CpuState s = resetState(true);
    s.segment[kSegCs] = {0x1000, 0x10000, 0xffff, 0x93};
    s.segment[kSegSs] = {0x0800, 0x8000, 0xffff, 0x93};
    s.gpr[kRsp] = 0x1000;
    s.rip = 0x20;
    return s;
  }
  void enterProtected(unsigned cpl = 0) { load(protectedState(cpl)); }
  void enterLong(unsigned cpl = 0) { load(longState(cpl)); }
  void enterV86(unsigned iopl = 3) { load(v86State(iopl)); }
  void enterReal() { load(realState()); }

  // --- running
  // The exception `f` raised, or EventType::None.
  template <class F>
  PendingEvent attempt(F&& f) {
    ctx_->fault = {};
    if (_setjmp(ctx_->faultReturn)) return ctx_->fault;
    f();
    return {};
  }
  // Decodes the bytes as if they stood at rip and runs `S` on them as the run loop would.
  template <class S>
  PendingEvent run(std::initializer_list<int> bytes) {
    std::vector<u8> code;
    for (const int b : bytes) code.push_back(static_cast<u8>(b));
    const bool prot = ctx_->protectedMode;
    const auto status = isa::decode(code, ctx_->codeMode, prot, model_->features(), insn_);
    EXPECT_EQ(status, isa::DecodeStatus::Ok);
    if (status != isa::DecodeStatus::Ok) return {EventType::Exception, kExcUD, false, 0, 0};
    ctx_->insn = &insn_;
    ctx_->leave = 0;
    ctx_->nextRip = ctx_->arch.rip + insn_.length;
    const PendingEvent fault = attempt([&] { S::run(*ctx_, insn_); });
    ctx_->arch.rip = fault.type == EventType::None ? ctx_->nextRip & ctx_->ripMask : ctx_->insnRip();
    return fault;
  }
  PendingEvent deliver(const PendingEvent& event) {
    insn_ = {};
    ctx_->insn = &insn_;
    ctx_->nextRip = ctx_->arch.rip;
    return attempt([&] { deliverEvent(*ctx_, event); });
  }
  static PendingEvent exception(u8 vector) { return {EventType::Exception, vector, false, 0, 0}; }
  static PendingEvent exception(u8 vector, u32 code) { return {EventType::Exception, vector, true, code, 0}; }
  static PendingEvent external(u8 vector) { return {EventType::ExternalInterrupt, vector, false, 0, 0}; }

  CpuState& arch() { return ctx_->arch; }
  u64& reg(unsigned n) { return ctx_->arch.gpr[n]; }
  SegmentRegister& seg(unsigned n) { return ctx_->arch.segment[n]; }

  std::unique_ptr<CpuModel> model_;
  std::unique_ptr<mmu::Ram> ram_;
  const RamBlock* block_ = nullptr;
  std::unique_ptr<AddressSpace> physical_, ports_;
  std::unique_ptr<mmu::GuestMemoryView> view_;
  FakePorts device_;
  FakeInterruptController apic_;
  VcpuMailbox mailbox_;
  VirtualClock clock_{VirtualClock::Kind::Counted, 0};
  std::unique_ptr<VcpuEnv> env_;
  std::unique_ptr<Context> owner_;
  Context* ctx_ = nullptr;
  isa::Insn insn_;
};

#define EXPECT_NO_FAULT(expression)                                                                       \
  do {                                                                                                    \
    const PendingEvent fault_ = (expression);                                                             \
    EXPECT_EQ(fault_.type, EventType::None) << "#" << int{fault_.vector} << " code " << fault_.errorCode; \
  } while (0)

#define EXPECT_FAULT(expression, vector_, code_)  \
  do {                                            \
    const PendingEvent fault_ = (expression);     \
    EXPECT_EQ(fault_.type, EventType::Exception); \
    EXPECT_EQ(int{fault_.vector}, int{vector_});  \
    EXPECT_EQ(fault_.errorCode, u32{code_});      \
  } while (0)

}  // namespace duet::tcg
