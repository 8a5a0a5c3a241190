// What a step looks at before the processor makes it: instructions, the memory they touch, and where deliveries lead.
#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "cpu-kvm/step/guest_view.h"
#include "cpu-kvm/step/instruction.h"
#include "mmu/ram/ram.h"

namespace duet::kvm {
namespace {

class StepTest : public ::testing::Test {
 protected:
  void SetUp() override {
    block = *ram.addBlock("ram", 1 << 20);
    ASSERT_TRUE(memory.mapRam({"ram", 0, block->size, 0}, *block, 0, true));
    view.memory = &memory;
    view.regs.rip = 0x1000;
    view.regs.rsp = 0x8000;
  }
  Instruction at(std::initializer_list<u8> bytes) {
    std::copy(bytes.begin(), bytes.end(), block->host + 0x1000);
    return instructionAt(view);
  }
  void long64() {
    view.sregs.cr0 = kCr0Pe;  // no paging: addresses are physical
    view.sregs.efer = kEferLma;
    view.sregs.cs.l = 1;
  }
  template <class T>
  void put(u64 address, T value) {
    std::memcpy(block->host + address, &value, sizeof value);
  }

  mmu::Ram ram;
  const RamBlock* block = nullptr;
  AddressSpace memory{"memory", u64{1} << 40};
  GuestView view;
};

TEST_F(StepTest, KindsOfInstructions) {
  using Kind = InstructionKind;
  EXPECT_EQ(at({0x40}).kind, Kind::Ordinary);
  EXPECT_EQ(at({0xf4}).kind, Kind::Halt);
  EXPECT_EQ(at({0xfb}).kind, Kind::Sti);
  EXPECT_EQ(at({0x9c}).kind, Kind::PushFlags);
  EXPECT_EQ(at({0x9d}).kind, Kind::PopFlags);
  EXPECT_EQ(at({0x8e, 0xd2}).kind, Kind::LoadSs);
  EXPECT_EQ(at({0x8e, 0xda}).kind, Kind::Ordinary);  // mov ds,dx
  EXPECT_EQ(at({0x0f, 0x05}).kind, Kind::SystemCall);
  EXPECT_EQ(at({0x66, 0xcf}).operandBytes, 4);  // iretd in 16-bit code
  EXPECT_EQ(at({0xcf}).operandBytes, 2);
  const Instruction pop = at({0x17});
  EXPECT_EQ(pop.kind, Kind::LoadSs);
  EXPECT_TRUE(pop.fromStack);
  EXPECT_EQ(at({0xcd, 0x30}).vector, 0x30);
  EXPECT_EQ(at({0xcc}).vector, 3);
  EXPECT_EQ(at({0xce}).kind, Kind::Ordinary);  // INTO without OF
  view.regs.rflags = kFlagOf;
  EXPECT_EQ(at({0xce}).vector, 4);
}

TEST_F(StepTest, MemoryOperands) {
  view.sregs.ds.base = 0x10000;
  view.regs.rbx = 0x20;
  const Instruction store = at({0x89, 0x47, 0x04});  // mov [bx+4],ax
  ASSERT_EQ(store.accesses.size(), 1u);
  EXPECT_EQ(store.accesses[0].address.value, 0x10024u);
  EXPECT_EQ(store.accesses[0].size, 2u);
  EXPECT_TRUE(store.accesses[0].write && !store.accesses[0].read);
  const Instruction add = at({0x01, 0x07});  // add [bx],ax
  EXPECT_TRUE(add.accesses[0].write && add.accesses[0].read);
  const Instruction load = at({0x8b, 0x07});
  EXPECT_TRUE(!load.accesses[0].write && load.accesses[0].read);
  EXPECT_TRUE(at({0x8d, 0x07}).accesses.empty());  // lea
  view.regs.rcx = 1;
  view.regs.rdi = 0x30;
  view.sregs.es.base = 0x20000;
  const Instruction stos = at({0xf3, 0xaa});
  ASSERT_EQ(stos.accesses.size(), 1u);
  EXPECT_EQ(stos.accesses[0].address.value, 0x20030u);
  EXPECT_TRUE(stos.repeated);
  view.regs.rcx = 0;
  EXPECT_TRUE(at({0xf3, 0xaa}).accesses.empty());
}

TEST_F(StepTest, BitStringsReachBeyondTheirOperand) {
  view.regs.rbx = 0x20;
  view.regs.rax = 35;  // SDM vol. 2A, "BT": 16-bit operand, bit 35 is in the word at + 2 * (35 DIV 16)
  EXPECT_EQ(at({0x0f, 0xab, 0x07}).accesses.at(0).address.value, 0x24u);
  view.regs.rax = 0xffff;  // -1
  EXPECT_EQ(at({0x0f, 0xab, 0x07}).accesses.at(0).address.value, 0x1eu);
}

TEST_F(StepTest, SixtyFourBitAddresses) {
  long64();
  view.sregs.ds.base = 0x5000;  // ignored
  view.sregs.gs.base = 0x6000;
  view.regs.rax = 0x100;
  EXPECT_EQ(at({0x48, 0x8b, 0x00}).accesses.at(0).address.value, 0x100u);
  EXPECT_EQ(at({0x65, 0x48, 0x8b, 0x00}).accesses.at(0).address.value, 0x6100u);
  EXPECT_EQ(at({0x48, 0x8b, 0x05, 0x10, 0, 0, 0}).accesses.at(0).address.value, 0x1017u);  // RIP-relative
}

TEST_F(StepTest, HandlersOfEveryMode) {
  view.sregs.idt = {0x2000, 0x3ff, {}};
  put<u32>(0x2000 + 6 * 4, 0x12340010);
  EXPECT_EQ(handlerOf(view, 6)->value, 0x12350u);
  view.sregs.idt.limit = 6 * 4 + 2;
  EXPECT_FALSE(handlerOf(view, 6));

  view.sregs.cr0 = kCr0Pe;
  view.sregs.idt.limit = 0xfff;
  view.sregs.gdt = {0x3000, 0x1f, {}};
  put<u64>(0x3008, 0x00cf9a045678ffff);           // base 45678h
  put<u64>(0x2000 + 13 * 8, 0x0001ee0000081234);  // 32-bit gate to 8:11234h
  EXPECT_EQ(handlerOf(view, 13)->value, 0x45678u + 0x11234);
  put<u64>(0x2000 + 13 * 8, 0x0001e60000081234);  // 16-bit: the upper half is not part of it
  EXPECT_EQ(handlerOf(view, 13)->value, 0x45678u + 0x1234);
  put<u64>(0x2000 + 13 * 8, 0x00006e0000081234);  // not present
  EXPECT_FALSE(handlerOf(view, 13));
  put<u64>(0x2000 + 8 * 8, 0x0000850000180000);  // a task gate
  EXPECT_FALSE(handlerOf(view, 8));

  long64();
  put<u64>(0x2000 + 14 * 16, 0x89ab8e0000084567);
  put<u64>(0x2000 + 14 * 16 + 8, 0xffffffff);
  EXPECT_EQ(handlerOf(view, 14)->value, 0xffffffff89ab4567u);
}

TEST_F(StepTest, StackAndCodeFollowTheSegments) {
  view.sregs.ss.base = 0x40000;
  view.regs.rsp = 0xdead0010;  // a 16-bit stack
  EXPECT_EQ(view.stack().value, 0x40010u);
  view.sregs.cs.base = 0x70000;
  EXPECT_EQ(view.code().value, 0x71000u);
  view.regs.rip = 0xffff;
  view.advance(1);
  EXPECT_EQ(view.regs.rip, 0u);
}

}  // namespace
}  // namespace duet::kvm
