#include "cpu-tcg/llvm/object_code.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/ObjectFile.h>

#include <cstring>
#include <map>
#include <optional>

#include "core/base/bits.h"

namespace duet::tcg::region {
namespace {

using llvm::object::ELFRelocationRef;
using llvm::object::SectionRef;

class Linker {
 public:
  explicit Linker(const llvm::object::ObjectFile& file) : file_(file) {}

  std::vector<u8> run() {
    for (const bool text : {true, false})
      for (const SectionRef& s : file_.sections())
        if (s.getSize() && (text ? s.isText() : isTable(s)) && !place(s, text)) return {};
    for (const SectionRef& relocations : file_.sections())
      for (const ELFRelocationRef r : relocations.relocations())
        if (!apply(relocations, r)) return {};
    return std::move(bytes_);
  }

 private:
  static bool isTable(const SectionRef& s) {
    llvm::Expected<llvm::StringRef> name = s.getName();
    if (name) return name->starts_with(".rodata");
    llvm::consumeError(name.takeError());
    return false;
  }

  bool place(const SectionRef& s, bool text) {
    if (text && !bytes_.empty()) return false;
    llvm::Expected<llvm::StringRef> contents = s.getContents();
    if (!contents) return llvm::consumeError(contents.takeError()), false;
    bytes_.resize(alignUp(bytes_.size(), s.getAlignment().value()));
    places_[s.getIndex()] = bytes_.size();
    bytes_.insert(bytes_.end(), contents->bytes_begin(), contents->bytes_end());
    return true;
  }

  // Where the section lies that a symbol is in, with the symbol's value added.
  std::optional<u64> addressOf(const ELFRelocationRef& r) const {
    const auto symbol = r.getSymbol();
    if (symbol == file_.symbol_end()) return {};
    auto section = symbol->getSection();
    if (!section) return llvm::consumeError(section.takeError()), std::nullopt;
    auto value = symbol->getValue();
    if (!value) return llvm::consumeError(value.takeError()), std::nullopt;
    const auto at = *section == file_.section_end() ? places_.end() : places_.find((*section)->getIndex());
    if (at == places_.end()) return {};
    return at->second + *value;
  }

  // System V ABI, AMD64 supplement, 4.4.1: S + A - P. What is about other sections than these is nobody's concern.
  bool apply(const SectionRef& relocations, const ELFRelocationRef& r) {
    auto changed = relocations.getRelocatedSection();
    if (!changed) return llvm::consumeError(changed.takeError()), false;
    const auto in = *changed == file_.section_end() ? places_.end() : places_.find((*changed)->getIndex());
    if (in == places_.end()) return true;
    const std::optional<u64> target = addressOf(r);
    auto addend = r.getAddend();
    if (!addend) return llvm::consumeError(addend.takeError()), false;
    if (!target || r.getType() != llvm::ELF::R_X86_64_PC32) return false;
    const u64 at = in->second + r.getOffset();
    const u32 distance = static_cast<u32>(*target + static_cast<u64>(*addend) - at);
    if (at + sizeof distance > bytes_.size()) return false;
    std::memcpy(bytes_.data() + at, &distance, sizeof distance);
    return true;
  }

  const llvm::object::ObjectFile& file_;
  std::map<u64, u64> places_;  // in bytes_, by index of the section
  std::vector<u8> bytes_;
};

}  // namespace

std::vector<u8> codeOfObject(std::string_view object) {
  auto file = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "region"));
  if (!file) return llvm::consumeError(file.takeError()), std::vector<u8>();
  return Linker(**file).run();
}

}  // namespace duet::tcg::region
