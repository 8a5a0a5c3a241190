// Files about compiled code, read back by others' rules: perf's line format, the jitdump specification, libelf.
#include <gelf.h>
#include <gtest/gtest.h>
#include <libelf.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cpu-tcg/inspect/code_log.h"
#include "cpu-tcg/inspect/gdb_jit.h"
#include "cpu-tcg/inspect/jit_dump.h"
#include "cpu-tcg/inspect/perf_map.h"

// As gdb's manual gives it ("JIT Compilation Interface", "Declarations").
extern "C" {
struct jit_code_entry {
  jit_code_entry *next_entry, *prev_entry;
  const char* symfile_addr;
  uint64_t symfile_size;
};
struct jit_descriptor {
  uint32_t version, action_flag;
  jit_code_entry *relevant_entry, *first_entry;
};
extern jit_descriptor __jit_debug_descriptor;
}

namespace duet::tcg {
namespace {

class Inspect : public testing::Test {
 protected:
  ~Inspect() override { std::filesystem::remove(path_); }
  CompiledCode code(u64 rip, size_t from, size_t size, unsigned memory = 0) {
    return {0, memory, "baseline", rip, 3, false, {bytes_ + from, size}};
  }
  std::string contents() {
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  u64 at(size_t offset) { return reinterpret_cast<u64>(bytes_ + offset); }

  const std::string path_ = fmt::format("{}/duet-inspect-{}", testing::TempDir(), getpid());
  alignas(16) u8 bytes_[4096] = {0x48, 0xff, 0xc0, 0xc3};  // inc rax; ret
};

template <class T>
T field(const std::string& bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// tools/perf/Documentation/jit-interface.txt: START SIZE symbolname, numbers in hex without 0x.
TEST_F(Inspect, PerfMapHasALineABlock) {
  auto map = PerfMap::create(path_);
  ASSERT_TRUE(map);
  (*map)->added(code(0xffffffff81000010, 0, 64));
  (*map)->added(code(0x1000, 64, 16));
  EXPECT_EQ(contents(), fmt::format("{:x} 40 guest-0xffffffff81000010-baseline\n"
                                    "{:x} 10 guest-0x1000-baseline\n",
                                    at(0), at(64)))
      << "at once, not at the end";
}

TEST_F(Inspect, FilesThatCannotBeWrittenAreErrors) {
  EXPECT_FALSE(PerfMap::create("/nonexistent/perf.map"));
  EXPECT_FALSE(JitDump::create("/nonexistent/jit.dump"));
}

TEST_F(Inspect, JitDumpIsAsTheSpecificationSays) {
  auto dump = JitDump::create(path_);
  ASSERT_TRUE(dump);
  (*dump)->added(code(0x1000, 0, 4));
  (*dump)->added(code(0x2000, 16, 8));
  const std::string all = contents();
  EXPECT_EQ(field<u32>(all, 0), 0x4A695444u);
  EXPECT_EQ(field<u32>(all, 4), 1u) << "version";
  EXPECT_EQ(field<u32>(all, 8), 40u) << "total_size of the header";
  EXPECT_EQ(field<u32>(all, 12), 62u) << "EM_X86_64";
  EXPECT_EQ(field<u32>(all, 20), static_cast<u32>(getpid()));
  const std::string name = "guest-0x1000-baseline";
  const size_t first = 40, second = first + 56 + name.size() + 1 + 4;
  EXPECT_EQ(field<u32>(all, first), 0u) << "JIT_CODE_LOAD";
  EXPECT_EQ(field<u32>(all, first + 4), second - first) << "total_size of the record";
  EXPECT_EQ(field<u64>(all, first + 24), at(0)) << "vma";
  EXPECT_EQ(field<u64>(all, first + 32), at(0)) << "code_addr";
  EXPECT_EQ(field<u64>(all, first + 40), 4u) << "code_size";
  EXPECT_EQ(std::string(all.c_str() + first + 56), name);
  EXPECT_EQ(all.substr(second - 4, 4), std::string("\x48\xff\xc0\xc3"));
  EXPECT_GT(field<u64>(all, second + 48), field<u64>(all, first + 48)) << "code_index";
  EXPECT_GE(field<u64>(all, second + 8), field<u64>(all, first + 8)) << "timestamp";
  EXPECT_EQ(all.size(), second + field<u32>(all, second + 4));
}

// The symbols of every file the debugger is told of, as libelf reads them.
std::vector<CodeSymbol> toldToGdb() {
  std::vector<CodeSymbol> found;
  elf_version(EV_CURRENT);
  for (const jit_code_entry* e = __jit_debug_descriptor.first_entry; e; e = e->next_entry) {
    Elf* elf = elf_memory(const_cast<char*>(e->symfile_addr), e->symfile_size);
    for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf, scn));) {
      GElf_Shdr header;
      gelf_getshdr(scn, &header);
      if (header.sh_type != SHT_SYMTAB) continue;
      Elf_Data* data = elf_getdata(scn, nullptr);
      for (int i = 1; i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
        GElf_Sym symbol;
        gelf_getsym(data, i, &symbol);
        found.push_back({symbol.st_value, symbol.st_size, elf_strptr(elf, header.sh_link, symbol.st_name)});
      }
    }
    elf_end(elf);
  }
  return found;
}

TEST_F(Inspect, GdbIsToldOfEveryBlockUntilItIsDropped) {
  GdbJit gdb;
  EXPECT_EQ(__jit_debug_descriptor.version, 1u);
  for (unsigned i = 0; i < 3; ++i) gdb.added(code(0x1000 + i, 16 * i, 16));
  gdb.added(code(0x5000, 256, 32, 1));
  auto symbols = toldToGdb();
  ASSERT_EQ(symbols.size(), 4u);
  bool found = false;
  for (const CodeSymbol& s : symbols)
    found |= s.name == "guest-0x1002-baseline" && s.address == at(32) && s.size == 16;
  EXPECT_TRUE(found);
  gdb.dropped(0);
  symbols = toldToGdb();
  ASSERT_EQ(symbols.size(), 1u);
  EXPECT_EQ(symbols[0].name, "guest-0x5000-baseline");
}

// Code memory that is filled anew, and more blocks than one file takes.
TEST_F(Inspect, GdbFilesHoldManyBlocks) {
  GdbJit gdb;
  for (unsigned i = 0; i < 3000; ++i) gdb.added(code(0xffffffff81000000 + i, i, 1));
  EXPECT_EQ(toldToGdb().size(), 3000u);
  gdb.added(code(0x1000, 0, 1));
  EXPECT_EQ(toldToGdb().size(), 3001u);
}

TEST_F(Inspect, HostCodeIsListed) {
  const std::string text = hostListing({bytes_, 4});
  EXPECT_NE(text.find("inc rax"), std::string::npos);
  EXPECT_NE(text.find("ret"), std::string::npos);
}

}  // namespace
}  // namespace duet::tcg
