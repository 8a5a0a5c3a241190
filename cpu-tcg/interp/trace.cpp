#include "cpu-tcg/interp/trace.h"

#include "cpu-tcg/isa/format.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {
namespace {

std::string hexBytes(std::span<const u8> bytes) {
  std::string text;
  for (const u8 b : bytes) text += fmt::format("{:02x} ", b);
  return text;
}

void logState(const Context& ctx) {
  const CpuState& a = ctx.arch;
  constexpr const char* kNames[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  constexpr const char* kSegments[] = {"es", "cs", "ss", "ds", "fs", "gs"};
  std::string text =
      fmt::format("cpu {} rip={:016x} flags={:08x} cpl={}", ctx.env->index, a.rip, readFlags(ctx), ctx.cpl);
  for (unsigned n = 0; n < 16; ++n)
    text += fmt::format("{}{:>3}={:016x}", n % 4 ? " " : "\n  ", kNames[n], a.gpr[n]);
  text += "\n ";
  for (unsigned n = 0; n < std::size(kSegments); ++n)
    text += fmt::format(" {}={:04x}:{:x}", kSegments[n], a.segment[n].selector, a.segment[n].base);
  text += fmt::format("\n  cr0={:08x} cr2={:016x} cr3={:016x} cr4={:08x} efer={:x}", a.cr0, a.cr2, a.cr3,
                      a.cr4, a.msr.efer);
  log(LogChannel::Cpu, "{}", text);
}

}  // namespace

void traceDecoded(const Context& ctx, const Block& block, std::span<const u8> bytes) {
  constexpr size_t kColumn = 3 * 11;
  std::string text = fmt::format("cpu {}, {} instructions", ctx.env->index, block.count);
  u64 rip = ctx.arch.rip;
  size_t at = 0;
  for (unsigned n = 0; n < block.count; ++n) {
    const BlockInsn& insn = block.insns[n];
    const std::string shown = insn.row ? isa::format(insn, rip) : std::string("(bad)");
    text += fmt::format("\n  0x{:016x}: {:<{}} {}", rip,
                        hexBytes(bytes.subspan(at, std::min<size_t>(insn.length, bytes.size() - at))),
                        kColumn, shown);
    at = std::min<size_t>(at + insn.length, bytes.size());
    rip = (rip + insn.length) & ctx.ripMask;
  }
  log(LogChannel::InAsm, "{}", text);
}

void traceRun(const Context& ctx, const Block& block, unsigned count, bool compiled) {
  log(LogChannel::Exec, "cpu {} 0x{:016x} {}{}", ctx.env->index, ctx.arch.rip,
      compiled ? "compiled" : "interpreted",
      count == block.count ? "" : fmt::format(", {} of {} instructions", count, block.count));
  if (logEnabled(LogChannel::Cpu)) logState(ctx);
}

}  // namespace duet::tcg
