#include "tools/diff/decode/decode_run.h"

#include <fmt/format.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

#include "cpu-tcg/isa/format.h"

namespace duet::diff {
namespace {

using Clock = std::chrono::steady_clock;
using tcg::isa::DecodeStatus;

constexpr u64 kBlock = 4096;

// The numbers still to do, block by block, of all modes.
class Work {
 public:
  Work(const ByteSource& source, const DecodeOptions& options) : options_(options) {
    for (const CodeMode mode : options.modes) {
      const u64 count = source.count(mode);
      counts_.push_back(count > options.first ? (count - options.first + options.stride - 1) / options.stride
                                              : 0);
      all_ += counts_.back();
    }
  }

  struct Block {
    CodeMode mode;
    u64 first, end;  // ordinals, not numbers
  };
  bool next(Block& block) {
    const std::lock_guard lock(mutex_);
    for (; mode_ < counts_.size(); ++mode_, at_ = 0) {
      if (at_ >= counts_[mode_]) continue;
      block = {options_.modes[mode_], at_, std::min(counts_[mode_], at_ + kBlock)};
      at_ = block.end;
      return true;
    }
    return false;
  }

  u64 all() const { return all_; }

 private:
  const DecodeOptions& options_;
  std::vector<u64> counts_;
  u64 all_ = 0, at_ = 0;
  size_t mode_ = 0;
  std::mutex mutex_;
};

class Worker {
 public:
  Worker(const ByteSource& source, const std::vector<KnownDecode>& known, const DecodeOptions& options,
         std::vector<std::unique_ptr<DecodeWitness>> witnesses)
      : source_(source), known_(known), options_(options), witnesses_(std::move(witnesses)) {
    summary_.explained.resize(known.size());
  }

  Result<> run(Work& work, std::atomic<u64>& done, const std::atomic<bool>& stop) {
    Work::Block block;
    while (!stop.load(std::memory_order_relaxed) && work.next(block)) {
      strings_.clear();
      for (u64 i = block.first; i < block.end; ++i)
        strings_.push_back(source_.make(options_.first + i * options_.stride, block.mode));
      summary_.strings += strings_.size();
      readings_.resize(strings_.size());
      for (const auto& witness : witnesses_)
        if (auto ok = ask(*witness, block.mode); !ok) return ok;
      done += block.end - block.first;
    }
    return {};
  }

  const DecodeSummary& summary() const { return summary_; }

 private:
  Result<> ask(DecodeWitness& witness, CodeMode mode) {
    if (auto ok = witness.read(strings_, mode, readings_); !ok) return ok;
    const Reader reader = witness.reader();
    WitnessCount& count = summary_.witnesses[std::string(witness.name())];
    for (size_t i = 0; i < strings_.size(); ++i) {
      options_.ours(strings_[i], mode, reader, ours_);
      const DecodeKinds kinds = difference(ours_.reading, readings_[i]);
      if (!kinds.empty())
        disagree({witness.name(), strings_[i], mode, ours_, readings_[i], kinds}, count);
      else
        ++(readings_[i].silent ? count.silent : ours_.reading.valid ? count.agreeValid : count.agreeInvalid);
    }
    return {};
  }

  void disagree(const Disagreement& d, WitnessCount& count) {
    const auto entries = explain(known_, d);
    ++count.kinds[d.kinds];
    for (const size_t i : entries) note(summary_.explained[i], d);
    ++(entries.empty() ? count.unknown : count.known);
    if (!entries.empty()) return;
    const Reading& ours = d.ours.reading;
    DecodeFinding& finding = summary_.findings[{std::string(d.witness), d.mode, d.kinds,
                                                ours.valid ? std::string(d.ours.insn.row->encoding) : "-",
                                                d.theirs.valid ? d.theirs.name : "-"}];
    if (finding.count++) return;
    std::copy(d.bytes.begin(), d.bytes.end(), finding.bytes.begin());
    finding.ours = ours.valid
                       ? fmt::format("{} ({})", tcg::isa::format(d.ours.insn, kReadingAddress), ours.length)
                       : fmt::format("no instruction ({} bytes read)", ours.length);
    finding.theirs = describe(d.theirs);
  }

