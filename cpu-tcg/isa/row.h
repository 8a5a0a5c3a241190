// One row describes one instruction form. Rows are written in cpu-tcg/isa/tables/*.inc as
//
//   ROW("encoding", "mnemonic", "operands", "attributes", Feature, "flags", Sem)
//
// and everything else (decoder, disassembly check, interpreter dispatch, native stubs, test-encoding
// generator, coverage page) is derived from them.
//
//  encoding    as the Intel SDM prints it:
//                "00 /r"  "80 /4 ib"  "50+r"  "0F A2"  "66 0F 38 F6 /r"  "NP 0F AE /0 m" "F3 0F AE /5 r"
//                "D9 /5 r1" (= fixed ModRM 11 reg rm), "0F 01 /7 r0" = 0F 01 F8
//                "VEX.128.66.0F38.W0 18 /r"; L: 128 256 LIG LZ (LZ = L must be 0), W: W0 W1 WIG;
//                "NDS"-style tags are not written: an H/B operand says that vvvv is used (else vvvv must be 1111b).
//              Prefix tokens: "NP" (none of 66/F2/F3 allowed as selector), "66", "F2", "F3" select the
//              row; no token: 66 is operand size, F2/F3 are ignored or REP.
//              "/r" any ModRM; "/n" reg field fixed; trailing "m" memory only, "r" register only, "rN" fixed rm.
//              "REX.W" token: only with REX.W=1; "REX.0": only without. "REX.B0"/"REX.B1": by REX.B (NOP, PAUSE).
//              immediates: "ib" "iw" "id" "io" are documentation here; the operand codes decide.
//  mnemonic    the manual's name in lower case; "a/b/c" by operand size 16/32/64, "@a/b/c" by address size.
//  operands    comma list of codes below; '=' before one: written only, '+': read and written,
//              '?': conditionally written (CMOVcc reg form of 32 bits etc. still zero-extends: use '+'),
//              none: read only. Implicit operands are not listed (see Sem / attributes).
//                GPR/memory  Eb Ew Ed Eq Ev Ey(d, or q with REX.W; never 16)  Gb Gw Gd Gq Gv Gy  Rv Rd Rq Ry (mod=3 only)
//                            Zv Zb Zq = register in opcode low 3 bits (+REX.B)   By = vvvv GPR (d/q)
//                            Ez = like Ev but 16/32 only;  E?/R? with mixed sizes: "Rd/Mb" = 32-bit register or 8-bit memory
//                            (also Rd/Mw, Ry/Mb, Ry/Mw, Rv/Mw)
//                memory      M (address only: LEA, INVLPG), Mv My Mz Mb Mw Md Mq Mt(80 bit) Mdq(16 bytes) Mqq(32)
//                            Mp (far pointer m16:16/32/64), Ms (pseudo-descriptor), Ma (BOUND pair), Mx(vector length)
//                            M14/28 (FLDENV), M94/108 (FSAVE), M512 (FXSAVE), Mxs (XSAVE area)
//                implicit    AL AX EAX RAX rAX(opsize) eAX(16/32) CL DX EDX  ES CS SS DS FS GS  1 (constant)  XMM0
//                immediates  Ib Iw Id(32) Iz(16/32, sign-extended to 64) Iv(16/32/64) sIb (sign-extended to opsize)
//                            Jb Jz (relative)  Ap (far pointer)  Ob Ov (moffs)
//                strings     Xb Xv (DS:rSI)  Yb Yv (ES:rDI)   Xz Yz (INS/OUTS 16/32)
//                system      Sw (segment by reg)  Cy (CR by reg, 32/64)  Dy (DR by reg)
//                x87         ST0 STi Md Mq Mt Mw
//                MMX         Pq (reg) Qq Qd (reg or mem, size) Nq (rm, register only)
//                vector      V (reg field) W (reg or memory) H (vvvv) U (rm, register only) L (imm8[7:4])
//                            + size: x (vector length: 16 or 32), dq (16), qq (32), ss/d (4), sd/q (8), w (2), b (1),
//                            h (half of vector length), f (a fourth), e (an eighth).  E.g. "=Vx,Hx,Wx", "=Vdq,Wq", "=Wss,Vss"
//                            VSIB memory: VMd VMq (x index by attribute "vsibx"/"vsiby")
//  attributes  blank-separated words:
//                lock      LOCK allowed (memory destination)
//                rep       F3 = REP; repe: F3/F2 = REPE/REPNE
//                d64       operand size 64 by default in 64-bit mode (66 gives 16);  f64  near branch: always 64 there, but on AMD 66 gives 16
//                b8        byte form (operand size 8 bits)
//                i64       #UD in 64-bit mode;  o64  #UD outside
//                prot      #UD in real and virtual-8086 mode;  intel  on AMD's processors #UD, before ModRM is fetched
//                cpl0      #GP(0) unless CPL 0;  iopl  #GP(0) when CPL > IOPL (Sem checks what depends on more)
//                end       ends a block (may change flow, mode, or what the next bytes mean; serializes)
//                x1..x13   exception class of the SDM (vol. 2 section 2.4);  xL1.. see table file notes
//                fpu  mmx  x87 / MMX instruction (#NM by CR0.EM/TS, #MF pending); "nowait": does not check #MF
//                sse  legacy SSE state (#UD by CR0.EM / CR4.OSFXSR, #NM by TS);  avx: needs XCR0/CR4.OSXSAVE
//                mxcsr     reads/raises MXCSR exceptions
//                vsibx vsiby
//  feature     a name from tables/feature.h; Base for the 8086..P6 core that every model has.
//  flags       "r:<flags> w:<flags> u:<flags> 0:<flags> 1:<flags>" letters o s z a p c d i t n(NT) f(RF) ; "" = none.
//              r read, w written by result, u undefined after, 0/1 set constant.
//  Sem         name of the struct in cpu-tcg/sem or helpers that carries it out; `Native` = the
//              host's own instruction through a stub (all vector and x87 arithmetic).
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/types.h"
#include "cpu-tcg/isa/feature.h"

