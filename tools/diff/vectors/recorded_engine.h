// A file of vectors as an engine, and as the cases it can answer.
#pragma once

#include <unordered_map>

#include "tools/diff/engine/engine.h"
#include "tools/diff/session/session.h"
#include "tools/diff/vectors/vector_file.h"

namespace duet::diff {

// Answers the cases of its file and no other.
class RecordedEngine final : public Engine {
 public:
  explicit RecordedEngine(std::shared_ptr<const VectorFile> file);

  std::string_view name() const override { return "recorded"; }
  const EngineAbilities& abilities() const override { return abilities_; }
  Result<> run(std::span<const Case> cases, std::span<Outcome> outcomes) override;

  const std::shared_ptr<const VectorFile>& file() const { return file_; }
  // Cases that an engine with these abilities, on a processor of this signature, is not to be held against are then
  // answered with the reason. Of another maker's engine none is left: the error says so.
  Result<> facing(const EngineAbilities& other, u32 hostSignature);

 private:
  std::string whyNot(const Case& c) const;

  std::shared_ptr<const VectorFile> file_;
  EngineAbilities abilities_;
  std::unordered_map<u64, u32> byHash_;
  std::optional<EngineAbilities> other_;
  bool sameProcessor_ = true;
};

// The file's cases, each once, in its order.
class RecordedSource final : public CaseSource {
 public:
  explicit RecordedSource(std::shared_ptr<const VectorFile> file) : file_(std::move(file)) {}
  bool next(Item& item) override;

 private:
  std::shared_ptr<const VectorFile> file_;
  size_t at_ = 0;
};

// CPUID.1:EAX of the processor this runs on.
u32 hostSignature();

}  // namespace duet::diff
