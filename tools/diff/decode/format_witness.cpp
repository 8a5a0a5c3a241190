#include "cpu-tcg/isa/format.h"
#include "tools/diff/decode/disassemblers.h"
#include "tools/diff/decode/listing_reader.h"
#include "tools/diff/decode/our_reading.h"

namespace duet::diff {
namespace {

class FormatWitness final : public DecodeWitness {
 public:
  std::string_view name() const override { return "format"; }

  Result<> read(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) override {
    for (size_t i = 0; i < strings.size(); ++i) readOne(strings[i], mode, readings[i]);
    return {};
  }

 private:
  void readOne(const ByteString& bytes, CodeMode mode, Reading& out) {
    readOurs(bytes, mode, {}, ours_);
    out.clear();
    if (ours_.status != tcg::isa::DecodeStatus::Ok) return;
    if (!readListing(tcg::isa::format(ours_.insn, kReadingAddress), mode, out)) out.name.assign(1, '?');
    out.valid = true;
    out.length = ours_.insn.length;
    for (unsigned i = 0; i < out.count && i < ours_.reading.count; ++i)
      if (ours_.reading.parts[i].kind == PartKind::Target) out.parts[i].value -= kReadingAddress + out.length;
  }

  OurReading ours_;
};

}  // namespace

std::unique_ptr<DecodeWitness> makeFormatWitness() { return std::make_unique<FormatWitness>(); }

}  // namespace duet::diff
