// 64-bit user code under the KVM engine beside the same bytes called on the host, in turn: a table of ratios.
// Processor time of the thread counts, so that other work on the host changes little. Results must be equal.
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <stdexcept>

#include "core/cpu/registers.h"
#include "cpu-kvm/vcpu/kvm_backend.h"
#include "tests/contract/engine/engine_rig.h"

namespace duet::test {
namespace {

using Code = std::vector<u8>;

struct Loop {
  const char* name;
  u32 iterations;
  Code body;  // starts with RAX..RDX and XMM/YMM0-3 as set up; the result is RAX
  bool avx = false;
};

// RCX counts; RDX and RBX are odd numbers.
const Loop kLoops[] = {
    {"integer",
     100'000'000,
     // imul rax,rdx; add rax,rbx; ror rax,7; xor rax,rdx
     {0x48, 0x0f, 0xaf, 0xc2, 0x48, 0x01, 0xd8, 0x48, 0xc1, 0xc8, 0x07, 0x48, 0x31, 0xd0}},
    {"SSE",
     100'000'000,
     // mulps xmm0,xmm1; addps xmm0,xmm2; paddd xmm3,xmm0; movq rax,xmm3
     {0x0f, 0x59, 0xc1, 0x0f, 0x58, 0xc2, 0x66, 0x0f, 0xfe, 0xd8, 0x66, 0x48, 0x0f, 0x7e, 0xd8}},
    {"AVX",
     100'000'000,
     // vmulps ymm0,ymm0,ymm1; vaddps ymm0,ymm0,ymm2; vxorps ymm3,ymm3,ymm0; vmovq rax,xmm3
     {0xc5, 0xfc, 0x59, 0xc1, 0xc5, 0xfc, 0x58, 0xc2, 0xc5, 0xe4, 0x57, 0xd8, 0xc4, 0xe1, 0xf9, 0x7e, 0xd8},
     true},
};

constexpr u64 kRax0 = 0x123456789abcdef, kOdd1 = 0x9e3779b97f4a7c15, kOdd2 = 0xd1b54a32d192ed03;

void append(Code& code, std::initializer_list<u8> bytes) { code.insert(code.end(), bytes); }
void appendWord(Code& code, u64 value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) code.push_back(static_cast<u8>(value >> (8 * i)));
}

// The whole program but for its end: registers, then the loop. XMM1 is four times 0.5, XMM2 four times 1.0.
Code program(const Loop& loop) {
  Code code;
  append(code, {0x48, 0xb8}), appendWord(code, kRax0, 8);          // mov rax,…
  append(code, {0xb9}), appendWord(code, loop.iterations, 4);      // mov ecx,…
  append(code, {0x48, 0xba}), appendWord(code, kOdd1, 8);          // mov rdx,…
  append(code, {0x48, 0xbb}), appendWord(code, kOdd2, 8);          // mov rbx,…
  append(code, {0xbe, 0x00, 0x00, 0x00, 0x3f});                    // mov esi,0.5
  append(code, {0x66, 0x0f, 0x6e, 0xce, 0x0f, 0xc6, 0xc9, 0x00});  // movd xmm1,esi; shufps xmm1,xmm1,0
  append(code, {0xbe, 0x00, 0x00, 0x80, 0x3f});                    // mov esi,1.0
  append(code, {0x66, 0x0f, 0x6e, 0xd6, 0x0f, 0xc6, 0xd2, 0x00});  // movd xmm2,esi; shufps xmm2,xmm2,0
  append(code, {0x0f, 0x57, 0xc0, 0x0f, 0x57, 0xdb});              // xorps xmm0,xmm0; xorps xmm3,xmm3
  if (loop.avx)  // vinsertf128 ymm1,ymm1,xmm1,1; the same for 2
    append(code, {0xc4, 0xe3, 0x75, 0x18, 0xc9, 0x01, 0xc4, 0xe3, 0x6d, 0x18, 0xd2, 0x01});
  code.insert(code.end(), loop.body.begin(), loop.body.end());
  append(code,
         {0xff, 0xc9, 0x75, static_cast<u8>(-(static_cast<int>(loop.body.size()) + 4))});  // dec ecx; jnz
  return code;
}

double threadSeconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

struct Run {
  u64 result;
  double seconds;
};

class NativeSide {
 public:
  explicit NativeSide(const Loop& loop) {
    Code code{0x53};  // push rbx
    const Code rest = program(loop);
    code.insert(code.end(), rest.begin(), rest.end());
    append(code, {0x5b});                            // pop rbx
    if (loop.avx) append(code, {0xc5, 0xf8, 0x77});  // vzeroupper
    append(code, {0xc3});                            // ret
    page_ = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page_ == MAP_FAILED) throw std::runtime_error("no memory");
    std::memcpy(page_, code.data(), code.size());
    mprotect(page_, 4096, PROT_READ | PROT_EXEC);
  }
  ~NativeSide() { munmap(page_, 4096); }
  NativeSide(const NativeSide&) = delete;
  NativeSide& operator=(const NativeSide&) = delete;

  Run run() {
    const double start = threadSeconds();
    const u64 result = reinterpret_cast<u64 (*)()>(page_)();
    return {result, threadSeconds() - start};
  }

