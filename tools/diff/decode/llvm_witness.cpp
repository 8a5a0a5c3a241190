#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>

#include <algorithm>

#include "tools/diff/decode/conventions.h"
#include "tools/diff/decode/disassemblers.h"
#include "tools/diff/decode/listing_reader.h"

namespace duet::diff {
namespace {

class LlvmWitness final : public DecodeWitness {
 public:
  LlvmWitness() = default;
  LlvmWitness(const LlvmWitness&) = delete;
  LlvmWitness& operator=(const LlvmWitness&) = delete;
  ~LlvmWitness() override {
    for (const LLVMDisasmContextRef context : contexts_)
      if (context) LLVMDisasmDispose(context);
  }

  Result<> open() {
    static const bool kRegistered = [] {
      LLVMInitializeX86TargetInfo();
      LLVMInitializeX86TargetMC();
      LLVMInitializeX86Disassembler();
      return true;
    }();
    (void)kRegistered;
    static constexpr const char* kTriples[3] = {"i386-unknown-linux-code16", "i386-unknown-linux",
                                                "x86_64-unknown-linux"};
    for (unsigned i = 0; i < 3; ++i) {
      contexts_[i] = LLVMCreateDisasm(kTriples[i], nullptr, 0, nullptr, nullptr);
      if (!contexts_[i]) return fail("LLVM has no disassembler for {}", kTriples[i]);
      LLVMSetDisasmOptions(contexts_[i], LLVMDisassembler_Option_AsmPrinterVariant);
    }
    return {};
  }

  std::string_view name() const override { return "llvm"; }

  Result<> read(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) override {
    for (size_t i = 0; i < strings.size(); ++i) readOne(strings[i], mode, readings[i]);
    return {};
  }

 private:
  // LLVM makes instructions of their own of a LOCK that stands first, and of F2 and F3 where they are hints of TSX; and it
  // does not look at whether there may be a LOCK. So LOCK and hints are taken out before it reads.
  void readOne(const ByteString& bytes, CodeMode mode, Reading& out) {
    ByteString left = bytes;
    unsigned taken = 0;
    bool lock = false;
    for (size_t at = 0; at + taken < left.size() && isPrefix(left[at], mode);) {
      if (left[at] != 0xf0) {
        ++at;
        continue;
      }
      lock = true;
      takeOut(left, at, taken++);
    }
    size_t length = disassemble(left, taken, mode, out);
    while (length && (out.name == "xacquire" || out.name == "xrelease") && out.count == 0) {
      takeOut(left, length - 1, taken++);
      length = disassemble(left, taken, mode, out);
    }
    if (length == 0 || length + taken > kMostLength) return out.clear();
    toManualNames(out);
    out.valid = true;
    out.lock = lock;
    out.length = static_cast<u8>(length + taken);
  }

  static bool isPrefix(u8 b, CodeMode mode) {
    static constexpr u8 kPrefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
    return std::ranges::find(kPrefixes, b) != std::end(kPrefixes) ||
           (mode == CodeMode::Bits64 && (b & 0xf0) == 0x40);
  }

  static void takeOut(ByteString& bytes, size_t at, unsigned taken) {
    std::copy(bytes.begin() + at + 1, bytes.end() - taken, bytes.begin() + at);
  }

  // 0: no instruction.
  size_t disassemble(ByteString& bytes, unsigned taken, CodeMode mode, Reading& out) {
    out.clear();
    const size_t length = LLVMDisasmInstruction(contexts_[static_cast<unsigned>(mode)], bytes.data(),
                                                bytes.size() - taken, kReadingAddress, text_, sizeof text_);
    if (length && !readListing(text_, mode, out)) out.name.assign(1, '?');
    return length;
  }

  static constexpr size_t kMostLength = 15;  // LLVM knows of it, but not with the LOCKs taken away

  LLVMDisasmContextRef contexts_[3] = {};
  char text_[256] = {};
};

}  // namespace

Result<std::unique_ptr<DecodeWitness>> makeLlvmWitness() {
  auto witness = std::make_unique<LlvmWitness>();
  if (auto opened = witness->open(); !opened) return tl::unexpected(opened.error());
  return witness;
}

}  // namespace duet::diff
