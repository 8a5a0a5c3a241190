#include "cpu-tcg/region/module.h"

#include <dlfcn.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>

#include <string_view>

#include "core/base/bits.h"

namespace duet::tcg::region {

namespace {

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

// The loader looks beside the program and in its installation's library folder (the program's RUNPATH). It is never unloaded.
Result<std::unique_ptr<Compiler>> loadCompiler() {
  void* module = dlopen(kCompilerModule, RTLD_NOW | RTLD_LOCAL);
  if (!module)
    return fail(
        "the region compiler cannot be loaded: {} (it is built beside duet; tier=baseline does without)",
        dlerror());
  const auto make = reinterpret_cast<MakeCompiler>(dlsym(module, kCompilerSymbol));
  if (!make) return fail("{} is of another version: it has no {}", kCompilerModule, kCompilerSymbol);
  return std::unique_ptr<Compiler>(make());
}

// The library cannot be unloaded: Debian links it so that it stays.
void releaseCompilerMemory() {
  dl_iterate_phdr(releaseLlvm, nullptr);
  malloc_trim(0);
}

}  // namespace duet::tcg::region
