#include "cpu-tcg/region/module.h"

#include <cpuid.h>
#include <dlfcn.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

#include "core/base/bits.h"
#include "core/base/log.h"

#ifndef DUET_LLVM_VERSION
#error "the build says which version it is"
#endif

namespace duet::tcg::region {

namespace {

// Where the loader would find the module: the folders that it looks into for the program's libraries.
std::string modulePath() {
  const std::unique_ptr<void, int (*)(void*)> self(dlopen(nullptr, RTLD_LAZY), dlclose);
  Dl_serinfo size{};
  if (!self || dlinfo(self.get(), RTLD_DI_SERINFOSIZE, &size) != 0) return {};
  const std::unique_ptr<char[]> room(new char[size.dls_size]);
  auto* const list = reinterpret_cast<Dl_serinfo*>(room.get());
  list->dls_size = size.dls_size;
  list->dls_cnt = size.dls_cnt;
  if (dlinfo(self.get(), RTLD_DI_SERINFO, list) != 0) return {};
  for (unsigned i = 0; i < list->dls_cnt; ++i) {
    std::string path = fmt::format("{}/{}", list->dls_serpath[i].dls_name, kCompilerModule);
    if (access(path.c_str(), R_OK) == 0) return path;
  }
  return {};
}

std::string stateOf(const std::string& file) {
  struct stat s{};
  if (stat(file.c_str(), &s) != 0) return "none";
  return fmt::format("{} bytes of {}.{:09}", s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
}

// What CPUID says of make and features: all leaves that compilers look at, without what differs from core to core.
std::string processor() {
  u32 r[4] = {};
  std::string text;
  const auto add = [&](u32 leaf, u32 subleaf, unsigned mask) {
    if (!__get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3])) return;
    for (unsigned i = 0; i < 4; ++i)
      if (mask >> i & 1) text += fmt::format("{:x}.", r[i]);
  };
  constexpr unsigned kAll = 15, kAllButEbx = 13, kEbx = 2;
  add(0, 0, kAll);
  add(1, 0, kAllButEbx);  // EBX has the core's number
  add(7, 0, kAll);
  add(7, 1, kAll);
  add(0xd, 0, 1);
  add(0xd, 1, 1);
  add(0x14, 0, kEbx);
  add(0x19, 0, kEbx);
  add(0x80000001, 0, kAllButEbx);
  add(0x80000008, 0, kEbx);
  return text;
}

// Pages of a file that nobody can write to are as they are in the file: nothing is lost with them. (What relocations change lies in
// segments of its own.)
int releaseLlvm(dl_phdr_info* object, size_t, void*) {
  if (std::string_view(object->dlpi_name).find("/libLLVM") == std::string_view::npos) return 0;
  for (unsigned i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || segment.p_flags & PF_W) continue;
    const u64 begin = alignUp(object->dlpi_addr + segment.p_vaddr, kPageSize);
    const u64 end = alignDown(object->dlpi_addr + segment.p_vaddr + segment.p_filesz, kPageSize);
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

// Beside the program or in its installation's library folder (the program's RUNPATH); by its whole name, as sanitizers load for the
// program, and the loader would look where theirs are. It is never unloaded.
Result<std::unique_ptr<Compiler>> loadCompiler() {
  const std::string path = modulePath();
  void* module = dlopen(path.empty() ? kCompilerModule : path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module)
    return fail(
        "the region compiler cannot be loaded: {} (it is built beside duet; tier=baseline does without)",
        dlerror());
  const auto make = reinterpret_cast<MakeCompiler>(dlsym(module, kCompilerSymbol));
  std::unique_ptr<Compiler> compiler(make ? make(kPlanShape) : nullptr);
  if (!compiler)
    return fail(
        "{} is of another build than duet (build or install both together; tier=baseline does without)",
        kCompilerModule);
  return compiler;
}

std::string compilerIdentity() {
  return fmt::format("duet {}; module {}; LLVM {}; processor {}", stateOf("/proc/self/exe"),
                     stateOf(modulePath()), DUET_LLVM_VERSION, processor());
}

bool isAsExpected(const Compiler& compiler) {
  static const bool same = [&] {
    const std::string version = compiler.version();
    if (version == DUET_LLVM_VERSION) return true;
    log(LogChannel::Warn, "cache: LLVM is {}, and this duet was built for {}: new code is not kept", version,
        DUET_LLVM_VERSION);
    return false;
  }();
  return same;
}

// The library cannot be unloaded: Debian links it so that it stays.
void releaseCompilerMemory() {
  dl_iterate_phdr(releaseLlvm, nullptr);
  malloc_trim(0);
}

}  // namespace duet::tcg::region
