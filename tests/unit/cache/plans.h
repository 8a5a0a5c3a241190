// Plans and folders to try the cache with.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/plan/plan.h"

namespace duet::test {

// One node of the instructions at an address, as Former makes it.
inline tcg::region::Plan planAt(u64 rip, const std::vector<u8>& bytes) {
  tcg::region::Plan plan;
  plan.nodes.push_back({.rip = rip, .steps = {}, .next = rip});
  std::span<const u8> rest(bytes);
  while (!rest.empty()) {
    tcg::region::Step step{.insn = {}, .rip = plan.nodes[0].next};
    if (tcg::isa::decode(rest, tcg::isa::CodeMode::Bits64, true, hostFeatures(), step.insn) !=
        tcg::isa::DecodeStatus::Ok)
      break;
    std::copy_n(rest.begin(), step.insn.length, step.bytes.begin());
    rest = rest.subspan(step.insn.length);
    plan.nodes[0].next = step.next = step.rip + step.insn.length;
    plan.nodes[0].steps.push_back(step);
  }
  return plan;
}

// A new folder that goes with its owner.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "duet-cache-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string path(const std::string& inside = "cache") const { return path_ + "/" + inside; }

 private:
  std::string path_;
};

}  // namespace duet::test
