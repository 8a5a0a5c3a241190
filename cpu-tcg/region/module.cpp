#include "cpu-tcg/region/module.h"

#include <dlfcn.h>

namespace duet::tcg::region {

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

}  // namespace duet::tcg::region
