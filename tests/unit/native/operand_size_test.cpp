// The memory access a row describes is the one the processor makes: size and required alignment. Shown
// by placing the operand against an inaccessible page.
#include <sys/mman.h>
#include <csetjmp>
#include <csignal>
#include <string>

#include "core/cpu/cpu_model.h"
#include "tests/unit/native/encoding_maker.h"
#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

using namespace isa;

sigjmp_buf escape;
void onFault(int) { siglongjmp(escape, 1); }

class OperandSize : public testing::Test {
 protected:
  void SetUp() override {
    pages_ = static_cast<u8*>(
        mmap(nullptr, 2 * kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(pages_, MAP_FAILED);
    ASSERT_EQ(mprotect(pages_ + kPageSize, kPageSize, PROT_NONE), 0);
    action_.sa_handler = onFault;
    sigaction(SIGSEGV, &action_, &old_);
  }
  void TearDown() override {
    sigaction(SIGSEGV, &old_, nullptr);
    munmap(pages_, 2 * kPageSize);
  }
  bool faults(const Insn& insn, u8* operand) {
    if (sigsetjmp(escape, 1)) {
      guest_.state.x87Resident = false;  // the signal's return left the unit initialised
      return true;
    }
    guest_.run(insn, operand);
    return false;
  }
  u8* guardPage() const { return pages_ + kPageSize; }

  u8* pages_ = nullptr;
  struct sigaction action_ = {}, old_ = {};
  Guest guest_;
};

bool mustBeAligned(const Row& row, unsigned size) {
  if (row.vex) return row.exceptionClass == 1;
  return size == 16 && (row.exceptionClass == 1 || row.exceptionClass == 2 || row.exceptionClass == 4);
}

TEST_F(OperandSize, EveryMemoryFormTouchesWhatItsRowSays) {
  const FeatureSet host = hostFeatures();
  const bool hostIsIntel = __builtin_cpu_is("intel");
  Random random(7);
  unsigned tested = 0;
  for (const Row& row : allRows()) {
    const bool memoryForm = row.modrm == ModrmRule::Any || row.modrm == ModrmRule::Memory;
    if (std::string_view(row.semName) != "Native" || row.has(kAttrI64) || !memoryForm) continue;
    if (!host.has(row.feature) || (row.has(kAttrAvx) && !host.has(Feature::Avx))) continue;
    SCOPED_TRACE(std::string(row.encoding) + " " + row.mnemonic + " " + row.operandText);
    const Insn insn = guest_.decode(makeEncoding(row, random, true));
    unsigned size = 0;
    for (unsigned i = 0; i < row.operandCount; ++i) {
      if (insn.op[i].kind == OperandKind::Memory) size = insn.op[i].size;
    }
    ASSERT_GT(size, 0u);
    EXPECT_FALSE(faults(insn, guardPage() - size)) << "touches more than " << size << " bytes";
    EXPECT_TRUE(faults(insn, guardPage() - size + 1)) << "touches fewer than " << size << " bytes";
    // AMD's processors take unaligned operands of the SHA instructions.
    if (row.feature != Feature::ShaNi || hostIsIntel) {
      EXPECT_EQ(faults(insn, pages_ + 1), mustBeAligned(row, size)) << "class " << int{row.exceptionClass};
    }
    ++tested;
  }
  EXPECT_GT(tested, 500u);
}

}  // namespace
}  // namespace duet::tcg::test
