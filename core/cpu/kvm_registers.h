// What KVM promises its guests: the features, its model-specific registers and what they can hold (Linux
// Documentation/virt/kvm/x86/cpuid.rst, msr.rst).
#pragma once

#include <span>

#include "core/cpu/cpu_model.h"

namespace duet {

struct KvmRegister {
  u32 index;
  u64 ModelSpecificRegisters::* member;
  Feature feature;
};

std::span<const Feature> paravirtualFeatures();  // those of CPUID leaf 40000001h

// All registers, the older numbers last. The acknowledgement of asynchronous page faults (..07h) holds nothing and is no
// row.
std::span<const KvmRegister> kvmRegisters();
// Null when a guest of this model has no such register.
const KvmRegister* findKvmRegister(const CpuModel& model, u32 index);
// False: a bit is set that is reserved on this model.
bool kvmRegisterFits(const CpuModel& model, const KvmRegister& r, u64 value);

}  // namespace duet
