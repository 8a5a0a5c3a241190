// Regions out of the cache: of another run, and for another address than they were made at.
#include <gtest/gtest.h>

#include "tests/unit/cache/plans.h"
#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

using tcg::cache::CodeCache;

struct Ran {
  CpuState state;
  tcg::RegionCounts counts;
};

// A program of 64-bit code at an address, with what compiled code there is in the folder.
Ran runAt(const Scratch& scratch, u64 rip, const std::vector<u8>& code, const std::string& maker = "us") {
  tcg::region::RegionOptions options{.synchronous = true, .everything = true};
  options.cache = CodeCache::open(scratch.path(), maker).value();
  RegionRig m(options);
  for (size_t i = 0; i < code.size(); ++i) m.putWord<u8>(rip + i, code[i]);
  m.putWord<u64>(kData, 5);
  CpuState s = m.longMode();
  s.rip = rip;
  s.gpr[kRsi] = kData;
  m.load(s);
  EXPECT_EQ(m.run(1000000).reason, ExitReason::Halt);
  return {m.state(), m.regions->counts()};
}

// fib(12), and what it says of where it is: the address of an instruction in RBX, what lies behind it in the page in RDX, and a store
// there, which another region reads.
std::vector<u8> program() {
  // lea rbx,[rip]; mov rdx,[rip+100h]; mov [rip+100h],rbx; mov edi,12; call fib; hlt; fib: cmp edi,2; jae deep; mov eax,edi; ret;
  // deep: push rdi; sub edi,1; call fib; pop rdi; push rax; sub edi,2; call fib; pop rcx; add eax,ecx; ret
  return {0x48, 0x8d, 0x1d, 0,    0,    0,    0,    0x48, 0x8b, 0x15, 0,    1,    0,    0,    0x48, 0x89,
          0x1d, 0,    1,    0,    0,    0xbf, 12,   0,    0,    0,    0xe8, 1,    0,    0,    0,    0xf4,
          0x83, 0xff, 0x02, 0x73, 0x03, 0x89, 0xf8, 0xc3, 0x57, 0x83, 0xef, 0x01, 0xe8, 0xef, 0xff, 0xff,
          0xff, 0x5f, 0x50, 0x83, 0xef, 0x02, 0xe8, 0xe5, 0xff, 0xff, 0xff, 0x59, 0x01, 0xc8, 0xc3};
}

TEST(CachedRegion, RunsInTheNextRun) {
  const Scratch scratch;
  const Ran cold = runAt(scratch, kCode, program()), warm = runAt(scratch, kCode, program());
  EXPECT_GE(cold.counts.compiled, 2u);
  EXPECT_EQ(cold.counts.cached, 0u);
  EXPECT_EQ(warm.counts.compiled, 0u);
  EXPECT_GE(warm.counts.cached, 1u);
  EXPECT_EQ(warm.counts.ownCached, 0u);
  EXPECT_EQ(warm.counts.installed, cold.counts.installed);
  EXPECT_EQ(warm.state.gpr[kRax], 144u);
  EXPECT_EQ(warm.state.gpr, cold.state.gpr);
}

TEST(CachedRegion, RunsAtAnotherAddress) {
  const Scratch scratch;
  runAt(scratch, kCode, program());
  constexpr u64 kElsewhere = kCode + 0x5000;
  const Ran warm = runAt(scratch, kElsewhere, program());
  EXPECT_EQ(warm.counts.compiled, 0u);
  EXPECT_EQ(warm.state.rip, kElsewhere + 32);  // behind the HLT
  EXPECT_EQ(warm.state.gpr[kRax], 144u);
  EXPECT_EQ(warm.state.gpr[kRbx], kElsewhere + 7);
  EXPECT_EQ(warm.state.gpr[kRdx], 0u) << "nothing is there yet";
  EXPECT_EQ(warm.state.gpr[kRsp], 0x8000u);
}