  static void note(DecodeSummary::Explained& e, const Disagreement& d) {
    if (e.count++) return;
    e.mode = d.mode;
    std::copy(d.bytes.begin(), d.bytes.end(), e.bytes.begin());
    e.length = std::max({d.ours.insn.length, d.theirs.length, u8{1}});
  }

  const ByteSource& source_;
  const std::vector<KnownDecode>& known_;
  const DecodeOptions& options_;
  std::vector<std::unique_ptr<DecodeWitness>> witnesses_;
  std::vector<ByteString> strings_;
  std::vector<Reading> readings_;
  DecodeSummary summary_;
  OurReading ours_;
};

}  // namespace

void DecodeSummary::add(const DecodeSummary& other) {
  strings += other.strings;
  for (const auto& [name, c] : other.witnesses) {
    WitnessCount& to = witnesses[name];
    to.agreeValid += c.agreeValid;
    to.agreeInvalid += c.agreeInvalid;
    to.silent += c.silent;
    to.known += c.known;
    to.unknown += c.unknown;
    for (const auto& [kinds, count] : c.kinds) to.kinds[kinds] += count;
  }
  explained.resize(std::max(explained.size(), other.explained.size()));
  for (size_t i = 0; i < other.explained.size(); ++i) {
    const u64 count = explained[i].count + other.explained[i].count;
    if (explained[i].count == 0) explained[i] = other.explained[i];
    explained[i].count = count;
  }
  for (const auto& [key, f] : other.findings) {
    DecodeFinding& to = findings[key];
    const u64 count = to.count + f.count;
    if (to.count == 0) to = f;
    to.count = count;
  }
}

Result<DecodeSummary> runDecode(const ByteSource& source, const MakeWitnesses& make,
                                const std::vector<KnownDecode>& known, const DecodeOptions& options,
                                const std::atomic<bool>& stop) {
  const auto start = Clock::now();
  std::vector<Worker> workers;
  for (unsigned i = 0; i < options.threads; ++i) {
    auto witnesses = make();
    if (!witnesses) return tl::unexpected(witnesses.error());
    workers.emplace_back(source, known, options, std::move(*witnesses));
  }
  Work work(source, options);
  std::atomic<u64> done{0};
  std::atomic<unsigned> running{options.threads};
  std::mutex errorMutex;
  std::optional<Error> error;
  std::vector<std::jthread> threads;
  for (Worker& worker : workers)
    threads.emplace_back([&] {
      if (auto ok = worker.run(work, done, stop); !ok) {
        const std::lock_guard lock(errorMutex);
        error = ok.error();
      }
      --running;
    });
  while (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (options.progress) options.progress(done, work.all());
  }
  threads.clear();
  if (error) return tl::unexpected(*error);
  DecodeSummary summary;
  summary.explained.resize(known.size());
  for (const Worker& worker : workers) summary.add(worker.summary());
  summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return summary;
}

std::string hexText(std::span<const u8> bytes) {
  std::string text;
  for (const u8 b : bytes) text += fmt::format("{}{:02x}", text.empty() ? "" : " ", b);
  return text;
}

std::string describe(const Reading& reading) {
  if (reading.silent) return "cannot say";
  if (!reading.valid && !reading.lengthOnly) return "no instruction";
  if (!reading.valid) return fmt::format("no instruction ({} bytes read)", reading.length);
  if (reading.lengthOnly) return fmt::format("an instruction ({})", reading.length);
  std::string text = reading.text;
  for (char& c : text)
    if (c == '\t') c = ' ';
  return fmt::format("{} ({})", text, reading.length);
}

}  // namespace duet::diff
