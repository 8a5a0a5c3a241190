#include "cpu-kvm/step/instruction.h"

#include <capstone/capstone.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/base/bits.h"
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"

namespace duet::kvm {
namespace {

constexpr size_t kLongest = 15;
constexpr u64 kPage = 4096;

// One disassembler a mode and thread.
class Disassembler {
 public:
  explicit Disassembler(cs_mode mode) {
    if (cs_open(CS_ARCH_X86, mode, &handle_) != CS_ERR_OK) return;
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = cs_malloc(handle_);
  }
  ~Disassembler() {
    if (instruction_) cs_free(instruction_, 1);
    if (handle_) cs_close(&handle_);
  }
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  const cs_insn* decode(std::span<const u8> bytes) {
    const u8* code = bytes.data();
    size_t size = bytes.size();
    u64 address = 0;
    return instruction_ && cs_disasm_iter(handle_, &code, &size, &address, instruction_) ? instruction_
                                                                                         : nullptr;
  }
  const char* name(unsigned reg) const { return cs_reg_name(handle_, reg); }

 private:
  csh handle_ = 0;
  cs_insn* instruction_ = nullptr;
};

Disassembler& disassemblerFor(unsigned bits) {
  thread_local Disassembler d16(CS_MODE_16), d32(CS_MODE_32), d64(CS_MODE_64);
  return bits == 64 ? d64 : bits == 32 ? d32 : d16;
}

// A general register, the instruction pointer, or nothing.
struct RegisterName {
  std::array<x86_reg, 4> names;  // 64, 32, 16, 8 bits
  __u64 kvm_regs::* member;
};
constexpr RegisterName kRegisters[] = {
    {{X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL}, &kvm_regs::rax},
    {{X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL}, &kvm_regs::rcx},
    {{X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL}, &kvm_regs::rdx},
    {{X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL}, &kvm_regs::rbx},
    {{X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL}, &kvm_regs::rsp},
    {{X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL}, &kvm_regs::rbp},
    {{X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL}, &kvm_regs::rsi},
    {{X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL}, &kvm_regs::rdi},
    {{X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B}, &kvm_regs::r8},
    {{X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B}, &kvm_regs::r9},
    {{X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B}, &kvm_regs::r10},
    {{X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B}, &kvm_regs::r11},
    {{X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B}, &kvm_regs::r12},
    {{X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B}, &kvm_regs::r13},
    {{X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B}, &kvm_regs::r14},
    {{X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B}, &kvm_regs::r15}};

u64 registerValue(const GuestView& view, unsigned reg, unsigned length) {
  constexpr unsigned kBits[] = {64, 32, 16, 8};
  if (reg == X86_REG_RIP) return view.regs.rip + length;
  for (const RegisterName& r : kRegisters)
    for (unsigned i = 0; i < 4; ++i)
      if (reg == static_cast<unsigned>(r.names[i])) return view.regs.*r.member & lowMask(kBits[i]);
  return 0;
}

const kvm_segment& segmentOf(const GuestView& view, const x86_op_mem& m) {
  switch (m.segment) {
    case X86_REG_ES:
      return view.sregs.es;
    case X86_REG_CS:
      return view.sregs.cs;
    case X86_REG_SS:
      return view.sregs.ss;
    case X86_REG_FS:
      return view.sregs.fs;
    case X86_REG_GS:
      return view.sregs.gs;
    default:
      break;
  }
  const auto isOf = [&](x86_reg a, x86_reg b, x86_reg c) {
    return m.base == a || m.base == b || m.base == c;
  };
  const bool stack = isOf(X86_REG_RSP, X86_REG_ESP, X86_REG_SP) || isOf(X86_REG_RBP, X86_REG_EBP, X86_REG_BP);
  return stack && m.segment == X86_REG_INVALID ? view.sregs.ss : view.sregs.ds;
}

// BT and its kin with a register: the bit string's byte that the index selects (SDM vol. 2A, "BT").
i64 bitOffset(const GuestView& view, const cs_insn& in) {
  const cs_x86& x = in.detail->x86;
  const bool bitString =
      in.id == X86_INS_BT || in.id == X86_INS_BTS || in.id == X86_INS_BTR || in.id == X86_INS_BTC;
  if (!bitString || x.op_count != 2 || x.operands[1].type != X86_OP_REG) return 0;
  const unsigned width = x.operands[0].size * 8u;
  const u64 index = registerValue(view, static_cast<unsigned>(x.operands[1].reg), in.size);
  const i64 bit = static_cast<i64>(signExtend(index, width));
  return (bit >> (width == 64 ? 6 : width == 32 ? 5 : 4)) * x.operands[0].size;
}

bool touchesNothing(unsigned id) {
  return id == X86_INS_LEA || id == X86_INS_NOP || id == X86_INS_INVLPG || id == X86_INS_PREFETCH ||
         id == X86_INS_PREFETCHW || id == X86_INS_PREFETCHNTA || id == X86_INS_PREFETCHT0 ||
         id == X86_INS_PREFETCHT1 || id == X86_INS_PREFETCHT2 || id == X86_INS_CLFLUSH;
}

bool repeated(const cs_x86& x) { return x.prefix[0] == X86_PREFIX_REP || x.prefix[0] == X86_PREFIX_REPNE; }

bool isString(unsigned id) {
  switch (id) {
    case X86_INS_MOVSB:
    case X86_INS_MOVSW:
    case X86_INS_MOVSD:
    case X86_INS_MOVSQ:
    case X86_INS_STOSB:
    case X86_INS_STOSW:
    case X86_INS_STOSD:
    case X86_INS_STOSQ:
    case X86_INS_LODSB:
    case X86_INS_LODSW:
    case X86_INS_LODSD:
    case X86_INS_LODSQ:
    case X86_INS_SCASB:
    case X86_INS_SCASW:
    case X86_INS_SCASD:
    case X86_INS_SCASQ:
    case X86_INS_CMPSB:
    case X86_INS_CMPSW:
    case X86_INS_CMPSD:
    case X86_INS_CMPSQ:
    case X86_INS_INSB:
    case X86_INS_INSW:
    case X86_INS_INSD:
    case X86_INS_OUTSB:
    case X86_INS_OUTSW:
    case X86_INS_OUTSD:
      return true;
    default:
      return false;
  }
}

void addAccesses(const GuestView& view, const cs_insn& in, Instruction& out) {
  const cs_x86& x = in.detail->x86;
  if (touchesNothing(in.id)) return;
  const u64 addressMask = lowMask(x.addr_size * 8u);
  if (isString(in.id) && repeated(x) && (view.regs.rcx & addressMask) == 0) return;
  for (unsigned i = 0; i < x.op_count; ++i) {
    const cs_x86_op& op = x.operands[i];
    if (op.type != X86_OP_MEM) continue;
    const u64 offset =
        registerValue(view, static_cast<unsigned>(op.mem.base), in.size) +
        registerValue(view, static_cast<unsigned>(op.mem.index), in.size) * static_cast<u64>(op.mem.scale) +
        static_cast<u64>(op.mem.disp) + static_cast<u64>(bitOffset(view, in));
    // What the disassembler does not say is taken as both.
    const bool read = !op.access || op.access & CS_AC_READ, write = !op.access || op.access & CS_AC_WRITE;
    out.accesses.push_back(
        {view.linear(segmentOf(view, op.mem), offset & addressMask), op.size, read, write});
  }
}

StackUse stackUse(unsigned id) {
  switch (id) {
    case X86_INS_PUSH:
    case X86_INS_PUSHAW:
    case X86_INS_PUSHAL:
    case X86_INS_PUSHF:
    case X86_INS_PUSHFD:
    case X86_INS_PUSHFQ:
    case X86_INS_CALL:
    case X86_INS_LCALL:
    case X86_INS_ENTER:
      return StackUse::Pushes;
    case X86_INS_POP:
    case X86_INS_POPAW:
    case X86_INS_POPAL:
    case X86_INS_POPF:
    case X86_INS_POPFD:
    case X86_INS_POPFQ:
    case X86_INS_RET:
    case X86_INS_RETF:
    case X86_INS_RETFQ:
    case X86_INS_IRET:
    case X86_INS_IRETD:
    case X86_INS_IRETQ:
      return StackUse::Pops;
    default:
      return StackUse::None;
  }
}

bool loadsSs(const cs_x86& x) {
  return x.op_count && x.operands[0].type == X86_OP_REG && x.operands[0].reg == X86_REG_SS;
}

// Of one item on the stack: 64-bit code has no 4-byte ones.
u8 itemBytes(const GuestView& view, const cs_x86& x) {
  const bool small = x.prefix[2] == X86_PREFIX_OPSIZE;
  if (view.codeBits() == 64) return small ? 2 : 8;
  return (view.codeBits() == 32) != small ? 4 : 2;
}

void loadSs(const GuestView& view, const cs_insn& in, Instruction& out) {
  const cs_x86& x = in.detail->x86;
  out.kind = InstructionKind::LoadSs;
  out.fromStack = in.id == X86_INS_POP;
  if (in.id != X86_INS_MOV) return;
  out.loadsMemory = x.operands[1].type == X86_OP_MEM;
  if (!out.loadsMemory)
    out.selector = static_cast<u16>(registerValue(view, static_cast<unsigned>(x.operands[1].reg), in.size));
}

void classify(const GuestView& view, const cs_insn& in, Instruction& out) {
  const cs_x86& x = in.detail->x86;
  const auto interrupt = [&](u8 vector) {
    out.kind = InstructionKind::Interrupt;
    out.vector = vector;
  };
  out.kind = InstructionKind::Ordinary;
  switch (in.id) {
    case X86_INS_INT:
      return interrupt(static_cast<u8>(x.operands[0].imm));
    case X86_INS_INT3:
      return interrupt(kExcBP);
    case X86_INS_INT1:
      return interrupt(kExcDB);
    case X86_INS_INTO:
      if (view.regs.rflags & kFlagOf) interrupt(kExcOF);
      return;
    case X86_INS_HLT:
      out.kind = InstructionKind::Halt;
      return;
    case X86_INS_STI:
      out.kind = InstructionKind::Sti;
      return;
    case X86_INS_MOV:
    case X86_INS_POP:
      if (loadsSs(x)) loadSs(view, in, out);
      return;
    case X86_INS_PUSHF:
    case X86_INS_PUSHFD:
    case X86_INS_PUSHFQ:
      out.kind = InstructionKind::PushFlags;
      return;
    case X86_INS_POPF:
    case X86_INS_POPFD:
    case X86_INS_POPFQ:
      out.kind = InstructionKind::PopFlags;
      return;
    case X86_INS_IRET:
    case X86_INS_IRETD:
    case X86_INS_IRETQ:
      out.kind = InstructionKind::InterruptReturn;
      out.operandBytes = in.id == X86_INS_IRETQ ? 8 : in.id == X86_INS_IRETD ? 4 : 2;
      return;
    case X86_INS_SYSCALL:
      out.kind = InstructionKind::SystemCall;
      return;
    case X86_INS_SYSRET:
      out.kind = InstructionKind::SystemReturn;
      return;
    default:
      return;
  }
}

}  // namespace

Instruction instructionAt(const GuestView& view) {
  std::array<u8, kLongest> bytes;
  const u64 inPage = kPage - view.code().value % kPage;
  size_t size = kLongest;
  if (!view.read(view.code(), bytes)) size = std::min<u64>(inPage, kLongest);
  if (size < kLongest && !view.read(view.code(), std::span(bytes).first(size))) return {};
  const cs_insn* in = disassemblerFor(view.codeBits()).decode(std::span(bytes).first(size));
  if (!in) return {};
  Instruction out;
  out.length = static_cast<u8>(in->size);
  out.operandBytes = itemBytes(view, in->detail->x86);
  classify(view, *in, out);
  out.repeated = isString(in->id) && repeated(in->detail->x86);
  out.stack = stackUse(in->id);
  addAccesses(view, *in, out);
  return out;
}

}  // namespace duet::kvm
