#include "tools/diff/app/sources.h"

#include "tools/diff/file/case_file.h"

namespace duet::diff {

Result<FileSource> FileSource::open(const std::vector<std::string>& paths) {
  FileSource source;
  for (const std::string& path : paths) {
    auto c = readCase(path);
    if (!c) return tl::unexpected(c.error());
    source.cases_.push_back(std::move(*c));
  }
  return source;
}

bool FileSource::next(Item& item) {
  if (at_ == cases_.size()) return false;
  item.c = cases_[at_];
  item.number = at_++;
  item.instructions = 1;
  return true;
}

GeneratorSource::GeneratorSource(MakeCase make, u64 first, Coverage& coverage, unsigned leftWitness,
                                 unsigned rightWitness)
    : make_(std::move(make)),
      number_(first),
      coverage_(coverage),
      left_(leftWitness),
      right_(rightWitness),
      made_(kInFlight) {}

bool GeneratorSource::next(Item& item) {
  GeneratedCase& made = made_[number_ % kInFlight];
  make_(number_, made);
  coverage_.generated(made);
  item.c = made.c;
  item.number = number_++;
  item.instructions = made.count;
  return true;
}

void GeneratorSource::ran(const Item& item, const Outcome& left, const Outcome& right) {
  const GeneratedCase& made = made_[item.number % kInFlight];
  coverage_.ran(made, left, left_);
  coverage_.ran(made, right, right_);
}

}  // namespace duet::diff
