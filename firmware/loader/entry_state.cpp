#include "firmware/loader/entry_state.h"

#include <algorithm>

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

// SegmentRegister::attributes: accessed code and data, 4 GiB.
constexpr u32 kCode32 = 0x9b | kSegDb | kSegG;
constexpr u32 kCode64 = 0x9b | kSegL | kSegG;
constexpr u32 kData = 0x93 | kSegDb | kSegG;
constexpr u32 kBusyTask = 0x8b;

SegmentRegister flat(u16 selector, u32 attributes) { return {selector, 0, 0xffffffff, attributes}; }

u64 descriptor(u32 attributes, u32 limit) {
  return (limit & 0xffff) | u64{attributes & 0xffff} << 40 | u64{limit >> 16 & 0xf} << 48;
}

Result<> placeDescriptors(LoadPlan& plan, CpuState& state, u32 codeAttributes) {
  ByteWriter gdt;
  gdt.zeros(kEntryCode);
  gdt.u64le(descriptor(codeAttributes, 0xfffff));
  gdt.u64le(descriptor(kData, 0xfffff));
  gdt.u64le(descriptor(kBusyTask, 0x67));
  gdt.u64le(0);  // upper half of the task descriptor in 64-bit mode
  const u32 limit = static_cast<u32>(gdt.size() - 1);
  const auto at = plan.placeLow(gdt.take(), 16, "the descriptor table");
  if (!at) return tl::unexpected(at.error());
  state.gdtr = {*at, limit};
  state.idtr = {0, 0};
  state.segment.fill(flat(kEntryData, kData));
  state.segment[kSegCs] = flat(kEntryCode, codeAttributes);
  state.tr = {kEntryTask, 0, 0x67, kBusyTask};
  state.ldtr = {0, 0, 0, kSegUnusable};
  return {};
}

CpuState firmwareState(const MemoryLayout& layout) {
  CpuState state = resetState(true);
  applyFirmwareSetup(state, layout);
  state.gpr.fill(0);
  return state;
}

// PML4, one page of pointers, four directories of 2 MiB pages.
std::vector<u8> identityTables(u64 base) {
  constexpr u64 kPresentWritable = 3, kLarge = 0x80;
  constexpr u64 kDirectories = 4;
  std::vector<u8> bytes((2 + kDirectories) * kPageSize);
  setField<u64>(bytes, 0, (base + kPageSize) | kPresentWritable);
  for (u64 i = 0; i < kDirectories; ++i)
    setField<u64>(bytes, kPageSize + 8 * i, (base + (2 + i) * kPageSize) | kPresentWritable);
  for (u64 i = 0; i < kDirectories * 512; ++i)
    setField<u64>(bytes, 2 * kPageSize + 8 * i, (i << 21) | kLarge | kPresentWritable);
  return bytes;
}

}  // namespace

void applyFirmwareSetup(CpuState& state, const MemoryLayout& layout) {
  constexpr u64 kUncachedEach = 0, kWriteBackEach = 0x0606060606060606,
                kWriteProtectEach = 0x0505050505050505;
  constexpr u64 kEnabled = 1u << 11, kFixedEnabled = 1u << 10, kWriteBack = 6, kMaskValid = 1u << 11;
  state.cr0 &= ~u64{kCr0Cd | kCr0Nw};
  ModelSpecificRegisters& msr = state.msr;
  msr.mtrrFixed.fill(kWriteProtectEach);  // C0000-FFFFF: ROM
  msr.mtrrFixed[0] = msr.mtrrFixed[1] = kWriteBackEach;
  msr.mtrrFixed[2] = kUncachedEach;  // A0000-BFFFF
  msr.mtrrPhysBase.fill(0);
  msr.mtrrPhysMask.fill(0);
  // The hole as naturally aligned powers of two, as the base and mask pairs want them.
  u64 at = layout.mmioBase & ~u64{1_MiB - 1};
  for (unsigned i = 0; i < kVariableMtrrs && at != 0 && at < 4_GiB; ++i) {
    const u64 size = at & -at;
    msr.mtrrPhysBase[i] = at;  // type 0: uncached
    msr.mtrrPhysMask[i] = (lowMask(layout.physicalBits) & ~(size - 1)) | kMaskValid;
    at += size;
  }
  msr.mtrrDefType = kEnabled | kFixedEnabled | kWriteBack;
}

Result<CpuState> flat32State(LoadPlan& plan, u64 entry) {
  CpuState state = firmwareState(plan.layout());
  if (auto done = placeDescriptors(plan, state, kCode32); !done) return tl::unexpected(done.error());
  state.rip = entry;
  state.cr0 = kCr0Pe | kCr0Et;
  return state;
}

Result<CpuState> long64State(LoadPlan& plan, u64 entry) {
  CpuState state = firmwareState(plan.layout());
  if (auto done = placeDescriptors(plan, state, kCode64); !done) return tl::unexpected(done.error());
  const auto room = plan.placeLow(identityTables(0), kPageSize, "the page tables");
  if (!room) return tl::unexpected(room.error());
  plan.put(*room, identityTables(*room));
  state.rip = entry;
  state.cr3 = *room;
  state.cr4 = kCr4Pae;
  state.cr0 = kCr0Pe | kCr0Et | kCr0Ne | kCr0Pg;
  state.msr.efer = kEferLme | kEferLma;
  return state;
}

CpuState realModeState(const LoadPlan& plan, u16 segment, u16 offset) {
  CpuState state = firmwareState(plan.layout());
  state.segment[kSegCs].selector = segment;
  state.segment[kSegCs].base = u64{segment} << 4;
  state.segment[kSegCs].limit = 0xffff;
  state.rip = offset;
  return state;
}

}  // namespace duet::firmware
