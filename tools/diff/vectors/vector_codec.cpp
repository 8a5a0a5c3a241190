#include "tools/diff/vectors/vector_codec.h"

#include <algorithm>
#include <cstring>

#include "tools/diff/compare/compare.h"

namespace duet::diff {
namespace {

constexpr u64 kMostPages = 64, kMostPieces = 1024, kMostPieceBytes = 4096, kPage = sizeof(PageBytes);

void writeValue(ByteWriter& out, const StateField& field, const CpuState& from, const CpuState& to) {
  if (field.name == "rip") return out.distance(from.rip, to.rip);
  if (field.name == "rflags") return out.number(from.rflags ^ to.rflags);
  const u8* bytes = field.in(to);
  unsigned size = field.size;
  while (size && bytes[size - 1] == 0) --size;
  out.byte(static_cast<u8>(size));
  out.bytes({bytes, size});
}

void readValue(ByteReader& in, const StateField& field, CpuState& state) {
  if (field.name == "rip") {
    state.rip = in.distance(state.rip);
  } else if (field.name == "rflags") {
    state.rflags ^= in.number();
  } else {
    const u8 size = in.byte();
    if (size > field.size) return in.refuse();
    const auto bytes = in.bytes(size);
    std::memset(field.in(state), 0, field.size);
    std::ranges::copy(bytes, field.in(state));
  }
}

bool covered(const Memory& memory, u64 address, u64 size) {
  if (address + size < address) return false;
  for (u64 a = address & ~(kPage - 1); a < address + size; a += kPage)
    if (!std::ranges::binary_search(memory.pages, a, {}, &Page::address)) return false;
  return true;
}

}  // namespace

void writeState(ByteWriter& out, const CpuState& from, const CpuState& to) {
  const auto fields = stateFields();
  const auto differs = [&](const StateField& f) { return std::memcmp(f.in(from), f.in(to), f.size) != 0; };
  out.number(static_cast<u64>(std::ranges::count_if(fields, differs)));
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!differs(fields[i])) continue;
    out.number(i);
    writeValue(out, fields[i], from, to);
  }
}

void readState(ByteReader& in, const FieldList& fields, CpuState& state) {
  for (u64 n = in.count(fields.size()); n && in.ok(); --n) {
    const u64 index = in.number();
    if (index >= fields.size()) return in.refuse();
    readValue(in, *fields[index], state);
  }
}

void writePieces(ByteWriter& out, const std::vector<Piece>& pieces, u64 near) {
  out.number(pieces.size());
  for (const Piece& p : pieces) {
    out.distance(near, p.address);
    out.number(p.bytes.size());
    out.bytes(p.bytes);
  }
}

std::vector<Piece> readPieces(ByteReader& in, const Memory& memory, u64 near) {
  std::vector<Piece> pieces;
  for (u64 n = in.count(kMostPieces); n && in.ok(); --n) {
    Piece p{.address = in.distance(near), .bytes = {}};
    const auto bytes = in.bytes(in.count(kMostPieceBytes));
    p.bytes.assign(bytes.begin(), bytes.end());
    if (!covered(memory, p.address, p.bytes.size())) in.refuse();
    pieces.push_back(std::move(p));
  }
  return pieces;
}

void writeMemory(ByteWriter& out, const Memory& memory) {
  out.number(memory.pages.size());
  for (const Page& p : memory.pages) {
    out.number(p.address / kPage);
    out.byte(static_cast<u8>(p.access));
    out.bytes(p.bytes);
  }
}

std::shared_ptr<const Memory> readMemory(ByteReader& in) {
  constexpr u64 kPagesBelow4G = (u64{1} << 32) / kPage;
  auto memory = std::make_shared<Memory>();
  for (u64 n = in.count(kMostPages); n && in.ok(); --n) {
    const u64 number = in.number();
    const u8 access = in.byte();
    const auto bytes = in.bytes(kPage);
    const bool behind = memory->pages.empty() || memory->pages.back().address < number * kPage;
    if (!in.ok() || number >= kPagesBelow4G || !behind ||
        access > static_cast<u8>(PageAccess::ReadWriteExecute)) {
      in.refuse();
      break;
    }
    Page page{number * kPage, static_cast<PageAccess>(access), {}};
    std::ranges::copy(bytes, page.bytes.begin());
    memory->pages.push_back(page);
  }
  return memory;
}

CpuState visibleState(World world, const CpuState& start, const CpuState& after) {
  const CpuState before = comparedState(world, start), now = comparedState(world, after);
  CpuState out = start;
  for (const StateField& f : stateFields())
    if (f.user && std::memcmp(f.in(before), f.in(now), f.size) != 0)
      std::memcpy(f.in(out), f.in(now), f.size);
  // Whether bases of FS and GS count hangs on the code segment that is in force.
  out.segment[kSegCs] = after.segment[kSegCs];
  return out;
}

}  // namespace duet::diff
