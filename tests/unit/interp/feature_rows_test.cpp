// Every feature a guest is offered has its instructions in the tables, and something carries them out. The
// witnesses are encodings from the manuals (SDM vol. 2, APM vol. 3 and 4), in 64-bit mode.
#include <gtest/gtest.h>

#include <vector>

#include "core/cpu/cpu_model.h"
#include "core/cpu/kvm_registers.h"
#include "cpu-tcg/interp/implemented.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/isa/coverage.h"
#include "cpu-tcg/isa/decoder.h"
#include "mmu/ram/ram.h"

namespace duet::tcg {
namespace {

struct Witness {
  Feature feature;
  std::vector<u8> bytes;
};

const std::vector<Witness>& witnesses() {
  using enum Feature;
  static const std::vector<Witness> all = {
      {Fpu, {0xd9, 0xe8}},                                 // FLD1
      {Tsc, {0x0f, 0x31}},                                 // RDTSC
      {Msr, {0x0f, 0x32}},                                 // RDMSR
      {Cx8, {0x0f, 0xc7, 0x0f}},                           // CMPXCHG8B
      {Sep, {0x0f, 0x34}},                                 // SYSENTER
      {Sep, {0x0f, 0x35}},                                 // SYSEXIT
      {Cmov, {0x0f, 0x44, 0xc1}},                          // CMOVE
      {Cmov, {0xdb, 0xf1}},                                // FCOMI
      {Clflush, {0x0f, 0xae, 0x3f}},                       // CLFLUSH
      {Mmx, {0x0f, 0x6f, 0xc1}},                           // MOVQ
      {Fxsr, {0x0f, 0xae, 0x07}},                          // FXSAVE
      {Fxsr, {0x48, 0x0f, 0xae, 0x0f}},                    // FXRSTOR64
      {Sse, {0x0f, 0x58, 0xc1}},                           // ADDPS
      {Sse2, {0x66, 0x0f, 0x58, 0xc1}},                    // ADDPD
      {Sse3, {0xf2, 0x0f, 0x7c, 0xc1}},                    // HADDPS
      {Pclmulqdq, {0x66, 0x0f, 0x3a, 0x44, 0xc1, 0x00}},   // PCLMULQDQ
      {Monitor, {0x0f, 0x01, 0xc8}},                       // MONITOR
      {Monitor, {0x0f, 0x01, 0xc9}},                       // MWAIT
      {Ssse3, {0x0f, 0x38, 0x00, 0xc1}},                   // PSHUFB
      {Fma, {0xc4, 0xe2, 0x71, 0x98, 0xc2}},               // VFMADD132PS
      {Cx16, {0x48, 0x0f, 0xc7, 0x0f}},                    // CMPXCHG16B
      {Sse41, {0x66, 0x0f, 0x38, 0x40, 0xc1}},             // PMULLD
      {Sse42, {0x66, 0x0f, 0x38, 0x37, 0xc1}},             // PCMPGTQ
      {Sse42, {0xf2, 0x0f, 0x38, 0xf1, 0xc1}},             // CRC32
      {Movbe, {0x0f, 0x38, 0xf0, 0x07}},                   // MOVBE
      {Popcnt, {0xf3, 0x0f, 0xb8, 0xc1}},                  // POPCNT
      {Aes, {0x66, 0x0f, 0x38, 0xdc, 0xc1}},               // AESENC
      {Aes, {0xc4, 0xe2, 0x71, 0xdc, 0xc2}},               // VAESENC, 128 bits
      {Xsave, {0x0f, 0xae, 0x27}},                         // XSAVE
      {Xsave, {0x0f, 0xae, 0x2f}},                         // XRSTOR
      {Xsave, {0x0f, 0x01, 0xd0}},                         // XGETBV
      {Xsave, {0x0f, 0x01, 0xd1}},                         // XSETBV
      {Avx, {0xc5, 0xf0, 0x58, 0xc2}},                     // VADDPS
      {F16c, {0xc4, 0xe2, 0x79, 0x13, 0xc1}},              // VCVTPH2PS
      {F16c, {0xc4, 0xe3, 0x79, 0x1d, 0xc1, 0x00}},        // VCVTPS2PH
      {Rdrand, {0x0f, 0xc7, 0xf0}},                        // RDRAND
      {Fsgsbase, {0xf3, 0x0f, 0xae, 0xc0}},                // RDFSBASE
      {Bmi1, {0xc4, 0xe2, 0x70, 0xf2, 0xc2}},              // ANDN
      {Bmi1, {0xf3, 0x0f, 0xbc, 0xc1}},                    // TZCNT
      {Avx2, {0xc5, 0xf5, 0xfe, 0xc2}},                    // VPADDD, 256 bits
      {Bmi2, {0xc4, 0xe2, 0x73, 0xf6, 0xc2}},              // MULX
      {Invpcid, {0x66, 0x0f, 0x38, 0x82, 0x07}},           // INVPCID
      {Rdseed, {0x0f, 0xc7, 0xf8}},                        // RDSEED
      {Adx, {0x66, 0x0f, 0x38, 0xf6, 0xc1}},               // ADCX
      {Smap, {0x0f, 0x01, 0xca}},                          // CLAC
      {Clflushopt, {0x66, 0x0f, 0xae, 0x3f}},              // CLFLUSHOPT
      {Clwb, {0x66, 0x0f, 0xae, 0x37}},                    // CLWB
      {ShaNi, {0x0f, 0x38, 0xc8, 0xc1}},                   // SHA1NEXTE
      {ShaNi, {0x0f, 0x38, 0xcb, 0xc1}},                   // SHA256RNDS2
      {Pku, {0x0f, 0x01, 0xee}},                           // RDPKRU
      {Pku, {0x0f, 0x01, 0xef}},                           // WRPKRU
      {Gfni, {0x66, 0x0f, 0x38, 0xcf, 0xc1}},              // GF2P8MULB
      {Gfni, {0xc4, 0xe3, 0xf5, 0xce, 0xc2, 0x00}},        // VGF2P8AFFINEQB, 256 bits
      {Vaes, {0xc4, 0xe2, 0x75, 0xdc, 0xc2}},              // VAESENC, 256 bits
      {Vpclmulqdq, {0xc4, 0xe3, 0x75, 0x44, 0xc2, 0x00}},  // VPCLMULQDQ, 256 bits
      {Rdpid, {0xf3, 0x0f, 0xc7, 0xf8}},                   // RDPID
      {Serialize, {0x0f, 0x01, 0xe8}},                     // SERIALIZE
      {Xsaveopt, {0x0f, 0xae, 0x37}},                      // XSAVEOPT
      {Xsavec, {0x0f, 0xc7, 0x27}},                        // XSAVEC
      {Xsaves, {0x0f, 0xc7, 0x2f}},                        // XSAVES
      {Xsaves, {0x0f, 0xc7, 0x1f}},                        // XRSTORS
      {LahfLm, {0x9f}},                                    // LAHF
      {Abm, {0xf3, 0x0f, 0xbd, 0xc1}},                     // LZCNT
      {Sse4a, {0x66, 0x0f, 0x78, 0xc0, 0x08, 0x04}},       // EXTRQ, immediates
      {Sse4a, {0x66, 0x0f, 0x79, 0xc1}},                   // EXTRQ
      {Sse4a, {0xf2, 0x0f, 0x78, 0xc1, 0x08, 0x04}},       // INSERTQ, immediates
      {Sse4a, {0xf2, 0x0f, 0x79, 0xc1}},                   // INSERTQ
      {Sse4a, {0xf2, 0x0f, 0x2b, 0x07}},                   // MOVNTSD
      {Sse4a, {0xf3, 0x0f, 0x2b, 0x07}},                   // MOVNTSS
      {Prefetchw, {0x0f, 0x0d, 0x0f}},                     // PREFETCHW
      {Syscall, {0x0f, 0x05}},                             // SYSCALL
      {Syscall, {0x48, 0x0f, 0x07}},                       // SYSRET
      {Mmxext, {0x0f, 0xf6, 0xc1}},                        // PSADBW
      {Rdtscp, {0x0f, 0x01, 0xf9}},                        // RDTSCP
      {Lm, {0x0f, 0x01, 0xf8}},                            // SWAPGS
      {Clzero, {0x0f, 0x01, 0xfc}},                        // CLZERO
      {Wbnoinvd, {0xf3, 0x0f, 0x09}},                      // WBNOINVD
  };
  return all;
}

// Registers, paging, interrupts, speed: no instruction of their own.
FeatureSet withoutInstructions() {
  using enum Feature;
  FeatureSet set;
  for (const Feature f : {Vme,        De,           Pse,        Pae,
                          Mce,        Apic,         Mtrr,       Pge,
                          Mca,        Pat,          Ss,         Ht,
                          Pse36,      Pcid,         X2apic,     Arat,
                          TscAdjust,  TscDeadline,  Hypervisor, Smep,
                          Erms,       Umip,         La57,       Fsrm,
                          SpecCtrl,   Xgetbv1,      Nx,         Pdpe1gb,
                          FxsrOpt,    Misalignsse,  Pks,        FdpExcptnOnly,
                          ZeroFcsFds, InvariantTsc, Xsaveerptr, ArchCapabilities})
    set.add(f);
  for (const Feature f : paravirtualFeatures()) set.add(f);
  return set;
}

FeatureSet offeredByMax() {
  mmu::Ram ram;
  return CpuModel::parse("max", TcgBackend(ram).caps().features).value().features();
}

TEST(FeatureRows, EveryRowOfAnOfferedFeatureIsCarriedOut) {
  const FeatureSet offered = offeredByMax(), host = hostFeatures();
  unsigned rows = 0;
  for (const isa::Row& row : isa::allRows()) {
    if (!offered.has(row.feature)) continue;
    ++rows;
    EXPECT_TRUE(isImplemented(row, host)) << row.encoding << ' ' << row.mnemonic;
  }
  EXPECT_GT(rows, 1000u);
}

TEST(FeatureRows, EveryFeatureHasItsInstructions) {
  const FeatureSet none = withoutInstructions();
  FeatureSet witnessed;
  for (const Witness& w : witnesses()) witnessed.add(w.feature);
  for (size_t i = 1; i < static_cast<size_t>(Feature::Count); ++i) {
    const Feature f = static_cast<Feature>(i);
    EXPECT_NE(witnessed.has(f), none.has(f))
        << "feature " << i << ": name its instructions, or say that it has none";
  }
}

TEST(FeatureRows, WitnessesDecodeAndAreCarriedOut) {
  const FeatureSet offered = offeredByMax(), host = hostFeatures();
  for (const Witness& w : witnesses()) {
    if (!offered.has(w.feature)) continue;
    isa::Insn insn;
    const auto status = isa::decode(w.bytes, isa::CodeMode::Bits64, true, offered, insn);
    const auto name = testing::PrintToString(w.bytes);
    ASSERT_EQ(status, isa::DecodeStatus::Ok) << name;
    EXPECT_EQ(insn.length, w.bytes.size()) << name;
    EXPECT_TRUE(isImplemented(*insn.row, host)) << name;
  }
}

TEST(FeatureRows, ThePageStartsWithWhatIsMissing) {
  const auto page = [](bool done) {
    return isa::coverageMarkdown([=](const isa::Row&) { return done; }, FeatureSet::all());
  };
  constexpr const char* kTitle = "## Not carried out, though -cpu max offers the feature\n\n";
  EXPECT_NE(page(true).find(std::string(kTitle) + "None."), std::string::npos);
  EXPECT_NE(page(false).find(std::string(kTitle) + "| encoding"), std::string::npos);
}

}  // namespace
}  // namespace duet::tcg
