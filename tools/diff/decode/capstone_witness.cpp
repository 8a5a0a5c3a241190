#include <capstone/capstone.h>
#include <fmt/format.h>

#include "core/base/bits.h"
#include "tools/diff/decode/conventions.h"
#include "tools/diff/decode/disassemblers.h"
#include "tools/diff/decode/listing_reader.h"

namespace duet::diff {
namespace {

class CapstoneWitness final : public DecodeWitness {
 public:
  CapstoneWitness() = default;
  CapstoneWitness(const CapstoneWitness&) = delete;
  CapstoneWitness& operator=(const CapstoneWitness&) = delete;
  ~CapstoneWitness() override {
    if (insn_) cs_free(insn_, 1);
    for (csh& handle : handles_)
      if (handle) cs_close(&handle);
  }

  Result<> open() {
    static constexpr cs_mode kModes[3] = {CS_MODE_16, CS_MODE_32, CS_MODE_64};
    for (unsigned i = 0; i < 3; ++i)
      if (const cs_err error = cs_open(CS_ARCH_X86, kModes[i], &handles_[i]); error != CS_ERR_OK)
        return fail("Capstone: {}", cs_strerror(error));
    insn_ = cs_malloc(handles_[0]);
    if (!insn_) return fail("Capstone: no memory");
    return {};
  }

  std::string_view name() const override { return "capstone"; }

  Result<> read(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) override {
    for (size_t i = 0; i < strings.size(); ++i) readOne(strings[i], mode, readings[i]);
    return {};
  }

 private:
  void readOne(const ByteString& bytes, CodeMode mode, Reading& out) {
    const u8* at = bytes.data();
    size_t left = bytes.size();
    u64 address = kReadingAddress;
    out.clear();
    if (!cs_disasm_iter(handles_[static_cast<unsigned>(mode)], &at, &left, &address, insn_)) return;
    fmt::format_to_n(text_, sizeof text_ - 1, "{} {}{}", insn_->mnemonic, insn_->op_str, '\0');
    if (!readListing(text_, mode, out)) out.name.assign(1, '?');
    toManualNames(out);
    out.valid = true;
    out.length = static_cast<u8>(insn_->size);
    takeDistance(out);
  }

  // Capstone shows branch targets whole.
  void takeDistance(Reading& out) const {
    if (out.count != 1 || out.parts[0].kind != PartKind::Immediate || !isRelative()) return;
    out.parts[0].kind = PartKind::Target;
    out.parts[0].value -= kReadingAddress + out.length;
  }

  bool isRelative() const {
    const std::string_view name = insn_->mnemonic;
    const auto space = name.rfind(' ');
    const std::string_view last = space == name.npos ? name : name.substr(space + 1);
    return last.starts_with('j') || last.starts_with("loop") || last == "call" || last == "xbegin";
  }

  csh handles_[3] = {};
  cs_insn* insn_ = nullptr;
  char text_[256] = {};
};

}  // namespace

Result<std::unique_ptr<DecodeWitness>> makeCapstoneWitness() {
  auto witness = std::make_unique<CapstoneWitness>();
  if (auto opened = witness->open(); !opened) return tl::unexpected(opened.error());
  return witness;
}

}  // namespace duet::diff
