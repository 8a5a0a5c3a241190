// Guest memory as instructions see it: segmentation, paging, alignment, I/O, self-modifying code.
#pragma once

#include "cpu-tcg/runtime/context.h"
#include "cpu-tcg/runtime/fault.h"

namespace duet::tcg {

// Effective address of the instruction's memory operand, truncated to the address size; no segment.
u64 effectiveAddress(const Context& ctx, const isa::Insn& insn);

// Linear address of seg:offset for an access of `size` bytes, after limit, type and canonical checks
// (#GP(0), or #SS(0) for SS). `write` selects the rights checked.
LinearAddr linearAddress(Context& ctx, isa::SegReg seg, u64 offset, u32 size, bool write);

// Explicit data accesses at the current CPL (T: u8, u16, u32, u64, u128). They handle page crossing
// (both pages checked before anything is written), MMIO, alignment checks (#AC) and code pages.
template <class T>
T load(Context& ctx, isa::SegReg seg, u64 offset);
template <class T>
void store(Context& ctx, isa::SegReg seg, u64 offset, T value);
template <class T>
T loadLinear(Context& ctx, LinearAddr address);
template <class T>
void storeLinear(Context& ctx, LinearAddr address, T value);

// Read-modify-write: stores fn(old) and returns old. Checked for writing before anything is read, so a
// fault is a write fault. The second kind is one atomic operation (LOCK, XCHG) and may call fn more than once.
template <class T, class Fn>
T modify(Context& ctx, isa::SegReg seg, u64 offset, Fn fn);
template <class T, class Fn>
T lockedModify(Context& ctx, isa::SegReg seg, u64 offset, Fn fn);
template <class T, class Fn>
T lockedModify(Context& ctx, LinearAddr address, Fn fn);
// Atomic compare and exchange (T up to u128); returns the old value. Memory is written on failure too.
template <class T>
T lockedCompareExchange(Context& ctx, LinearAddr address, T expected, T desired);

// Implicit supervisor accesses (descriptor tables, TSS, interrupt stacks), whatever the CPL.
template <class T>
T loadSystem(Context& ctx, LinearAddr address);
template <class T>
void storeSystem(Context& ctx, LinearAddr address, T value);

// Bulk access for FXSAVE and the like, at the current CPL; faults before anything is written.
void loadBytes(Context& ctx, LinearAddr address, void* out, u32 size);
void storeBytes(Context& ctx, LinearAddr address, const void* data, u32 size);

// Raises the fault that a write (read) of [address, +size) would raise; for restartable sequences.
void probeWrite(Context& ctx, LinearAddr address, u32 size, bool systemAccess = false);
void probeRead(Context& ctx, LinearAddr address, u32 size, bool systemAccess = false);

// Host pointer for [address, +size) at the current CPL if it lies in one page of RAM, else nullptr (use
// load/store). Raises what the access would raise. A read-only one may be ROM. Call wrote() after writing through a
// writable one.
u8* hostPointer(Context& ctx, LinearAddr address, u32 size, bool write);
void wrote(Context& ctx, void* host, u32 size);

// Stack with the current stack size; rSP is changed by the caller (commit after the last fault).
template <class T>
void storeStack(Context& ctx, u64 sp, T value);  // at SS:(sp & stack mask)
template <class T>
T loadStack(Context& ctx, u64 sp);
u64 stackPointer(const Context& ctx);           // masked to the stack size
void setStackPointer(Context& ctx, u64 value);  // keeps upper bits for 16-bit; zero-extends for 32-bit

// Port I/O without permission checks (those are in helpers).
u32 portIn(Context& ctx, u16 port, unsigned size);
void portOut(Context& ctx, u16 port, unsigned size, u32 value);

// The page of code at linear address `address` at the current CPL, or the fetch's #PF (rights as the walker says).
const mmu::ExecTlbEntry& fetchPage(Context& ctx, LinearAddr address);
// One byte of code from a page that has no host pointer.
u8 fetchSlowByte(Context& ctx, Gpa address);

}  // namespace duet::tcg

#include "cpu-tcg/runtime/memory_inline.h"
