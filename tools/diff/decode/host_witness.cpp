#include "tools/diff/decode/host_witness.h"

#include <algorithm>
#include <vector>

#include "core/cpu/exception.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/decode/our_reading.h"
#include "tools/diff/host/host_engine.h"

namespace duet::diff {
namespace {

constexpr u64 kCodePage = 0x10000000, kCodeEnd = kCodePage + kPageSize;
constexpr unsigned kMostLength = 15;

// Rows whose #UD in user mode is no matter of decoding, or which enter something else than the processor.
bool isUntried(const tcg::isa::Insn& insn) {
  static constexpr std::string_view kSems[] = {"Clac",   "Stac",     "Monitor", "Mwait",   "Rsm",
                                               "Rdpkru", "Wrpkru",   "Vmcall",  "Vmmcall", "Syscall",
                                               "Sysret", "Sysenter", "Sysexit", "Ud",      "Xgetbv"};
  return insn.row && std::ranges::find(kSems, insn.row->semName) != std::end(kSems);
}

// 0F 01 with a register: hypercalls, enclaves, RDPRU and others, many of which are the system's choice.
bool isSystemGroup(const OurReading& ours) {
  return !ours.reading.valid && ours.insn.opcode == 0x01 && ours.insn.hasModrm && ours.insn.modrm >= 0xc0;
}

// Protected: #GP at the instruction, which is also what more than 15 bytes raise.
enum class Answer { WantsMore, Undefined, Executed, Protected, Unknown };

class HostWitness final : public DecodeWitness {
 public:
  explicit HostWitness(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {
    auto memory = std::make_shared<Memory>();
    memory->pages.resize(1);
    memory->pages[0].address = kCodePage;
    memory->pages[0].access = PageAccess::ReadExecute;
    memory_ = std::move(memory);
  }

  std::string_view name() const override { return "host"; }

  Reader reader() const override {
    const EngineAbilities& a = engine_->abilities();
    return {a.features, a.vendor == CpuVendor::Amd ? tcg::isa::Dialect::Amd : tcg::isa::Dialect::Intel};
  }

  Result<> read(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) override {
    for (Reading& r : readings) {
      r.clear();
      r.lengthOnly = true;
      r.silent = mode == CodeMode::Bits16;
    }
    if (mode == CodeMode::Bits16) return {};
    guess(strings, mode, readings);
    if (auto ok = confirm(strings, mode, readings); !ok) return ok;
    return search(strings, mode, readings);
  }

 private:
  // Our own length is where to look first; whether it is right shows.
  void guess(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) {
    OurReading ours;
    const Reader processor = reader();
    for (size_t i = 0; i < strings.size(); ++i) {
      readOurs(strings[i], mode, processor, ours);
      readings[i].length = static_cast<u8>(std::clamp<unsigned>(ours.insn.length, 1, kMostLength));
      const bool tooLong = ours.status == tcg::isa::DecodeStatus::TooLong;  // #GP, as much else is
      readings[i].silent = tooLong || isUntried(ours.insn) || isSystemGroup(ours);
    }
  }

  // It wants the last byte of the guess, and no more.
  Result<> confirm(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) {
    start();
    for (size_t i = 0; i < strings.size(); ++i) {
      if (readings[i].silent) continue;
      for (const unsigned less : {1u, 0u}) add(i, strings[i], mode, readings[i].length - less);
    }
    if (auto ok = run(); !ok) return ok;
    wrong_.clear();
    for (size_t k = 0; k < asked_.size(); k += 2) {
      const Answer before = answers_[k], at = answers_[k + 1];
      if (before == Answer::WantsMore && isClear(at, readings[asked_[k]].length))
        readings[asked_[k]].valid = at != Answer::Undefined;
      else
        wrong_.push_back(asked_[k]);
    }
    return {};
  }

  Result<> search(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) {
    start();
    for (const size_t i : wrong_)
      for (unsigned length = 1; length <= kMostLength; ++length) add(i, strings[i], mode, length);
    if (auto ok = run(); !ok) return ok;
    for (size_t k = 0; k < asked_.size(); k += kMostLength) {
      Reading& r = readings[asked_[k]];
      unsigned n = 0;
      while (n < kMostLength && answers_[k + n] == Answer::WantsMore) ++n;
      r.silent = n < kMostLength && !isClear(answers_[k + n], n + 1);
      r.valid = n < kMostLength && answers_[k + n] != Answer::Undefined;
      r.length = static_cast<u8>(std::min(n + 1, kMostLength));
    }
    return {};
  }

  void start() {
    asked_.clear();
    cases_.clear();
  }

  void add(size_t string, const ByteString& bytes, CodeMode mode, unsigned length) {
    Case& c = cases_.emplace_back();
    c.world = mode == CodeMode::Bits64 ? World::User64 : World::User32;
    c.memory = memory_;
    c.start = mode == CodeMode::Bits64 ? start64_ : start32_;
    c.start.rip = kCodeEnd - length;
    if (length) c.pieces = {{c.start.rip, {bytes.begin(), bytes.begin() + length}}};
    asked_.push_back(string);
  }

  Result<> run() {
    outcomes_.resize(cases_.size());
    if (auto ok = engine_->run(cases_, outcomes_); !ok) return ok;
    answers_.clear();
    for (size_t i = 0; i < cases_.size(); ++i) answers_.push_back(answerOf(cases_[i], outcomes_[i]));
    return {};
  }

  static bool isClear(Answer a, unsigned length) {
    if (a == Answer::Protected) return length < kMostLength;
    return a == Answer::Undefined || a == Answer::Executed;
  }

  static Answer answerOf(const Case& c, const Outcome& o) {
    if (o.ending != Ending::Exception) return Answer::Unknown;
    const bool atStart = o.after.rip == c.start.rip;
    if (o.exception.vector == kExcUD && atStart) return Answer::Undefined;
    if (o.exception.vector == kExcGP && atStart) return Answer::Protected;
    const bool fetch = o.exception.vector == kExcPF && (o.exception.errorCode & kPfFetch);
    return fetch && atStart && o.after.cr2 == kCodeEnd ? Answer::WantsMore : Answer::Executed;
  }

  std::unique_ptr<Engine> engine_;
  std::shared_ptr<const Memory> memory_;
  const CpuState start64_ = userState(World::User64), start32_ = userState(World::User32);
  std::vector<Case> cases_;
  std::vector<Outcome> outcomes_;
  std::vector<size_t> asked_;  // string of each case
  std::vector<Answer> answers_;
  std::vector<size_t> wrong_;
};

}  // namespace

Result<std::unique_ptr<DecodeWitness>> makeHostWitness() {
  auto engine = makeHostEngine();
  if (!engine) return tl::unexpected(engine.error());
  return std::make_unique<HostWitness>(std::move(*engine));
}

}  // namespace duet::diff
