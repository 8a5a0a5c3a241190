// The compiler's memory goes and comes.
#include "cpu-tcg/region/module.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/unit/cache/plans.h"

namespace duet::test {
namespace {

using tcg::region::Plan;

// KiB of the library's code in memory (proc(5), smaps).
u64 residentCode() {
  std::ifstream maps("/proc/self/smaps");
  u64 sum = 0;
  bool code = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find("-xp ") != std::string::npos || line.find(" r--p ") != std::string::npos ||
        line.find(" rw-p ") != std::string::npos) {
      code = line.find("r-xp ") != std::string::npos && line.find("/libLLVM") != std::string::npos;
    } else if (code && line.rfind("Rss:", 0) == 0) {
      u64 size = 0;
      std::istringstream(line.substr(4)) >> size;
      sum += size;
    }
  }
  return sum;
}

// Once more what loadCompiler() has loaded, by its path: under the address sanitizer the loader looks for names elsewhere.
void* loadedModule() {
  std::string path;
  const auto note = [](dl_phdr_info* object, size_t, void* to) {
    const std::string_view name = object->dlpi_name;
    if (!name.ends_with(tcg::region::kCompilerModule)) return 0;
    *static_cast<std::string*>(to) = name;
    return 1;
  };
  dl_iterate_phdr(note, &path);
  return dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
}

// add rax,rcx; dec rcx; jnz back
Plan loop() { return planAt(0x1000, {0x48, 0x01, 0xc8, 0x48, 0xff, 0xc9, 0x75, 0xf8}); }

TEST(Module, GivesItsMemoryBackAndGoesOn) {
  auto compiler = tcg::region::loadCompiler();
  ASSERT_TRUE(compiler.has_value()) << compiler.error().message;
  const auto before = (*compiler)->compile(loop()).bytes;
  ASSERT_FALSE(before.empty());
  const u64 resident = residentCode();
  EXPECT_GT(resident, 10000u) << "what there is to give back";
  tcg::region::releaseCompilerMemory();
  EXPECT_LT(residentCode(), resident / 10);
  EXPECT_EQ((*compiler)->compile(loop()).bytes, before);
}

TEST(Module, MakesNothingForAnotherBuild) {
  ASSERT_TRUE(tcg::region::loadCompiler().has_value());
  void* module = loadedModule();
  ASSERT_NE(module, nullptr);
  const auto make = reinterpret_cast<tcg::region::MakeCompiler>(dlsym(module, tcg::region::kCompilerSymbol));
  ASSERT_NE(make, nullptr);
  EXPECT_EQ(make(tcg::region::kPlanShape + 1), nullptr);
}

}  // namespace
}  // namespace duet::test
