#include "firmware/loader/elf.h"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cstring>

#include "firmware/loader/entry_state.h"
#include "firmware/loader/pvh.h"

namespace duet::firmware {
namespace {

constexpr size_t kMostSegments = 256;
constexpr u32 kXenPhys32Entry = 18;

class ElfFile {
 public:
  explicit ElfFile(const std::vector<u8>& bytes) {
    elf_version(EV_CURRENT);
    // elf_memory only reads when no update is asked for.
    elf_ = elf_memory(const_cast<char*>(reinterpret_cast<const char*>(bytes.data())), bytes.size());
  }
  ~ElfFile() { elf_end(elf_); }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;
  Elf* get() const { return elf_; }

 private:
  Elf* elf_ = nullptr;
};

Result<GElf_Ehdr> readHeader(Elf* elf) {
  GElf_Ehdr header;
  if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
    return fail("its ELF header is damaged");
  if (header.e_machine != EM_386 && header.e_machine != EM_X86_64)
    return fail("it is an ELF file for another processor (machine {}); x86 is wanted", header.e_machine);
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
    return fail("it is an ELF file of type {}, no executable; link it first", header.e_type);
  // libelf reads headers of the usual size whatever this field says.
  if (header.e_phnum != 0 && header.e_phentsize != gelf_fsize(elf, ELF_T_PHDR, 1, EV_CURRENT))
    return fail("its ELF program headers are damaged (each of {} bytes)", header.e_phentsize);
  return header;
}

Result<std::vector<GElf_Phdr>> readProgramHeaders(Elf* elf) {
  size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return fail("its ELF program headers are damaged");
  std::vector<GElf_Phdr> wanted;
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (!gelf_getphdr(elf, static_cast<int>(i), &header))
      return fail("its ELF program header {} is damaged", i);
    if (header.p_type == PT_INTERP) return fail("it is a program for an operating system, no kernel");
    if (header.p_type != PT_LOAD && header.p_type != PT_NOTE) continue;
    if (wanted.size() == kMostSegments) return fail("it has over {} segments", kMostSegments);
    wanted.push_back(header);
  }
  return wanted;
}

Result<> placeSegment(LoadPlan& plan, const SharedBytes& file, const GElf_Phdr& h, size_t index) {
  const std::string what = fmt::format("segment {}", index);
  if (h.p_filesz > h.p_memsz) return fail("{} has more bytes in the file than in memory", what);
  if (h.p_offset > file->size() || h.p_filesz > file->size() - h.p_offset)
    return fail("{} lies beyond the end of the file; it is cut short or damaged", what);
  if (auto done = plan.claim(h.p_paddr, h.p_memsz, what); !done) return done;
  plan.put(h.p_paddr, file, h.p_offset, h.p_filesz);
  plan.zero(h.p_paddr + h.p_filesz, h.p_memsz - h.p_filesz);
  return {};
}

// The entry point is a virtual address in kernels that are linked high.
u64 physicalEntry(u64 entry, const std::vector<GElf_Phdr>& headers) {
  for (const GElf_Phdr& h : headers)
    if (h.p_type == PT_LOAD && entry >= h.p_vaddr && entry - h.p_vaddr < h.p_memsz)
      return entry - h.p_vaddr + h.p_paddr;
  return entry;
}

std::optional<u64> findPvhEntry(Elf* elf, const std::vector<u8>& file, const GElf_Phdr& h) {
  if (h.p_type != PT_NOTE || h.p_offset > file.size() || h.p_filesz > file.size() - h.p_offset) return {};
  const Elf_Type type = h.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR;
  Elf_Data* data = elf_getdata_rawchunk(elf, static_cast<i64>(h.p_offset), h.p_filesz, type);
  if (!data) return {};
  GElf_Nhdr note;
  size_t name = 0, description = 0;
  for (size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &description)) > 0;) {
    const auto* base = static_cast<const char*>(data->d_buf);
    if (note.n_type != kXenPhys32Entry || note.n_namesz != 4 || std::memcmp(base + name, "Xen", 4) != 0)
      continue;
    u64 entry = 0;
    if (note.n_descsz != 4 && note.n_descsz != 8) continue;
    std::memcpy(&entry, base + description, note.n_descsz);
    return entry;
  }
  return {};
}

}  // namespace

Result<ElfLayout> placeElf(LoadPlan& plan, const SharedBytes& file) {
  const ElfFile elf(*file);
  const auto header = readHeader(elf.get());
  if (!header) return tl::unexpected(header.error());
  const auto segments = readProgramHeaders(elf.get());
  if (!segments) return tl::unexpected(segments.error());

  ElfLayout layout;
  for (size_t i = 0; i < segments->size(); ++i) {
    const GElf_Phdr& h = (*segments)[i];
    if (!layout.pvhEntry) layout.pvhEntry = findPvhEntry(elf.get(), *file, h);
    if (h.p_type != PT_LOAD || h.p_memsz == 0) continue;
    if (auto done = placeSegment(plan, file, h, i); !done) return tl::unexpected(done.error());
    layout.end = std::max(layout.end, h.p_paddr + h.p_memsz);
  }
  if (layout.end == 0) return fail("it has no loadable segment");
  layout.entry = physicalEntry(header->e_entry, *segments);
  return layout;
}

Result<PreparedKernel> prepareElf(KernelFiles files, const MemoryLayout& memory) {
  const std::string path = files.kernel.path;
  const auto bad = [&path](const Error& error) { return fail("kernel '{}': {}", path, error.message); };
  const auto file = std::make_shared<const std::vector<u8>>(std::move(files.kernel.bytes));
  LoadPlan plan(memory);
  const auto layout = placeElf(plan, file);
  if (!layout) return bad(layout.error());
  const u64 entry = layout->pvhEntry.value_or(layout->entry);
  if (entry >= 4_GiB)
    return bad({fmt::format("its entry point {:#x} is above 4 GiB; link it lower or add a PVH note", entry)});
  const auto info = placePvhStartInfo(plan, files);
  if (!info) return tl::unexpected(info.error());
  auto state = flat32State(plan, entry);
  if (!state) return bad(state.error());
  state->gpr[kRbx] = *info;
  return PreparedKernel{std::move(plan), *state, {}, layout->pvhEntry ? "ELF (PVH entry)" : "ELF"};
}

}  // namespace duet::firmware
