// CPU features by the names Linux shows in /proc/cpuinfo (lower-cased they are the `-cpu ±name` words).
// Where each one sits in CPUID is in core/cpu/cpu_model.
#pragma once

#include <bitset>

#include "core/base/types.h"

namespace duet {

// What KVM promises its guests (Linux Documentation/virt/kvm/x86/cpuid.rst); names as in QEMU.
#define DUET_KVM_FEATURES(X)                                       \
  X(KvmclockOld, "kvmclock-old", 0x40000001, 0, Eax, 0)            \
  X(KvmNopIoDelay, "kvm-nopiodelay", 0x40000001, 0, Eax, 1)        \
  X(Kvmclock, "kvmclock", 0x40000001, 0, Eax, 3)                   \
  X(KvmAsyncPf, "kvm-asyncpf", 0x40000001, 0, Eax, 4)              \
  X(KvmStealTime, "kvm-steal-time", 0x40000001, 0, Eax, 5)         \
  X(KvmPvEoi, "kvm-pv-eoi", 0x40000001, 0, Eax, 6)                 \
  X(KvmPvUnhalt, "kvm-pv-unhalt", 0x40000001, 0, Eax, 7)           \
  X(KvmPvTlbFlush, "kvm-pv-tlb-flush", 0x40000001, 0, Eax, 9)      \
  X(KvmPvIpi, "kvm-pv-ipi", 0x40000001, 0, Eax, 11)                \
  X(KvmPollControl, "kvm-poll-control", 0x40000001, 0, Eax, 12)    \
  X(KvmPvSchedYield, "kvm-pv-sched-yield", 0x40000001, 0, Eax, 13) \
  X(KvmAsyncPfInt, "kvm-asyncpf-int", 0x40000001, 0, Eax, 14)      \
  X(KvmclockStable, "kvmclock-stable-bit", 0x40000001, 0, Eax, 24) \
  X(KvmHintDedicated, "kvm-hint-dedicated", 0x40000001, 0, Edx, 0)

// X(Enumerator, "option-name", leaf, subleaf, register, bit). Base has no bit.
#define DUET_FEATURES(X)                                    \
  X(Fpu, "fpu", 0x1, 0, Edx, 0)                             \
  X(Vme, "vme", 0x1, 0, Edx, 1)                             \
  X(De, "de", 0x1, 0, Edx, 2)                               \
  X(Pse, "pse", 0x1, 0, Edx, 3)                             \
  X(Tsc, "tsc", 0x1, 0, Edx, 4)                             \
  X(Msr, "msr", 0x1, 0, Edx, 5)                             \
  X(Pae, "pae", 0x1, 0, Edx, 6)                             \
  X(Mce, "mce", 0x1, 0, Edx, 7)                             \
  X(Cx8, "cx8", 0x1, 0, Edx, 8)                             \
  X(Apic, "apic", 0x1, 0, Edx, 9)                           \
  X(Sep, "sep", 0x1, 0, Edx, 11)                            \
  X(Mtrr, "mtrr", 0x1, 0, Edx, 12)                          \
  X(Pge, "pge", 0x1, 0, Edx, 13)                            \
  X(Mca, "mca", 0x1, 0, Edx, 14)                            \
  X(Cmov, "cmov", 0x1, 0, Edx, 15)                          \
  X(Pat, "pat", 0x1, 0, Edx, 16)                            \
  X(Pse36, "pse36", 0x1, 0, Edx, 17)                        \
  X(Clflush, "clflush", 0x1, 0, Edx, 19)                    \
  X(Mmx, "mmx", 0x1, 0, Edx, 23)                            \
  X(Fxsr, "fxsr", 0x1, 0, Edx, 24)                          \
  X(Sse, "sse", 0x1, 0, Edx, 25)                            \
  X(Sse2, "sse2", 0x1, 0, Edx, 26)                          \
  X(Ss, "ss", 0x1, 0, Edx, 27)                              \
  X(Ht, "ht", 0x1, 0, Edx, 28)                              \
  X(Sse3, "sse3", 0x1, 0, Ecx, 0)                           \
  X(Pclmulqdq, "pclmulqdq", 0x1, 0, Ecx, 1)                 \
  X(Monitor, "monitor", 0x1, 0, Ecx, 3)                     \
  X(Ssse3, "ssse3", 0x1, 0, Ecx, 9)                         \
  X(Fma, "fma", 0x1, 0, Ecx, 12)                            \
  X(Cx16, "cx16", 0x1, 0, Ecx, 13)                          \
  X(Pcid, "pcid", 0x1, 0, Ecx, 17)                          \
  X(Sse41, "sse4_1", 0x1, 0, Ecx, 19)                       \
  X(Sse42, "sse4_2", 0x1, 0, Ecx, 20)                       \
  X(X2apic, "x2apic", 0x1, 0, Ecx, 21)                      \
  X(Movbe, "movbe", 0x1, 0, Ecx, 22)                        \
  X(Popcnt, "popcnt", 0x1, 0, Ecx, 23)                      \
  X(TscDeadline, "tsc-deadline", 0x1, 0, Ecx, 24)           \
  X(Aes, "aes", 0x1, 0, Ecx, 25)                            \
  X(Xsave, "xsave", 0x1, 0, Ecx, 26)                        \
  X(Avx, "avx", 0x1, 0, Ecx, 28)                            \
  X(F16c, "f16c", 0x1, 0, Ecx, 29)                          \
  X(Rdrand, "rdrand", 0x1, 0, Ecx, 30)                      \
  X(Hypervisor, "hypervisor", 0x1, 0, Ecx, 31)              \
  X(Arat, "arat", 0x6, 0, Eax, 2)                           \
  X(Fsgsbase, "fsgsbase", 0x7, 0, Ebx, 0)                   \
  X(TscAdjust, "tsc_adjust", 0x7, 0, Ebx, 1)                \
  X(Bmi1, "bmi1", 0x7, 0, Ebx, 3)                           \
  X(Avx2, "avx2", 0x7, 0, Ebx, 5)                           \
  X(FdpExcptnOnly, "fdp_excptn_only", 0x7, 0, Ebx, 6)       \
  X(Smep, "smep", 0x7, 0, Ebx, 7)                           \
  X(Bmi2, "bmi2", 0x7, 0, Ebx, 8)                           \
  X(Erms, "erms", 0x7, 0, Ebx, 9)                           \
  X(Invpcid, "invpcid", 0x7, 0, Ebx, 10)                    \
  X(ZeroFcsFds, "zero_fcs_fds", 0x7, 0, Ebx, 13)            \
  X(Rdseed, "rdseed", 0x7, 0, Ebx, 18)                      \
  X(Adx, "adx", 0x7, 0, Ebx, 19)                            \
  X(Smap, "smap", 0x7, 0, Ebx, 20)                          \
  X(Clflushopt, "clflushopt", 0x7, 0, Ebx, 23)              \
  X(Clwb, "clwb", 0x7, 0, Ebx, 24)                          \
  X(ShaNi, "sha_ni", 0x7, 0, Ebx, 29)                       \
  X(Umip, "umip", 0x7, 0, Ecx, 2)                           \
  X(Pku, "pku", 0x7, 0, Ecx, 3)                             \
  X(Gfni, "gfni", 0x7, 0, Ecx, 8)                           \
  X(Vaes, "vaes", 0x7, 0, Ecx, 9)                           \
  X(Vpclmulqdq, "vpclmulqdq", 0x7, 0, Ecx, 10)              \
  X(La57, "la57", 0x7, 0, Ecx, 16)                          \
  X(Rdpid, "rdpid", 0x7, 0, Ecx, 22)                        \
  X(Pks, "pks", 0x7, 0, Ecx, 31)                            \
  X(Fsrm, "fsrm", 0x7, 0, Edx, 4)                           \
  X(Serialize, "serialize", 0x7, 0, Edx, 14)                \
  X(SpecCtrl, "spec_ctrl", 0x7, 0, Edx, 26)                 \
  X(ArchCapabilities, "arch_capabilities", 0x7, 0, Edx, 29) \
  X(Xsaveopt, "xsaveopt", 0xd, 1, Eax, 0)                   \
  X(Xsavec, "xsavec", 0xd, 1, Eax, 1)                       \
  X(Xgetbv1, "xgetbv1", 0xd, 1, Eax, 2)                     \
  X(Xsaves, "xsaves", 0xd, 1, Eax, 3)                       \
  X(LahfLm, "lahf_lm", 0x80000001, 0, Ecx, 0)               \
  X(Abm, "abm", 0x80000001, 0, Ecx, 5)                      \
  X(Sse4a, "sse4a", 0x80000001, 0, Ecx, 6)                  \
  X(Misalignsse, "misalignsse", 0x80000001, 0, Ecx, 7)      \
  X(Prefetchw, "3dnowprefetch", 0x80000001, 0, Ecx, 8)      \
  X(Syscall, "syscall", 0x80000001, 0, Edx, 11)             \
  X(Nx, "nx", 0x80000001, 0, Edx, 20)                       \
  X(Mmxext, "mmxext", 0x80000001, 0, Edx, 22)               \
  X(FxsrOpt, "fxsr_opt", 0x80000001, 0, Edx, 25)            \
  X(Pdpe1gb, "pdpe1gb", 0x80000001, 0, Edx, 26)             \
  X(Rdtscp, "rdtscp", 0x80000001, 0, Edx, 27)               \
  X(Lm, "lm", 0x80000001, 0, Edx, 29)                       \
  X(InvariantTsc, "invtsc", 0x80000007, 0, Edx, 8)          \
  X(Clzero, "clzero", 0x80000008, 0, Ebx, 0)                \
  X(Xsaveerptr, "xsaveerptr", 0x80000008, 0, Ebx, 2)        \
  X(Wbnoinvd, "wbnoinvd", 0x80000008, 0, Ebx, 9)            \
  DUET_KVM_FEATURES(X)

enum class Feature : u8 {
  Base,
#define DUET_FEATURE_ENUM(id, ...) id,
  DUET_FEATURES(DUET_FEATURE_ENUM)
#undef DUET_FEATURE_ENUM
      Count
};

// Base is always present.
class FeatureSet {
 public:
  bool has(Feature f) const { return f == Feature::Base || set_.test(static_cast<size_t>(f)); }
  FeatureSet& add(Feature f) {
    set_.set(static_cast<size_t>(f));
    return *this;
  }
  FeatureSet& remove(Feature f) {
    set_.reset(static_cast<size_t>(f));
    return *this;
  }
  bool operator==(const FeatureSet&) const = default;
  friend FeatureSet operator&(FeatureSet a, const FeatureSet& b) {  // what both have
    a.set_ &= b.set_;
    return a;
  }

  static FeatureSet all() {
    FeatureSet s;
    s.set_.set();
    return s;
  }

 private:
  std::bitset<static_cast<size_t>(Feature::Count)> set_;
};

}  // namespace duet
