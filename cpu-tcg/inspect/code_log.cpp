#include "cpu-tcg/inspect/code_log.h"

#include <capstone/capstone.h>

#include "core/base/log.h"

namespace duet::tcg {

void CodeLog::added(const CompiledCode& made) {
  if (!made.cold)
    log(LogChannel::Jit, "cpu {} 0x{:016x} {}: {} instructions, {} bytes at {}", made.vcpu, made.rip,
        made.tier, made.instructions, made.code.size(), fmt::ptr(made.code.data()));
  if (logEnabled(LogChannel::OutAsm))
    log(LogChannel::OutAsm, "cpu {}, of 0x{:016x}{}, {} bytes\n{}", made.vcpu, made.rip,
        made.cold ? ", cold" : "", made.code.size(), hostListing(made.code));
}

void CodeLog::dropped(unsigned memory) { log(LogChannel::Jit, "code memory {} dropped", memory); }

std::string hostListing(std::span<const u8> code) {
  csh handle;
  if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK) return "  (no memory to list it)";
  cs_insn* insns = nullptr;
  const size_t count =
      cs_disasm(handle, code.data(), code.size(), reinterpret_cast<u64>(code.data()), 0, &insns);
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += fmt::format("{}  0x{:012x}: {} {}", i ? "\n" : "", insns[i].address, insns[i].mnemonic,
                        insns[i].op_str);
  cs_free(insns, count);
  cs_close(&handle);
  return text;
}

}  // namespace duet::tcg
