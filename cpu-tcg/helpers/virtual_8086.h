// Virtual-8086 mode extensions and protected-mode virtual interrupts (SDM vol. 3 chapter 21.3, 21.4).
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

inline unsigned ioPrivilegeLevel(const Context& ctx) {
  return static_cast<unsigned>(ctx.arch.rflags >> 12 & 3);
}

// CLI and STI work on VIF: CR4.VME in virtual-8086 mode, CR4.PVI at CPL 3, both with IOPL below 3.
inline bool interruptFlagIsVirtual(const Context& ctx) {
  if (ioPrivilegeLevel(ctx) == 3) return false;
  if (ctx.v86) return ctx.arch.cr4 & kCr4Vme;
  return ctx.protectedMode && ctx.cpl == 3 && (ctx.arch.cr4 & kCr4Pvi);
}

// Virtual-8086 mode with IOPL below 3: 16-bit PUSHF, POPF and IRET work on VIF with CR4.VME; everything else of
// that kind is #GP(0).
void requireVirtualFlags(Context& ctx, unsigned size);
// FLAGS as a program sees them whose IF is VIF: IF = VIF, IOPL = 3.
u64 virtualFlagsImage(u64 flags);
// POPF and IRET of such an image: #GP(0) when it sets TF, or IF while VIP is pending.
void loadVirtualFlags(Context& ctx, u64 image);
void checkVirtualFlags(Context& ctx, u64 image);

// INT n in virtual-8086 mode with CR4.VME and a clear bit in the TSS's redirection map: straight to the 8086
// program's own handler, without leaving the mode. False when the IDT is to be used.
bool redirectInterrupt(Context& ctx, u8 vector);

}  // namespace duet::tcg
