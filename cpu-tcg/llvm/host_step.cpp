#include "cpu-tcg/llvm/host_step.h"

#include <fmt/format.h>
#include <llvm/IR/InlineAsm.h>

#include <iterator>

#include "core/base/assert.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/llvm/algebra.h"

namespace duet::tcg::region {
namespace {

// Those that HostStep names (native/encode.h: kStubRegisters).
const char* nameOf(u8 hostRegister) {
  switch (hostRegister) {
    case 1:
      return "rcx";
    case 2:
      return "rdx";
    case 6:
      return "rsi";
    default:
      DUET_ASSERT(hostRegister == 10);
      return "r10";
  }
}

// Inline assembly of the step's bytes. LLVM itself never touches vector registers in a region (noimplicitfloat), so the guest's stay in
// theirs from one such step to the next, and at every way out they are what they are at that point.
class HostStepBuilder {
 public:
  explicit HostStepBuilder(Emitter& e) : e_(e), step_(e.step()), host_(step_.host) {}

  void run() {
    if (host_.access) findOperand();
    for (unsigned n = 0; n < isa::kMaxOperands; ++n)
      if (host_.registers[n] != HostStep::kNoRegister) passRegister(n);
    passFlags();
    emit();
    if (host_.access && host_.writes) e_.stored(operand_, host_.access);
    if (host_.uppers != HostStep::Uppers::Stay) e_.setUppers(host_.uppers == HostStep::Uppers::Live);
  }

 private:
  bool writesRegister(unsigned n) const { return step_.insn.row->operands[n].access == isa::Access::Write; }

  void findOperand() {
    IrAlgebra algebra(e_);
    Value* linear = e_.linear(step_.insn.mem.segment, algebra.address().v);
    if (host_.alignMask) {
      Value* low = building->CreateAnd(linear, number(64, host_.alignMask));
      e_.leaveUnless(building->CreateICmpEQ(low, number(64, 0)));
    }
    operand_ = e_.host(linear, host_.access, host_.writes);
    constexpr u8 kPointer = 6;
    input(kPointer, operand_);
  }

  void input(u8 hostRegister, Value* v) {
    inputs_ += fmt::format("{}{{{}}}", inputs_.empty() ? "" : ",", nameOf(hostRegister));
    values_.push_back(v);
    valueTypes_.push_back(v->getType());
  }
  void output(const char* where, unsigned width) {
    outputs_ += fmt::format("{}={{{}}}", outputs_.empty() ? "" : ",", where);
    resultTypes_.push_back(intType(width));
  }

  void passRegister(unsigned n) {
    if (!writesRegister(n)) return input(host_.registers[n], e_.reg(step_.insn.op[n].reg));
    output(nameOf(host_.registers[n]), 64);  // 32 bits clear the upper half
    writtenRegister_ = step_.insn.op[n].reg;
  }

  void passFlags() {
    const u32 written = step_.insn.row->flags.written;
    for (const auto& [mask, where] : kConditions)
      if (written & mask) output(where, 8);
  }

  void emit() {
    std::string text = ".byte ";
    for (unsigned i = 0; i < host_.count; ++i)
      text += fmt::format("{}{:#x}", i ? "," : "", unsigned{host_.bytes[i]});
    std::string constraints = outputs_;
    const auto add = [&](const std::string& more) {
      if (!more.empty()) constraints += (constraints.empty() ? "" : ",") + more;
    };
    add(inputs_);
    if (host_.access) add("~{memory}");
    if (step_.insn.row->flags.written) add("~{flags}");
    llvm::Type* result = resultTypes_.empty() ? building->getVoidTy()
                         : resultTypes_.size() == 1
                             ? resultTypes_[0]
                             : llvm::StructType::get(building->getContext(), resultTypes_);
    auto* type = llvm::FunctionType::get(result, valueTypes_, false);
    take(building->CreateCall(llvm::InlineAsm::get(type, text, constraints, true), values_));
  }

  Value* resultAt(Value* call, unsigned n) {
    return resultTypes_.size() == 1 ? call : building->CreateExtractValue(call, n);
  }

  void take(Value* call) {
    unsigned n = 0;
    if (writtenRegister_ >= 0) e_.setReg(static_cast<unsigned>(writtenRegister_), resultAt(call, n++));
    const isa::FlagEffect& effect = step_.insn.row->flags;
    for (const auto& [mask, where] : kConditions)
      if (effect.written & mask)
        e_.setFlagBit(flagOf(mask), building->CreateTrunc(resultAt(call, n++), intType(1)));
    for (const u32 mask : {kFlagCf, kFlagPf, kFlagAf, kFlagZf, kFlagSf, kFlagOf})
      if (effect.cleared & mask) e_.setFlagBit(flagOf(mask), building->getFalse());
  }

  struct Condition {
    u32 mask;
    const char* where;
  };
  static constexpr Condition kConditions[] = {{kFlagZf, "@ccz"}, {kFlagPf, "@ccp"}, {kFlagCf, "@ccc"}};

  Emitter& e_;
  const Step& step_;
  const HostStep& host_;
  Value* operand_ = nullptr;  // its address in the host
  std::string outputs_, inputs_;
  std::vector<Value*> values_;
  std::vector<llvm::Type*> valueTypes_, resultTypes_;
  int writtenRegister_ = -1;
};

}  // namespace

void buildHostStep(Emitter& emitter) { HostStepBuilder(emitter).run(); }

}  // namespace duet::tcg::region
