// Vector instructions whose memory accesses are element by element: each touches only the elements its
// mask selects, and a fault may come in the middle. The caller gives the accesses as callables, which may leave by
// longjmp; everything up to that element is then committed as the manual says.
#pragma once

#include <cstring>

#include "cpu-tcg/isa/insn.h"
#include "cpu-tcg/native/native_state.h"
#include "cpu-tcg/native/x87.h"

namespace duet::tcg {

// A vector register of `size` bytes (16 or 32) as bytes; writing zeroes the rest up to bit 255.
inline void readVector(NativeState& state, unsigned n, u8* out, unsigned size) {
  std::memcpy(out, state.xmm(n), 16);
  if (size == 32) std::memcpy(out + 16, state.ymmHigh(n), 16);
}
inline void writeVectorVex(NativeState& state, unsigned n, const u8* in, unsigned size) {
  std::memcpy(state.xmm(n), in, 16);
  if (size == 32) {
    std::memcpy(state.ymmHigh(n), in + 16, 16);
  } else {
    std::memset(state.ymmHigh(n), 0, 16);
  }
}

// Loads an MMX register. MMX instructions also set TOP to 0 and all tags to valid: call mmxTouch() when
// the instruction completes.
u64 readMmx(NativeState& state, unsigned n);
void mmxTouch(NativeState& state);

// MASKMOVQ, MASKMOVDQU, VMASKMOVDQU. probe(i): raises what a write of byte i would raise; store(i, value):
// writes byte i of the operand at [DS:rDI].
template <class Probe, class Store>
void maskedByteStore(NativeState& state, const isa::Insn& insn, Probe&& probe, Store&& store) {
  u8 data[16], mask[16];
  const bool mmx = insn.op[0].kind == isa::OperandKind::Mmx;
  const unsigned size = mmx ? 8 : 16;
  if (mmx) {
    const u64 d = readMmx(state, insn.op[0].reg & 7), m = readMmx(state, insn.op[1].reg & 7);
    std::memcpy(data, &d, 8);
    std::memcpy(mask, &m, 8);
  } else {
    readVector(state, insn.op[0].reg, data, 16);
    readVector(state, insn.op[1].reg, mask, 16);
  }
  for (unsigned i = 0; i < size; ++i) {
    if (mask[i] & 0x80) probe(i);
  }
  for (unsigned i = 0; i < size; ++i) {
    if (mask[i] & 0x80) store(i, data[i]);
  }
  if (mmx) mmxTouch(state);
}

namespace masked_detail {
// VMASKMOVPS/PD and VPMASKMOVD/Q: the element size is the mnemonic's.
inline unsigned elementSize(const isa::Insn& insn) {
  const u8 op = insn.row->opcode;
  if (op >= 0x8c) return insn.row->w == 1 ? 8 : 4;
  return op & 1 ? 8 : 4;
}
inline bool selected(const u8* element, unsigned size) { return element[size - 1] & 0x80; }
}  // namespace masked_detail

// VMASKMOV and VPMASKMOV from memory. load(offset, size) → u64: the bytes at operand + offset.
template <class Load>
void maskedLoad(NativeState& state, const isa::Insn& insn, Load&& load) {
  const unsigned size = insn.vexL ? 32 : 16, element = masked_detail::elementSize(insn);
  u8 mask[32], result[32] = {};
  readVector(state, insn.op[1].reg, mask, size);
  for (unsigned at = 0; at < size; at += element) {
    if (!masked_detail::selected(mask + at, element)) continue;
    const u64 value = load(at, element);
    std::memcpy(result + at, &value, element);
  }
  writeVectorVex(state, insn.op[0].reg, result, size);
}

// VMASKMOV and VPMASKMOV to memory. probe(offset, size), then store(offset, size, value).
template <class Probe, class Store>
void maskedStore(NativeState& state, const isa::Insn& insn, Probe&& probe, Store&& store) {
  const unsigned size = insn.vexL ? 32 : 16, element = masked_detail::elementSize(insn);
  u8 mask[32], data[32];
  readVector(state, insn.op[1].reg, mask, size);
  readVector(state, insn.op[2].reg, data, size);
  for (unsigned at = 0; at < size; at += element) {
    if (masked_detail::selected(mask + at, element)) probe(at, element);
  }
  for (unsigned at = 0; at < size; at += element) {
    if (!masked_detail::selected(mask + at, element)) continue;
    u64 value = 0;
    std::memcpy(&value, data + at, element);
    store(at, element, value);
  }
}

// VGATHER and VPGATHER. load(offset, size) → u64: `offset` is the effective address in the segment of
// insn.mem, of the instruction's address size. A fault leaves the elements so far in the destination and
// their mask elements cleared (SDM vol. 2, VPGATHERDD). The decoder has refused gathers that name a register twice.
template <class Load>
void gather(NativeState& state, const isa::Insn& insn, Load&& load) {
  const isa::Row& row = *insn.row;
  const unsigned element = row.w == 1 ? 8 : 4, indexSize = row.opcode & 1 ? 8 : 4;
  const unsigned length = insn.vexL ? 32 : 16;
  const unsigned count = length / (element > indexSize ? element : indexSize);
  const unsigned destination = insn.op[0].reg, maskRegister = insn.op[2].reg;
  const unsigned width = count * element <= 16 ? 16 : 32;
  const u64 base = insn.mem.base == isa::kNoReg ? 0 : state.gpr[insn.mem.base];
  const u64 addressMask = insn.addrSize == 8 ? ~u64{0} : (u64{1} << (8 * insn.addrSize)) - 1;
  u8 index[32], mask[32], result[32];
  readVector(state, insn.mem.index, index, 32);
  readVector(state, maskRegister, mask, 32);
  readVector(state, destination, result, 32);
  for (unsigned i = 0; i < 32; i += element) {
    const bool on = i < count * element && masked_detail::selected(mask + i, element);
    std::memset(mask + i, on ? 0xff : 0, element);
  }
  std::memset(result + count * element, 0, 32 - count * element);
  for (unsigned i = 0; i < count; ++i) {
    if (!mask[i * element]) continue;
    i64 scaled = 0;
    if (indexSize == 4) {
      i32 narrow;
      std::memcpy(&narrow, index + 4 * i, 4);
      scaled = narrow;
    } else {
      std::memcpy(&scaled, index + 8 * i, 8);
    }
    const u64 offset = base + (static_cast<u64>(scaled) << insn.mem.scale) + static_cast<u64>(insn.mem.disp);
    const u64 value = load(offset & addressMask, element);
    std::memcpy(result + i * element, &value, element);
    std::memset(mask + i * element, 0, element);
    writeVectorVex(state, destination, result, width);
    writeVectorVex(state, maskRegister, mask, width);
  }
  writeVectorVex(state, destination, result, width);
  writeVectorVex(state, maskRegister, mask, width);
}

}  // namespace duet::tcg