namespace duet::tcg::isa {

enum class Map : u8 { OneByte, M0F, M0F38, M0F3A };
enum class MandatoryPrefix : u8 { Any, None, P66, PF3, PF2 };
enum class ModrmRule : u8 { Absent, Any, Memory, Register };

enum Attr : u32 {
  kAttrLock = 1u << 0,
  kAttrRep = 1u << 1,   // F3 repeats
  kAttrRepe = 1u << 2,  // F3 repeats while ZF, F2 while not ZF
  kAttrD64 = 1u << 3,
  kAttrF64 = 1u << 4,
  kAttrI64 = 1u << 5,
  kAttrO64 = 1u << 6,
  kAttrProt = 1u << 7,
  kAttrCpl0 = 1u << 8,
  kAttrIopl = 1u << 9,
  kAttrEnd = 1u << 10,
  kAttrFpu = 1u << 11,
  kAttrMmx = 1u << 12,
  kAttrNoWait = 1u << 13,
  kAttrSse = 1u << 14,
  kAttrAvx = 1u << 15,
  kAttrMxcsr = 1u << 16,
  kAttrVsibX = 1u << 17,
  kAttrVsibY = 1u << 18,
  kAttrByte = 1u << 19,
  kAttrIntel = 1u << 20,
};

// Operand access, from the '=', '+', '?' marks.
enum class Access : u8 { Read, Write, ReadWrite, MaybeWrite };

// Where an operand comes from.
enum class Slot : u8 {
  None,
  ModrmRm,
  ModrmReg,
  OpcodeReg,
  Vvvv,
  Imm4Reg,
  Immediate,
  Relative,
  FarPointer,
  Moffs,
  StringSrc,
  StringDst,
  Fixed,
  One
};
enum class RegClass : u8 { None, Gpr, Segment, Control, Debug, Fpu, Mmx, Vector };
// How an operand's size in bytes follows from the instruction.
enum class SizeRule : u8 {
  None,
  B1,
  B2,
  B4,
  B8,
  B10,
  B16,
  B32,
  B14_28,
  B94_108,
  B512,
  XsaveArea,
  OpSize,   // v: 16/32/64
  OpSizeZ,  // z: 16/32 (32 when 64)
  OpSizeY,  // y: 32/64
  Native,   // 32 outside, 64 inside 64-bit mode (CR/DR moves, PUSH sreg)
  VecLen,
  VecHalf,
  VecFourth,
  VecEighth,
  FarPtr,
  PseudoDescriptor,
  BoundPair
};

struct OperandSpec {
  Slot slot = Slot::None;
  RegClass cls = RegClass::None;  // register class (None: memory only)
  SizeRule size = SizeRule::None;
  SizeRule memSize = SizeRule::None;  // when different for memory (Rd/Mb); else None
  Access access = Access::Read;
  u8 fixedReg = 0;  // Slot::Fixed: register number (AL/rAX 0, CL 1, DX 2, ES 0 .. GS 5, XMM0 0, ST0 0)
  bool memoryAllowed = false;
  bool registerAllowed = false;
  bool addressOnly = false;  // M: effective address, no access
  bool signExtendImm = false;
};

// Flag masks use the EFLAGS bit positions.
struct FlagEffect {
  u32 read = 0, written = 0, undefined = 0, cleared = 0, set = 0;
};

inline constexpr unsigned kMaxOperands = 4;

// What the decoder reads comes first: it fills a cache line.
struct alignas(64) Row {
  u16 index = 0;  // position in allRows(): stable within a build
  Map map = Map::OneByte;
  u8 opcode = 0;
  bool opcodeReg = false;  // +r: opcode..opcode+7
  bool vex = false;
  MandatoryPrefix prefix = MandatoryPrefix::Any;
  ModrmRule modrm = ModrmRule::Absent;
  i8 modrmReg = -1;         // fixed reg field, or -1
  i8 modrmRm = -1;          // fixed rm field (register form), or -1
  i8 w = -1;                // REX.W / VEX.W: 0, 1 or -1 (ignored)
  i8 l = -1;                // VEX.L: 0, 1 or -1 (LIG)
  i8 rexB = -1;             // REX.B: 0, 1 or -1 (a register extension)
  bool modIgnored = false;  // MOV CR/DR: every ModRM names registers
  bool usesVvvv = false;    // else VEX.vvvv must be 1111b
  u8 operandCount = 0;
  OperandSpec operands[kMaxOperands];
  u32 attrs = 0;

  u8 exceptionClass = 0;  // 1..13 of SDM vol. 2 table 2-17, 0 none
  Feature feature = Feature::Base;
  FlagEffect flags;
  const char* encoding = nullptr;
  const char* mnemonic = nullptr;
  const char* operandText = nullptr;
  std::string_view semName;

  bool has(Attr a) const { return attrs & a; }
};
static_assert(offsetof(Row, exceptionClass) <= 64);

}  // namespace duet::tcg::isa
