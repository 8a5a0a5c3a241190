#include "cpu-kvm/convert/kvm_state.h"

#include <algorithm>
#include <cstring>

#include "core/cpu/registers.h"
#include "cpu-kvm/convert/events.h"
#include "cpu-kvm/convert/msrs.h"
#include "cpu-kvm/convert/segments.h"

namespace duet::kvm {
namespace {

constexpr u32 kHeader = kXsaveLegacySize, kAvxSize = 256, kPkruSize = 4;

// The kernel's members in the order of GprIndex.
constexpr __u64 kvm_regs::* kGprs[16] = {&kvm_regs::rax, &kvm_regs::rcx, &kvm_regs::rdx, &kvm_regs::rbx,
                                         &kvm_regs::rsp, &kvm_regs::rbp, &kvm_regs::rsi, &kvm_regs::rdi,
                                         &kvm_regs::r8,  &kvm_regs::r9,  &kvm_regs::r10, &kvm_regs::r11,
                                         &kvm_regs::r12, &kvm_regs::r13, &kvm_regs::r14, &kvm_regs::r15};

// And of SegmentIndex.
constexpr kvm_segment kvm_sregs2::* kSegments[6] = {&kvm_sregs2::es, &kvm_sregs2::cs, &kvm_sregs2::ss,
                                                    &kvm_sregs2::ds, &kvm_sregs2::fs, &kvm_sregs2::gs};

bool paePaging(const CpuState& s) {
  return (s.cr0 & kCr0Pg) && (s.cr4 & kCr4Pae) && !(s.msr.efer & kEferLma);
}

kvm_sregs2 specialToKvm(const CpuState& in, u64 apicBase) {
  kvm_sregs2 out{};
  for (size_t i = 0; i < std::size(kSegments); ++i) out.*kSegments[i] = toKvm(in.segment[i]);
  out.tr = toKvm(in.tr);
  out.ldt = toKvm(in.ldtr);
  out.gdt = toKvm(in.gdtr);
  out.idt = toKvm(in.idtr);
  out.cr0 = in.cr0;
  out.cr2 = in.cr2;
  out.cr3 = in.cr3;
  out.cr4 = in.cr4;
  out.cr8 = in.cr8;
  out.efer = in.msr.efer;
  out.apic_base = apicBase;
  if (paePaging(in)) {
    out.flags = KVM_SREGS2_FLAGS_PDPTRS_VALID;
    std::ranges::copy(in.pdpte, out.pdptrs);
  }
  return out;
}

void specialFromKvm(const kvm_sregs2& in, CpuState& out) {
  for (size_t i = 0; i < std::size(kSegments); ++i) out.segment[i] = fromKvm(in.*kSegments[i]);
  out.tr = fromKvm(in.tr);
  out.ldtr = fromKvm(in.ldt);
  out.gdtr = fromKvm(in.gdt);
  out.idtr = fromKvm(in.idt);
  out.cr0 = in.cr0;
  out.cr2 = in.cr2;
  out.cr3 = in.cr3;
  out.cr4 = in.cr4;
  out.cr8 = in.cr8;
  out.msr.efer = in.efer;
  if (in.flags & KVM_SREGS2_FLAGS_PDPTRS_VALID) std::ranges::copy(in.pdptrs, out.pdpte.begin());
}

void xsaveToKvm(const CpuState& in, const XsaveLayout& layout, std::vector<u8>& out) {
  out.assign(layout.size, 0);
  std::copy_n(in.xsave.begin(), kXsaveAvxOffset, out.begin());  // legacy part and header
  std::copy_n(in.xsave.begin() + kXsaveAvxOffset, kAvxSize, out.begin() + layout.avx);
  std::copy_n(in.xsave.begin() + kXsavePkruOffset, kPkruSize, out.begin() + layout.pkru);
}

void xsaveFromKvm(const std::vector<u8>& in, const XsaveLayout& layout, CpuState& out) {
  out.xsave.fill(0);
  std::copy_n(in.begin(), kXsaveAvxOffset, out.xsave.begin());
  constexpr u64 kKnown = kXcr0X87 | kXcr0Sse | kXcr0Avx | kXcr0Pkru;
  u64 present;
  std::memcpy(&present, in.data() + kHeader, sizeof present);
  present &= kKnown;
  std::memcpy(out.xsave.data() + kHeader, &present, sizeof present);
  std::copy_n(in.begin() + layout.avx, kAvxSize, out.xsave.begin() + kXsaveAvxOffset);
  std::copy_n(in.begin() + layout.pkru, kPkruSize, out.xsave.begin() + kXsavePkruOffset);
}

}  // namespace

void toKvm(const CpuState& in, u64 apicBase, std::span<const u32> msrs, const XsaveLayout& layout,
           KvmState& out) {
  for (size_t i = 0; i < std::size(kGprs); ++i) out.regs.*kGprs[i] = in.gpr[i];
  out.regs.rip = in.rip;
  out.regs.rflags = in.rflags;
  out.sregs = specialToKvm(in, apicBase);
  out.events = eventsToKvm(in);
  out.debug = {};
  std::ranges::copy(in.dr, out.debug.db);
  out.debug.dr6 = in.dr6;
  out.debug.dr7 = in.dr7;
  out.xcrs = {};
  out.xcrs.nr_xcrs = 1;
  out.xcrs.xcrs[0].value = in.xcr0;
  xsaveToKvm(in, layout, out.xsave);
  out.msrs.clear();
  ModelSpecificRegisters registers = in.msr;
  for (const u32 index : msrs) out.msrs.push_back({index, 0, *msrMember(registers, index)});
}

void fromKvm(const KvmState& in, const XsaveLayout& layout, CpuState& out, InterruptShadow known) {
  for (size_t i = 0; i < std::size(kGprs); ++i) out.gpr[i] = in.regs.*kGprs[i];
  out.rip = in.regs.rip;
  out.rflags = in.regs.rflags;
  specialFromKvm(in.sregs, out);
  eventsFromKvm(in.events, in.sregs.cr2, out, known);
  std::ranges::copy(in.debug.db, out.dr.begin());
  out.dr6 = in.debug.dr6;
  out.dr7 = in.debug.dr7;
  out.xcr0 = in.xcrs.nr_xcrs ? in.xcrs.xcrs[0].value : kXcr0X87;
  xsaveFromKvm(in.xsave, layout, out);
  for (const kvm_msr_entry& entry : in.msrs)
    if (u64* member = msrMember(out.msr, entry.index)) *member = entry.data;
}

}  // namespace duet::kvm