 private:
  void* page_;
};

// The guest says by a port access that it is done.
class Stopper final : public IoHandler {
 public:
  Vcpu* vcpu = nullptr;
  u64 read(unsigned, u64, unsigned) override { return 0; }
  void write(unsigned, u64, unsigned, u64) override { vcpu->requestExit(); }
};

std::unique_ptr<CpuBackend> makeEngine(mmu::Ram&) {
  auto engine = kvm::KvmBackend::create();
  if (!engine) throw std::runtime_error(engine.error().message);
  return std::move(*engine);
}

class KvmSide {
 public:
  explicit KvmSide(const Loop& loop) : rig_(makeEngine) {
    constexpr u16 kPort = 0x600;
    if (!rig_.ports.mapIo({"stop", kPort, 1, 0}, stopper_, 0)) throw std::runtime_error("no port");
    stopper_.vcpu = rig_.vcpu.get();
    Code code = program(loop);
    append(code, {0x66, 0xba}), appendWord(code, kPort, 2);  // mov dx,…
    append(code, {0xee, 0xeb, 0xfe});                        // out dx,al; jmp $
    rig_.memory.write(Gpa(kCode), code);
    start_ = userMode();
  }
  bool hasAvx() const { return rig_.model->has(Feature::Avx); }
  bool ran() const { return ran_; }  // to the program's end

  Run run() {
    rig_.load(start_);
    const double start = threadSeconds();
    const VcpuExit exit = rig_.run(~u64{0});
    const double seconds = threadSeconds() - start;
    ran_ = exit.reason == ExitReason::Cancelled;
    return {rig_.state().gpr[kRax], seconds};
  }

 private:
  static constexpr u64 kTables = 0x1000, kCode = 0x8000, kStack = 0x10000;

  // 64-bit code at CPL 3 that may use ports; the first GiB mapped to itself in 2 MiB pages.
  CpuState userMode() {
    constexpr u64 kUserTable = 7, kUserLarge = 0x87;
    rig_.putWord<u64>(kTables, (kTables + 0x1000) | kUserTable);
    rig_.putWord<u64>(kTables + 0x1000, (kTables + 0x2000) | kUserTable);
    for (u64 i = 0; i < 512; ++i) rig_.putWord<u64>(kTables + 0x2000 + 8 * i, i << 21 | kUserLarge);
    CpuState s = rig_.realMode(0);
    s.cr0 = kCr0Pe | kCr0Pg | kCr0Et | kCr0Ne | kCr0Mp;
    s.cr3 = kTables;
    s.cr4 = kCr4Pae | kCr4Osfxsr | kCr4Osxmmexcpt;
    if (hasAvx()) s.cr4 |= kCr4Osxsave, s.xcr0 = kXcr0X87 | kXcr0Sse | kXcr0Avx;
    s.msr.efer = kEferLme | kEferLma;
    s.segment[kSegCs] = {0x1b, 0, 0xffffffff, 0xa0fb};
    for (const SegmentIndex seg : {kSegEs, kSegSs, kSegDs}) s.segment[seg] = {0x23, 0, 0xffffffff, 0xc0f3};
    s.rip = kCode;
    s.rflags = 2 | 3u << 12;
    s.gpr[kRsp] = kStack;
    return s;
  }

  Stopper stopper_;
  EngineRig rig_;
  CpuState start_;
  bool ran_ = false;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// False when the guest does not get through, or the results differ. A software KVM may not offer AVX, as it cannot save
// its state, and yet leave the processor able to execute it.
bool compare(const Loop& loop) {
  constexpr int kRounds = 7;
  NativeSide native(loop);
  KvmSide kvm(loop);
  (void)kvm.run();
  if (!kvm.ran()) {
    fmt::print("{:<10} does not run under this KVM\n", loop.name);
    return loop.avx && !kvm.hasAvx();
  }
  std::vector<double> nativeTimes, kvmTimes, ratios;
  for (int i = 0; i < kRounds; ++i) {
    const Run a = native.run(), b = kvm.run();
    if (a.result != b.result) {
      fmt::print(stderr, "{}: {:#x} natively, {:#x} under KVM\n", loop.name, a.result, b.result);
      return false;
    }
    nativeTimes.push_back(a.seconds);
    kvmTimes.push_back(b.seconds);
    ratios.push_back(a.seconds / b.seconds);
  }
  fmt::print("{:<10}{:>10.3f}{:>10.3f}{:>18.2f}{}\n", loop.name, median(nativeTimes), median(kvmTimes),
             median(ratios), loop.avx && !kvm.hasAvx() ? "   (the guest is not told that it has it)" : "");
  return true;
}

}  // namespace

int runNativeSpeed() {
  fmt::print("{:<10}{:>10}{:>10}{:>18}\n", "loop", "native s", "kvm s", "of native speed");
  bool right = true;
  for (const Loop& loop : kLoops) right &= compare(loop);
  return right ? 0 : 1;
}

}  // namespace duet::test

int main() {
  try {
    return duet::test::runNativeSpeed();
  } catch (const std::exception& problem) {
    fmt::print(stderr, "kvm-native: {}\n", problem.what());
    return 1;
  }
}
