#include "firmware/loader/bzimage.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/base/bits.h"
#include "firmware/guest/guest_bios.h"
#include "firmware/layout/byte_writer.h"
#include "firmware/loader/entry_state.h"
#include "firmware/loader/setup_header.h"

namespace duet::firmware {
namespace {

constexpr u64 kHighLoadAddress = 0x100000, kLowLoadAddress = 0x10000;
constexpr u64 kEntry64Offset = 0x200;
constexpr u64 kOldInitrdMax = 0x37ffffff;  // before protocol 2.03
constexpr u64 kOldCommandLineSize = 255;   // before protocol 2.06
constexpr u64 kLargestAlignment = 1_GiB;

class Linux {
 public:
  Linux(KernelFiles files, const MemoryLayout& layout)
      : path_(std::move(files.kernel.path)),
        file_(std::make_shared<const std::vector<u8>>(std::move(files.kernel.bytes))),
        commandLine_(std::move(files.append)),
        modules_(std::move(files.modules)),
        plan_(layout) {}

  Result<PreparedKernel> prepare();

 private:
  template <class T>
  T header(u64 offset) const {
    return fieldAt<T>(*file_, offset);
  }
  u16 version() const { return header<u16>(setup::kVersion); }
  bool loadedHigh() const { return header<u8>(setup::kLoadFlags) & setup::kLoadedHigh; }
  bool has64() const { return version() >= 0x20c && (header<u16>(setup::kXLoadFlags) & setup::kXKernel64); }
  bool realMode() const { return version() < 0x20c || !loadedHigh(); }
  u64 payload() const { return file_->size() - setupSize_; }

  Result<> check();
  Result<> placeKernel();
  Result<u64> kernelPlace(u64 size) const;
  Result<> placeInitrd();
  Result<> checkCommandLine() const;
  Result<PreparedKernel> enterProtected();
  Result<PreparedKernel> enterReal();
  std::vector<u8> bootParams(u64 commandLineAt) const;
  void describeInitrd(std::span<u8> bytes) const;

  template <class... Args>
  tl::unexpected<Error> bad(fmt::format_string<Args...> format, Args&&... args) const {
    return fail("kernel '{}': {}", path_, fmt::format(format, std::forward<Args>(args)...));
  }
  tl::unexpected<Error> bad(const Error& error) const { return bad("{}", error.message); }
  template <class T>
  tl::unexpected<Error> bad(const Result<T>& failed) const {
    return bad(failed.error());
  }

