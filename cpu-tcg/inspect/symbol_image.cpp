#include "cpu-tcg/inspect/symbol_image.h"

#include <elf.h>

#include <cstring>

#include "core/base/assert.h"

namespace duet::tcg {
namespace {

enum Section : u16 { kNone, kText, kSymbols, kStrings, kNames, kSections };
constexpr char kSectionNames[] = "\0.text\0.symtab\0.strtab\0.shstrtab";
constexpr u32 kNameOf[kSections] = {0, 1, 7, 15, 23};

struct Image {
  Elf64_Ehdr header{};
  Elf64_Phdr segment{};
  Elf64_Shdr section[kSections]{};
};

void describeSections(Image& image, u64 symbolBytes, u64 stringBytes) {
  u64 at = sizeof image;
  const auto place = [&](Section s, u32 type, u64 size) {
    Elf64_Shdr& h = image.section[s];
    h.sh_name = kNameOf[s];
    h.sh_type = type;
    h.sh_offset = at;
    h.sh_size = size;
    h.sh_addralign = 1;
    if (type != SHT_NOBITS) at += size;
  };
  place(kText, SHT_NOBITS, image.segment.p_memsz);
  place(kSymbols, SHT_SYMTAB, symbolBytes);
  place(kStrings, SHT_STRTAB, stringBytes);
  place(kNames, SHT_STRTAB, sizeof kSectionNames);
  image.section[kText].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  image.section[kText].sh_addr = image.segment.p_vaddr;
  image.section[kText].sh_addralign = 16;
  image.section[kSymbols].sh_addralign = 8;
  image.section[kSymbols].sh_entsize = sizeof(Elf64_Sym);
  image.section[kSymbols].sh_link = kStrings;
  image.section[kSymbols].sh_info = 1;  // all but the first are global
}

void describeFile(Image& image, u64 begin, u64 end) {
  Elf64_Ehdr& h = image.header;
  std::memcpy(h.e_ident, ELFMAG, SELFMAG);
  h.e_ident[EI_CLASS] = ELFCLASS64;
  h.e_ident[EI_DATA] = ELFDATA2LSB;
  h.e_ident[EI_VERSION] = EV_CURRENT;
  h.e_type = ET_EXEC;
  h.e_machine = EM_X86_64;
  h.e_version = EV_CURRENT;
  h.e_ehsize = sizeof(Elf64_Ehdr);
  h.e_phoff = offsetof(Image, segment);
  h.e_phentsize = sizeof(Elf64_Phdr);
  h.e_phnum = 1;
  h.e_shoff = offsetof(Image, section);
  h.e_shentsize = sizeof(Elf64_Shdr);
  h.e_shnum = kSections;
  h.e_shstrndx = kNames;
  image.segment.p_type = PT_LOAD;
  image.segment.p_flags = PF_X;
  image.segment.p_vaddr = image.segment.p_paddr = begin;
  image.segment.p_memsz = end - begin;
}

void append(std::vector<u8>& out, const void* bytes, size_t size) {
  const auto* from = static_cast<const u8*>(bytes);
  out.insert(out.end(), from, from + size);
}

}  // namespace

std::vector<u8> symbolImage(std::span<const CodeSymbol> symbols) {
  DUET_ASSERT(!symbols.empty());
  std::string strings(1, '\0');
  std::vector<Elf64_Sym> table(1);
  for (const CodeSymbol& s : symbols) {
    Elf64_Sym& entry = table.emplace_back();
    entry.st_name = static_cast<u32>(strings.size());
    entry.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    entry.st_shndx = kText;
    entry.st_value = s.address;
    entry.st_size = s.size;
    strings += s.name + '\0';
  }
  Image image;
  describeFile(image, symbols.front().address, symbols.back().address + symbols.back().size);
  describeSections(image, table.size() * sizeof table[0], strings.size());
  std::vector<u8> out;
  append(out, &image, sizeof image);
  append(out, table.data(), table.size() * sizeof table[0]);
  append(out, strings.data(), strings.size());
  append(out, kSectionNames, sizeof kSectionNames);
  return out;
}

}  // namespace duet::tcg
