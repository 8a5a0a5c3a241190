#include "tests/guest/runner/program.h"

#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <charconv>
#include <memory>

namespace duet::test {
namespace {

struct File {
  int descriptor = -1;
  Elf* elf = nullptr;
  ~File() {
    if (elf) elf_end(elf);
    if (descriptor >= 0) close(descriptor);
  }
};

void readSymbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, Program& program) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || !header.sh_entsize) return;
  for (int i = 0; i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, i, &symbol)) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name && *name) program.symbols[name] = symbol.st_value;
  }
}

void readBytes(Elf_Scn* section, const GElf_Shdr& header, Program& program) {
  Elf_Data* data = elf_rawdata(section, nullptr);
  if (!data || !data->d_buf || !data->d_size) return;
  const u8* begin = static_cast<const u8*>(data->d_buf);
  program.pieces.push_back({header.sh_addr, {begin, begin + data->d_size}});
}

std::optional<u64> evaluateTerm(const Program& program, std::string_view term) {
  if (term.empty()) return {};
  if (term[0] >= '0' && term[0] <= '9') {
    const bool hex = term.substr(0, 2) == "0x";
    if (hex) term.remove_prefix(2);
    u64 value = 0;
    const auto r = std::from_chars(term.data(), term.data() + term.size(), value, hex ? 16 : 10);
    if (r.ec != std::errc{} || r.ptr != term.data() + term.size()) return {};
    return value;
  }
  if (const auto it = program.symbols.find(term); it != program.symbols.end()) return it->second;
  return {};
}

}  // namespace

std::optional<u64> Program::evaluate(std::string_view text) const {
  u64 sum = 0;
  bool first = true;
  while (!text.empty()) {
    const bool minus = text[0] == '-';
    if (minus || text[0] == '+') {
      text.remove_prefix(1);
    } else if (!first) {
      return {};
    }
    const size_t end = std::min(text.find_first_of("+-"), text.size());
    const auto term = evaluateTerm(*this, text.substr(0, end));
    if (!term) return {};
    sum += minus ? ~*term + 1 : *term;
    text.remove_prefix(end);
    first = false;
  }
  if (first) return {};
  return sum;
}

Result<Program> loadProgram(const std::string& path) {
  elf_version(EV_CURRENT);
  File file;
  file.descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.descriptor < 0) return fail("{}: cannot open", path);
  file.elf = elf_begin(file.descriptor, ELF_C_READ, nullptr);
  if (!file.elf || elf_kind(file.elf) != ELF_K_ELF) return fail("{}: no ELF file", path);
  Program program;
  for (Elf_Scn* s = elf_nextscn(file.elf, nullptr); s; s = elf_nextscn(file.elf, s)) {
    GElf_Shdr header;
    if (!gelf_getshdr(s, &header)) continue;
    if (header.sh_type == SHT_SYMTAB) readSymbols(file.elf, s, header, program);
    if (header.sh_type == SHT_PROGBITS && (header.sh_flags & SHF_ALLOC)) readBytes(s, header, program);
  }
  if (program.pieces.empty()) return fail("{}: nothing in it", path);
  return program;
}

}  // namespace duet::test
