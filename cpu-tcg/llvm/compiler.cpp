// From a plan to bytes: IR, a few passes, the host's code.
#include "cpu-tcg/llvm/compiler.h"

#include <llvm-c/Core.h>
#include <llvm-c/Support.h>
#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Scalar/Sink.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <iterator>
#include <mutex>

#include "core/base/assert.h"
#include "cpu-tcg/llvm/emitter.h"
#include "cpu-tcg/llvm/object_code.h"

namespace duet::tcg::region {
namespace {

// Of this thread's processor.
u64 threadTime() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<u64>(t.tv_sec) * 1'000'000'000 + static_cast<u64>(t.tv_nsec);
}

// A pass of LLVM 19 takes a load of 16 bits into the low half of the register that its address is in, which keeps the rest, for one that
// does not: "mov di, [rdi + rsi]" becomes "movzx edi, ...". (66 LEAVE in a region showed it.) The pass saves bytes alone.
void leaveOutWrongPass() {
  const char* const words[] = {"duet", "-fixup-byte-word-insts=0"};
  LLVMParseCommandLineOptions(static_cast<int>(std::size(words)), words, nullptr);
}

class LlvmCompiler final : public Compiler {
 public:
  LlvmCompiler() {
    static std::once_flag once;
    std::call_once(once, leaveOutWrongPass);
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();  // of what host steps are
    const std::string triple = llvm::sys::getDefaultTargetTriple();
    std::string error;
    const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
    DUET_ASSERT(target);
    llvm::SubtargetFeatures features;
    for (const auto& f : llvm::sys::getHostCPUFeatures()) features.AddFeature(f.first(), f.second);
    machine_.reset(target->createTargetMachine(triple, llvm::sys::getHostCPUName(), features.getString(),
                                               llvm::TargetOptions(), llvm::Reloc::PIC_,
                                               llvm::CodeModel::Small, llvm::CodeGenOptLevel::Less));
    DUET_ASSERT(machine_);
  }

  std::string version() const override {
    unsigned major = 0, minor = 0, patch = 0;
    LLVMGetVersion(&major, &minor, &patch);
    return fmt::format("{}.{}.{}", major, minor, patch);
  }

  Code compile(const Plan& plan) override {
    const u64 begin = threadTime();
    Code code;
    for (const Node& n : plan.nodes) code.instructions += static_cast<u32>(n.steps.size());
    llvm::LLVMContext context;
    llvm::Module module("region", context);
    module.setTargetTriple(machine_->getTargetTriple().str());
    module.setDataLayout(machine_->createDataLayout());
    build(plan, module, code);
    optimize(module);
    if (dumps_) module.print(llvm::errs(), nullptr);
    code.bytes = generate(module);
    code.nanoseconds = threadTime() - begin;
    return code;
  }

 private:
  static llvm::Function* makeFunction(llvm::Module& module) {
    auto* type = llvm::FunctionType::get(llvm::Type::getInt64Ty(module.getContext()), false);
    auto* f = llvm::Function::Create(type, llvm::Function::ExternalLinkage, "region", module);
    f->setCallingConv(llvm::CallingConv::PreserveNone);
    f->addFnAttr(llvm::Attribute::NoImplicitFloat);  // vector registers are the guest's
    f->addFnAttr(llvm::Attribute::NoUnwind);
    f->addFnAttr(llvm::Attribute::NoRedZone);
    return f;
  }

  void build(const Plan& plan, llvm::Module& module, Code& code) {
    FlagNeeds needs;
    WindowNeeds windows;
    for (;;) {
      llvm::Function* f = makeFunction(module);
      Builder builder(module.getContext());
      code.exits.clear();
      Emitter emitter(plan, *f, needs, windows, code.exits);
      building = &builder;
      current = &emitter;
      const bool done = emitter.run();
      building = nullptr;
      current = nullptr;
      if (done) break;
      f->eraseFromParent();
    }
    DUET_ASSERT(!llvm::verifyModule(module, &llvm::errs()));
  }

  void optimize(llvm::Module& module) {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager graphs;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder passes(machine_.get());
    passes.registerModuleAnalyses(modules);
    passes.registerCGSCCAnalyses(graphs);
    passes.registerFunctionAnalyses(functions);
    passes.registerLoopAnalyses(loops);
    passes.crossRegisterProxies(loops, functions, graphs, modules);
    llvm::FunctionPassManager all;
    all.addPass(llvm::PromotePass());
    all.addPass(llvm::EarlyCSEPass(false));
    all.addPass(llvm::InstCombinePass());
    all.addPass(llvm::SimplifyCFGPass());
    all.addPass(llvm::EarlyCSEPass(true));
    all.addPass(llvm::SinkingPass());
    all.addPass(llvm::ADCEPass());
    for (llvm::Function& f : module)
      if (!f.isDeclaration()) all.run(f, functions);
  }

  // Empty when the code needs more than its own bytes.
  std::vector<u8> generate(llvm::Module& module) {
    llvm::SmallVector<char, 0> object;
    llvm::raw_svector_ostream stream(object);
    llvm::legacy::PassManager emission;
    if (machine_->addPassesToEmitFile(emission, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
      return {};
    emission.run(module);
    return codeOfObject({object.data(), object.size()});
  }

  std::unique_ptr<llvm::TargetMachine> machine_;
  const bool dumps_ = std::getenv("DUET_REGION_DUMP") != nullptr;
};

}  // namespace

std::unique_ptr<Compiler> makeLlvmCompiler() { return std::make_unique<LlvmCompiler>(); }

}  // namespace duet::tcg::region