  std::string path_;
  SharedBytes file_;
  std::string commandLine_;
  std::vector<KernelModule> modules_;
  LoadPlan plan_;
  u64 setupSize_ = 0;
  u64 loadAddress_ = 0;
  u64 initrdAddress_ = 0, initrdSize_ = 0;
};

Result<> Linux::check() {
  const u8 sectors = header<u8>(setup::kSetupSectors);
  setupSize_ = (u64{sectors ? sectors : u8{4}} + 1) * 512;
  if (file_->size() <= setupSize_)
    return bad("it is cut short: {} bytes, but the setup code alone takes {}; fetch it again", file_->size(),
               setupSize_);
  if (version() < 0x200)
    return bad("boot protocol {}.{:02} is unknown; 2.00 and later can be loaded", version() >> 8,
               version() & 0xff);
  if (version() >= 0x204) {
    // In 16-byte units, rounded up by one at most.
    const u64 expected = u64{header<u32>(setup::kSysSize)} * 16;
    if (payload() + 16 < expected)
      return bad("it is cut short: {} of {} bytes; fetch it again", file_->size(), setupSize_ + expected);
  }
  return checkCommandLine();
}

Result<> Linux::checkCommandLine() const {
  const u32 told = version() >= 0x206 ? header<u32>(setup::kCommandLineSize) : 0;
  const u64 limit = told ? std::min<u64>(told, 0xffff) : kOldCommandLineSize;
  if (commandLine_.size() > limit)
    return bad("-append has {} characters; this kernel takes at most {}", commandLine_.size(), limit);
  return {};
}

// Where the protected-mode part goes, with `size` bytes of room for it to unpack itself.
Result<u64> Linux::kernelPlace(u64 size) const {
  if (!loadedHigh()) return kLowLoadAddress;
  if (realMode()) return kHighLoadAddress;
  const u64 preferred = header<u64>(setup::kPreferred);
  const bool relocatable = header<u8>(setup::kRelocatable) != 0;
  if (!relocatable) return preferred ? preferred : kHighLoadAddress;
  const u64 alignment = header<u32>(setup::kAlignment);
  if (!std::has_single_bit(alignment) || alignment > kLargestAlignment)
    return bad("its alignment field holds {:#x}, which is no power of two up to 1 GiB; the file is damaged",
               alignment);
  LoadPlan trial = plan_;
  if (preferred < 4_GiB && preferred >= 1_MiB && trial.claim(preferred, size, "kernel")) return preferred;
  if (const auto at = plan_.findLowest(size, alignment, kHighLoadAddress, 4_GiB)) return *at;
  return bad(
      "it needs {} MiB to unpack itself, more than the guest's {} of RAM have in one piece: give more with "
      "-m",
      (size + 1_MiB - 1) >> 20, plan_.ramSummary());
}

Result<> Linux::placeKernel() {
  const u64 unpacked = version() >= 0x20a ? header<u32>(setup::kInitSize) : 0;
  const u64 size = std::max(payload(), unpacked);
  const auto place = kernelPlace(size);
  if (!place) return tl::unexpected(place.error());
  loadAddress_ = *place;
  if (auto done = plan_.claim(loadAddress_, size, "the kernel"); !done) return bad(done);
  if (loadAddress_ + size > 4_GiB) return bad("it wants to be loaded at {:#x}, above 4 GiB", loadAddress_);
  plan_.put(loadAddress_, file_, setupSize_, payload());
  return {};
}

Result<> Linux::placeInitrd() {
  if (modules_.empty() || modules_[0].file.bytes.empty()) return {};
  const std::string& path = modules_[0].file.path;
  auto bytes = std::make_shared<const std::vector<u8>>(std::move(modules_[0].file.bytes));
  u64 limit = version() >= 0x203 ? header<u32>(setup::kInitrdMax) : kOldInitrdMax;
  if (limit == 0) limit = kOldInitrdMax;
  const auto at = plan_.findHighest(bytes->size(), kPageSize, 1_MiB, std::min(limit + 1, 4_GiB));
  if (!at || bytes->size() > std::numeric_limits<u32>::max())
    return fail(
        "initrd '{}' ({} MiB) does not fit beside the kernel in the guest's {} of RAM: give more with -m",
        path, (bytes->size() + 1_MiB - 1) >> 20, plan_.ramSummary());
  initrdAddress_ = *at;
  initrdSize_ = bytes->size();
  if (auto done = plan_.claim(*at, initrdSize_, "the initrd"); !done) return bad(done);
  plan_.put(*at, std::move(bytes), 0, initrdSize_);
  return {};
}

void Linux::describeInitrd(std::span<u8> bytes) const {
  setField<u32>(bytes, setup::kRamdiskImage, static_cast<u32>(initrdAddress_));
  setField<u32>(bytes, setup::kRamdiskSize, static_cast<u32>(initrdSize_));
}

// The zero page: the setup header as the file has it, and what setup code would have found out.
std::vector<u8> Linux::bootParams(u64 commandLineAt) const {
  std::vector<u8> bytes(setup::kBootParamsSize);
  const u64 end = std::min<u64>(
      {setup::kHeaderBase + header<u8>(setup::kJumpLength), setup::kHeaderLimit, file_->size()});
  std::copy(file_->begin() + setup::kHeaderStart,
            file_->begin() + static_cast<std::ptrdiff_t>(std::max(end, setup::kHeaderStart)),
            bytes.begin() + setup::kHeaderStart);
  const std::span<u8> out(bytes);
  setField<u8>(out, setup::kTypeOfLoader, setup::kUnknownLoader);
  setField<u32>(out, setup::kCode32Start, static_cast<u32>(loadAddress_));
  setField<u32>(out, setup::kCommandLine, static_cast<u32>(commandLineAt));
  describeInitrd(out);
  const std::vector<MemoryRange> map = memoryMap(plan_.layout());
  const std::vector<u8> encoded = encodeMemoryMap(map);
  setField<u8>(out, setup::kMapEntries, static_cast<u8>(map.size()));
  std::copy(encoded.begin(), encoded.end(), bytes.begin() + setup::kMap);
  const u64 aboveKib = (std::max(plan_.layout().lowRam, 1_MiB) - 1_MiB) >> 10;
  setField<u32>(out, setup::kAltMemoryKib, static_cast<u32>(aboveKib));
  if (version() >= 0x20e) setField<u64>(out, setup::kRsdpAddress, plan_.layout().rsdp);
  return bytes;
}

std::vector<u8> textBytes(const std::string& text) {
  std::vector<u8> bytes(text.begin(), text.end());
  bytes.push_back(0);
  return bytes;
}

Result<PreparedKernel> Linux::enterProtected() {
  if (memoryMap(plan_.layout()).size() > setup::kMostMapEntries)
    return bad("the memory map has too many ranges");
  const auto line = plan_.placeLow(textBytes(commandLine_), 16, "the command line");
  if (!line) return bad(line);
  const auto params = plan_.placeLow(bootParams(*line), kPageSize, "the boot parameters");
  if (!params) return bad(params);
  auto state = has64() ? long64State(plan_, loadAddress_ + kEntry64Offset) : flat32State(plan_, loadAddress_);
  if (!state) return bad(state);
  state->gpr[kRsi] = *params;
  return PreparedKernel{
      std::move(plan_), *state, {}, has64() ? "Linux (64-bit entry)" : "Linux (32-bit entry)"};
}

// Setup code, its heap, stack and (before 2.02) the command line share one segment.
Result<PreparedKernel> Linux::enterReal() {
  const bool anywhere = loadedHigh() && version() >= 0x202;
  const u64 base = anywhere ? 0x10000 : 0x90000;
  const u64 heapEnd = anywhere ? 0xe000 : 0x9000;
  const u64 segmentSize = heapEnd + (anywhere ? 0 : kOldCommandLineSize + 1);
  if (setupSize_ + 0x400 > heapEnd) return bad("its setup code of {} bytes is too large", setupSize_);
  if (auto done = plan_.claim(base, segmentSize, "the setup code"); !done) return bad(done);

  std::vector<u8> code(file_->begin(), file_->begin() + static_cast<std::ptrdiff_t>(setupSize_));
  const std::span<u8> out(code);
  setField<u8>(out, setup::kTypeOfLoader, setup::kUnknownLoader);
  if (version() >= 0x201) {
    setField<u16>(out, setup::kHeapEnd, static_cast<u16>(heapEnd - 0x200));
    setField<u8>(out, setup::kLoadFlags, header<u8>(setup::kLoadFlags) | setup::kCanUseHeap);
  }
  describeInitrd(out);
  if (version() >= 0x202) {
    const auto line = plan_.placeLow(textBytes(commandLine_), 16, "the command line");
    if (!line) return bad(line);
    setField<u32>(out, setup::kCommandLine, static_cast<u32>(*line));
  } else {
    setField<u16>(out, 0x20, 0xa33f);
    setField<u16>(out, 0x22, static_cast<u16>(heapEnd));
    plan_.put(base + heapEnd, textBytes(commandLine_));
  }
  plan_.put(base, std::move(code));

  const u16 segment = static_cast<u16>(base >> 4);
  auto bios = buildGuestBios({static_cast<u16>(segment + 0x20), 0, segment, static_cast<u16>(heapEnd)},
                             plan_.layout());
  if (!bios) return bad(bios);
  PreparedKernel result{std::move(plan_), {}, {}, "Linux (real-mode entry)"};
  result.state = realModeState(result.plan, kGuestBiosSegment, kGuestBiosEntry);
  result.rom.push_back({kGuestBiosAddress, std::move(*bios)});
  return result;
}

Result<PreparedKernel> Linux::prepare() {
  if (auto done = check(); !done) return tl::unexpected(done.error());
  if (auto done = placeKernel(); !done) return tl::unexpected(done.error());
  if (auto done = placeInitrd(); !done) return tl::unexpected(done.error());
  return realMode() ? enterReal() : enterProtected();
}

}  // namespace

bool isLinuxKernel(const FileBytes& kernel) {
  return fieldAt<u16>(kernel.bytes, setup::kBootFlag) == setup::kBootFlagValue &&
         fieldAt<u32>(kernel.bytes, setup::kSignature) == setup::kSignatureValue;
}

Result<PreparedKernel> prepareLinux(KernelFiles files, const MemoryLayout& layout) {
  return Linux(std::move(files), layout).prepare();
}

}  // namespace duet::firmware