// A kernel's code, with its absolute addresses, at two places 400 MiB apart: all of the last 2 GiB are the first 2 MiB of RAM.
TEST(CachedRegion, RunsWhereAKernelMovedTo) {
  const Scratch scratch;
  const auto run = [&](u64 base) {
    tcg::region::RegionOptions options{.synchronous = true, .everything = true};
    options.cache = CodeCache::open(scratch.path(), "us").value();
    RegionRig m(options);
    CpuState s = m.longMode();
    m.putWord<u64>(kTables + 511 * 8, 0x15007);
    m.putWord<u64>(0x15000 + 510 * 8, 0x16007);
    for (u64 i = 0; i < 512; ++i) m.putWord<u64>(0x16000 + 8 * i, 0x87);
    // mov rbx,data; mov rdx,[data]; mov rcx,[rax*8+data]; mov qword [data+10h],data; cmp rbx,data; sete al; hlt
    m.put(kCode, {0x48, 0xc7, 0xc3, 0,    0,    0,    0, 0x48, 0x8b, 0x14, 0x25, 0,    0,    0,   0, 0x48,
                  0x8b, 0x0c, 0xc5, 0,    0,    0,    0, 0x48, 0xc7, 0x04, 0x25, 0,    0,    0,   0, 0,
                  0,    0,    0,    0x48, 0x81, 0xfb, 0, 0,    0,    0,    0x0f, 0x94, 0xc0, 0xf4});
    const u64 data = base + 0x1800;
    for (const u64 at : {3, 11, 19, 31, 38}) m.putWord<u32>(kCode + at, static_cast<u32>(data));
    m.putWord<u32>(kCode + 27, static_cast<u32>(data + 0x10));
    m.putWord<u64>(0x1800, 11);
    m.putWord<u64>(0x1808, 22);
    s.rip = base + kCode;
    s.gpr[kRax] = 1;
    m.load(s);
    EXPECT_EQ(m.run(1000).reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRbx], data);
    EXPECT_EQ(m.state().gpr[kRdx], 11u);
    EXPECT_EQ(m.state().gpr[kRcx], 22u);
    EXPECT_EQ(m.state().gpr[kRax], 1u) << "equal";
    EXPECT_EQ(m.word<u64>(0x1810), data);
    return m.regions->counts();
  };
  EXPECT_GE(run(0xffffffff81000000).compiled, 1u);
  const tcg::RegionCounts moved = run(0xffffffff9a200000);
  EXPECT_EQ(moved.compiled, 0u);
  EXPECT_GE(moved.cached, 1u);
}

// Another immediate, another place in the page, another compiler.
TEST(CachedRegion, IsNotForOtherCode) {
  const Scratch scratch;
  runAt(scratch, kCode, program());
  std::vector<u8> other = program();
  other[22] = 10;  // fib(10)
  const Ran changed = runAt(scratch, kCode, other);
  EXPECT_GE(changed.counts.compiled, 1u);
  EXPECT_EQ(changed.state.gpr[kRax], 55u);
  const Ran shifted = runAt(scratch, kCode + 16, program());
  EXPECT_EQ(shifted.counts.cached, 0u);
  EXPECT_EQ(shifted.state.gpr[kRax], 144u);
  EXPECT_EQ(runAt(scratch, kCode, program(), "them").counts.cached, 0u);
}

// The way a jump by a register takes is in the file: code asks for it before anybody has seen where it goes.
TEST(CachedRegion, KnowsWhereJumpsGo) {
  const Scratch scratch;
  // mov ecx,1000; lea rdx,[rip+back]; back: inc rax; dec rcx; jz out; jmp rdx; out: hlt
  const std::vector<u8> code = {0xb9, 0xe8, 3,    0,    0,    0x48, 0x8d, 0x15, 0,    0,    0,   0,
                                0x48, 0xff, 0xc0, 0x48, 0xff, 0xc9, 0x74, 2,    0xff, 0xe2, 0xf4};
  const auto run = [&](u64 rip) {
    tcg::region::RegionOptions options{.synchronous = true, .slice = 50, .samples = 2};
    options.cache = CodeCache::open(scratch.path(), "us").value();
    RegionRig m(options);
    for (size_t i = 0; i < code.size(); ++i) m.putWord<u8>(rip + i, code[i]);
    CpuState s = m.longMode();
    s.rip = rip;
    m.load(s);
    EXPECT_EQ(m.run(1000000).reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], 1000u);
    return m.regions->counts();
  };
  const tcg::RegionCounts cold = run(kCode), warm = run(kCode + 0x3000);
  EXPECT_GE(cold.compiled, 1u);
  EXPECT_EQ(warm.compiled, 0u);
  EXPECT_GE(warm.cached, 1u);
}

// What was left out of a region is left out again, though that has run before.
TEST(CachedRegion, IsALoopAloneAgain) {
  const Scratch scratch;
  const auto run = [&](u64 rip) {
    tcg::region::RegionOptions options{.synchronous = true, .slice = 50, .samples = 2};
    options.cache = CodeCache::open(scratch.path(), "us").value();
    RegionRig m(options);
    // inner: dec ecx; jnz inner; xor eax,eax; dec esi; cmove ecx,edi; hlt
    const std::vector<u8> code = {0xff, 0xc9, 0x75, 0xfc, 0x31, 0xc0, 0xff, 0xce, 0x0f, 0x44, 0xcf, 0xf4};
    for (size_t i = 0; i < code.size(); ++i) m.putWord<u8>(rip + i, code[i]);
    for (const u64 rounds : {1, 1, 1000}) {
      CpuState s = m.longMode();
      s.rip = rip;
      s.gpr[kRcx] = rounds;
      m.load(s);
      EXPECT_EQ(m.run(1000000).reason, ExitReason::Halt);
    }
    return m.regions->counts();
  };
  const tcg::RegionCounts cold = run(kCode), warm = run(kCode + 0x3000);
  EXPECT_EQ(cold.compiled, 1u);
  EXPECT_EQ(cold.instructions, 2u);
  EXPECT_EQ(warm.compiled, 0u);
  EXPECT_GE(warm.cached, 1u);
}

}  // namespace
}  // namespace duet::test
