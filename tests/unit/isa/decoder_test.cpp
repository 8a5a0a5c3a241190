// Encodings picked from the SDM, volume 2, with the text they stand for, in each code mode.
// Every byte string is exactly one instruction: its length is checked, and that one byte less is not enough.
#include <gtest/gtest.h>

#include "cpu-tcg/isa/format.h"
#include "tests/unit/isa/decode_helper.h"

namespace duet::tcg::isa {
namespace {

struct Case {
  const char* hex;
  const char* text;
};

void check(CodeMode mode, std::span<const Case> cases) {
  for (const Case& c : cases) {
    const std::vector<u8> bytes = bytesOf(c.hex);
    Insn insn;
    ASSERT_EQ(decode(bytes, mode, true, FeatureSet::all(), insn), DecodeStatus::Ok)
        << c.hex << " = " << c.text;
    EXPECT_EQ(format(insn, 0x1000), c.text) << c.hex;
    EXPECT_EQ(insn.length, bytes.size()) << c.hex;
    Insn cut;
    const std::span<const u8> shorter(bytes.data(), bytes.size() - 1);
    EXPECT_EQ(decode(shorter, mode, true, FeatureSet::all(), cut), DecodeStatus::NeedMore) << c.hex;
  }
}

TEST(Decoder, Bits64Integer) {
  static constexpr Case kCases[] = {
      {"00 c8", "add al, cl"},
      {"01 c8", "add eax, ecx"},
      {"48 01 c8", "add rax, rcx"},
      {"66 01 c8", "add ax, cx"},
      {"66 48 01 c8", "add rax, rcx"},
      {"45 01 c8", "add r8d, r9d"},
      {"00 e0", "add al, ah"},
      {"40 00 e0", "add al, spl"},
      {"f0 01 08", "lock add dword ptr [rax], ecx"},
      {"05 00 00 00 80", "add eax, 0x80000000"},
      {"48 05 00 00 00 80", "add rax, 0xffffffff80000000"},
      {"66 05 00 80", "add ax, 0x8000"},
      {"83 c0 ff", "add eax, 0xffffffff"},
      {"6a ff", "push 0xffffffffffffffff"},
      {"66 68 34 12", "push 0x1234"},
      {"68 00 00 00 80", "push 0xffffffff80000000"},
      {"50", "push rax"},
      {"66 50", "push ax"},
      {"41 57", "push r15"},
      {"8f 00", "pop qword ptr [rax]"},
      {"ff 34 24", "push qword ptr [rsp]"},
      {"b8 78 56 34 12", "mov eax, 0x12345678"},
      {"48 b8 88 77 66 55 44 33 22 11", "mov rax, 0x1122334455667788"},
      {"48 c7 c0 ff ff ff ff", "mov rax, 0xffffffffffffffff"},
      {"a1 88 77 66 55 44 33 22 11", "mov eax, dword ptr [0x1122334455667788]"},
      {"67 a1 44 33 22 11", "mov eax, dword ptr [0x11223344]"},
      {"64 48 8b 04 25 28 00 00 00", "mov rax, qword ptr fs:[0x28]"},
      {"2e 8b 00", "mov eax, dword ptr [rax]"},
      {"8b 05 10 00 00 00", "mov eax, dword ptr [rip+0x10]"},
      {"67 8b 05 f0 ff ff ff", "mov eax, dword ptr [eip-0x10]"},
      {"8b 45 00", "mov eax, dword ptr [rbp]"},
      {"41 8b 45 00", "mov eax, dword ptr [r13]"},
      {"41 8b 04 24", "mov eax, dword ptr [r12]"},
      {"8b 04 65 10 00 00 00", "mov eax, dword ptr [0x10]"},
      {"42 8b 04 20", "mov eax, dword ptr [rax+r12]"},
      {"8b 44 88 10", "mov eax, dword ptr [rax+rcx*4+0x10]"},
      {"8d 04 80", "lea eax, [rax+rax*4]"},
      {"63 c1", "movsxd eax, ecx"},
      {"48 63 c1", "movsxd rax, ecx"},
      {"0f b6 c1", "movzx eax, cl"},
      {"48 0f bf 01", "movsx rax, word ptr [rcx]"},
      {"90", "nop"},
      {"66 90", "nop"},
      {"f3 90", "pause"},
      {"41 90", "xchg r8d, eax"},
      {"49 90", "xchg r8, rax"},
      {"91", "xchg ecx, eax"},
      {"98", "cwde"},
      {"66 98", "cbw"},
      {"48 98", "cdqe"},
      {"48 99", "cqo"},
      {"9c", "pushfq"},
      {"66 9c", "pushf"},
      {"9f", "lahf"},
      {"c2 08 00", "ret 0x8"},
      {"48 cf", "iretq"},
      {"cf", "iretd"},
      {"c8 10 00 01", "enter 0x10, 0x1"},
      {"e8 00 00 00 00", "call 0x1005"},
      {"66 e8 00 00 00 00", "call 0x1006"},
      {"eb fe", "jmp 0x1000"},
      {"ff e0", "jmp rax"},
      {"ff 2c 24", "jmp far fword ptr [rsp]"},
      {"48 ff 1c 24", "call far tbyte ptr [rsp]"},
      {"0f 84 00 00 00 01", "je 0x1001006"},
      {"e3 00", "jrcxz 0x1002"},
      {"67 e3 00", "jecxz 0x1003"},
      {"d1 e0", "shl eax, 0x1"},
      {"48 c1 f8 3f", "sar rax, 0x3f"},
      {"d2 08", "ror byte ptr [rax], cl"},
      {"f3 48 a5", "rep movsq qword ptr es:[rdi], qword ptr ds:[rsi]"},
      {"f2 ae", "repne scasb al, byte ptr es:[rdi]"},
      {"64 ac", "lodsb al, byte ptr fs:[rsi]"},
      {"67 aa", "stosb byte ptr es:[edi], al"},
      {"6d", "insd dword ptr es:[rdi], dx"},
      {"e4 60", "in al, 0x60"},
      {"48 ed", "in eax, dx"},
      {"66 ef", "out dx, ax"},
      {"f6 c0 01", "test al, 0x1"},
      {"f6 c8 01", "test al, 0x1"},
      {"f7 d8", "neg eax"},
      {"0f c8", "bswap eax"},
      {"49 0f cf", "bswap r15"},
      {"0f a3 08", "bt dword ptr [rax], ecx"},
      {"48 0f ba e0 3f", "bt rax, 0x3f"},
      {"f0 48 0f c7 08", "lock cmpxchg16b xmmword ptr [rax]"},
      {"f0 0f c7 08", "lock cmpxchg8b qword ptr [rax]"},
      {"f0 0f b1 0a", "lock cmpxchg dword ptr [rdx], ecx"},
      {"0f a4 c8 05", "shld eax, ecx, 0x5"},
      {"0f b9 c1", "ud1 eax, ecx"},
      {"0f ff 41 10", "ud0 eax, dword ptr [rcx+0x10]"},
      {"0f 0b", "ud2"},
      {"0f 45 c1", "cmovne eax, ecx"},
      {"0f 9f c0", "setg al"},
      {"40 0f 9f c4", "setg spl"},
  };
  check(CodeMode::Bits64, kCases);
}

TEST(Decoder, Bits64System) {
  static constexpr Case kCases[] = {
      {"0f 05", "syscall"},
      {"48 0f 07", "sysretq"},
      {"0f 07", "sysret"},
      {"0f 20 c0", "mov rax, cr0"},
      {"0f 20 00", "mov rax, cr0"},
      {"44 0f 20 c0", "mov rax, cr8"},
      {"0f 22 d8", "mov cr3, rax"},
      {"66 0f 22 e0", "mov cr4, rax"},
      {"41 0f 23 f8", "mov dr7, r8"},
      {"0f 01 10", "lgdt tbyte ptr [rax]"},
      {"0f 01 f8", "swapgs"},
      {"0f 01 f9", "rdtscp"},
      {"0f 01 d0", "xgetbv"},
      {"0f 01 ca", "clac"},
      {"0f 01 38", "invlpg [rax]"},
      {"66 0f 38 82 08", "invpcid rcx, xmmword ptr [rax]"},
      {"0f 00 d8", "ltr ax"},
      {"0f 00 c0", "sldt eax"},
      {"0f 00 00", "sldt word ptr [rax]"},
      {"48 0f 01 e0", "smsw rax"},
      {"8e d8", "mov ds, ax"},
      {"44 8e d8", "mov ds, ax"},
      {"8c d8", "mov eax, ds"},
      {"0f a8", "push gs"},
      {"0f b2 20", "lss esp, fword ptr [rax]"},
      {"0f ae 00", "fxsave [rax]"},
      {"48 0f ae 08", "fxrstor64 [rax]"},
      {"0f ae e8", "lfence"},
      {"0f ae f1", "mfence"},
      {"66 0f ae 38", "clflushopt byte ptr [rax]"},
      {"66 0f ae 30", "clwb byte ptr [rax]"},
      {"0f ae 38", "clflush byte ptr [rax]"},
      {"48 0f ae 30", "xsaveopt64 [rax]"},
      {"0f c7 20", "xsavec [rax]"},
      {"f3 48 0f ae d0", "wrfsbase rax"},
      {"0f c7 f0", "rdrand eax"},
      {"66 0f c7 f8", "rdseed ax"},
      {"f3 0f c7 f8", "rdpid rax"},
      {"f3 0f 09", "wbnoinvd"},
      {"f3 0f 1e fa", "endbr64"},
      {"f3 0f 1e c8", "nop eax, ecx"},
      {"0f 1f 44 00 00", "nop [rax+rax], eax"},
      {"0f 18 08", "prefetcht0 [rax]"},
      {"0f 0d 08", "prefetchw [rax]"},
      {"f1", "int1"},
      {"cd 80", "int 0x80"},
  };
  check(CodeMode::Bits64, kCases);
}

TEST(Decoder, Bits64ThreeByteAndVex) {
  static constexpr Case kCases[] = {
      {"0f 38 f0 08", "movbe ecx, dword ptr [rax]"},
      {"66 0f 38 f1 08", "movbe word ptr [rax], cx"},
      {"f2 0f 38 f0 c1", "crc32 eax, cl"},
      {"66 f2 0f 38 f1 c1", "crc32 eax, cx"},
      {"f2 48 0f 38 f1 c1", "crc32 rax, rcx"},
      {"66 48 0f 38 f6 c1", "adcx rax, rcx"},
      {"f3 0f 38 f6 c1", "adox eax, ecx"},
      {"c4 e2 70 f2 c2", "andn eax, ecx, edx"},
      {"c4 e2 f0 f2 c2", "andn rax, rcx, rdx"},
      {"c4 e2 78 f3 c9", "blsr eax, ecx"},
      {"c4 e2 73 f6 c2", "mulx eax, ecx, edx"},
      {"c4 e2 73 f5 c2", "pdep eax, ecx, edx"},
      {"c4 e3 fb f0 c1 05", "rorx rax, rcx, 0x5"},
      {"f3 48 0f b8 c1", "popcnt rax, rcx"},
      {"f3 0f bc c1", "tzcnt eax, ecx"},
      {"f3 0f bd c1", "lzcnt eax, ecx"},
      {"f2 0f bc c1", "bsf eax, ecx"},
      {"c5 f8 77", "vzeroupper"},
      {"c5 fc 28 c1", "vmovaps ymm0, ymm1"},
      {"c4 c1 7c 28 c1", "vmovaps ymm0, ymm9"},
      {"c5 f0 58 c2", "vaddps xmm0, xmm1, xmm2"},
      {"c4 e3 71 4a c2 30", "vblendvps xmm0, xmm1, xmm2, xmm3"},
      {"c4 e2 71 92 14 18", "vgatherdps xmm2, dword ptr [rax+xmm3], xmm1"},
      {"66 0f 6f c1", "movdqa xmm0, xmm1"},
      {"0f 6f c1", "movq mm0, mm1"},
      {"d8 c1", "fadd st(0), st(1)"},
      {"dd 00", "fld st(0), qword ptr [rax]"},
  };
  check(CodeMode::Bits64, kCases);
}

TEST(Decoder, Bits32) {
  static constexpr Case kCases[] = {
      {"01 2c 2d 10 00 00 00", "add dword ptr [ebp*1+0x10], ebp"},  // an index: DS, not SS
      {"40", "inc eax"},
      {"66 4f", "dec di"},
      {"60", "pushad"},
      {"66 61", "popa"},
      {"62 08", "bound ecx, qword ptr [eax]"},
      {"63 c8", "arpl ax, cx"},
      {"c4 08", "les ecx, fword ptr [eax]"},
      {"66 c5 08", "lds cx, dword ptr [eax]"},
      {"c5 f8 77", "vzeroupper"},
      {"9a 78 56 34 12 08 00", "call far 0x8:0x12345678"},
      {"66 ea 34 12 08 00", "jmp far 0x8:0x1234"},
      {"a1 44 33 22 11", "mov eax, dword ptr [0x11223344]"},
      {"67 a1 22 11", "mov eax, dword ptr [0x1122]"},
      {"8b 05 44 33 22 11", "mov eax, dword ptr [0x11223344]"},
      {"8b 04 25 44 33 22 11", "mov eax, dword ptr [0x11223344]"},
      {"67 8b 00", "mov eax, dword ptr [bx+si]"},
      {"67 8b 46 80", "mov eax, dword ptr [bp-0x80]"},
      {"67 8b 06 34 12", "mov eax, dword ptr [0x1234]"},
      {"26 8b 00", "mov eax, dword ptr es:[eax]"},
      {"66 e8 00 00", "call 0x1004"},
      {"e8 fb ff ff ff", "call 0x1000"},
      {"06", "push es"},
      {"17", "pop ss"},
      {"27", "daa"},
      {"d4 0a", "aam 0xa"},
      {"d6", "salc al"},
      {"ce", "into"},
      {"82 c0 ff", "add al, 0xff"},
      {"e3 00", "jecxz 0x1002"},
      {"0f 20 c0", "mov eax, cr0"},
      {"c4 e2 f0 f2 c2", "andn eax, ecx, edx"},
      {"0f 01 10", "lgdt fword ptr [eax]"},
      {"48", "dec eax"},
  };
  check(CodeMode::Bits32, kCases);
}

TEST(Decoder, Bits16) {
  static constexpr Case kCases[] = {
      {"01 c8", "add ax, cx"},
      {"66 01 c8", "add eax, ecx"},
      {"8b 42 05", "mov ax, word ptr [bp+si+0x5]"},
      {"8b 87 34 12", "mov ax, word ptr [bx+0x1234]"},
      {"67 66 8b 04 8d 00 10 00 00", "mov eax, dword ptr [ecx*4+0x1000]"},
      {"ea 5b e0 00 f0", "jmp far 0xf000:0xe05b"},
      {"66 ea 78 56 34 12 08 00", "jmp far 0x8:0x12345678"},
      {"9c", "pushf"},
      {"66 9d", "popfd"},
      {"e9 fd ff", "jmp 0x1000"},
      {"60", "pusha"},
      {"e2 fe", "loop 0x1000"},
      {"f3 a5", "rep movsw word ptr es:[di], word ptr ds:[si]"},
      {"36 66 67 ad", "lodsd eax, dword ptr ss:[esi]"},
      {"0f 01 16 34 12", "lgdt fword ptr [0x1234]"},
      {"0f 22 c0", "mov cr0, eax"},
      {"c4 1e 34 12", "les bx, dword ptr [0x1234]"},
      {"98", "cbw"},
      {"e3 00", "jcxz 0x1002"},
      {"d7", "xlatb"},
  };
  check(CodeMode::Bits16, kCases);
}

// Encodings that mean nothing, whole: a processor reads all of it before #UD, as Zen 4 shows at the end of a page.
TEST(Decoder, UndefinedEncodingsAreReadWhole) {
  static constexpr const char* kBits64[] = {
      "66 0f 38 70 47 05",                 // 0F38: always ModRM
      "0f 3a 96 a2 00 00 00 00 11",        // 0F3A: an immediate byte, too
      "0f 04",                             // 0F: as the opcode's relatives; this one has none
      "ea 11 22 33 44 55 66",              // JMP FAR ptr, not in 64-bit mode
      "f3 c4 a1 45 68 ac 53 00 00 00 00",  // VEX after F3
      "f0 c4 03 b5 ce 24 56 aa",           // and after LOCK, with GF2P8AFFINEQB's immediate
      "c4 e1 01 8c 14 25 00 00",           // VEX.0F 8C: JL's four bytes
      "c5 dd 00 8c 11 22 33 44 55",        // VEX.0F 00: ModRM, as the group has
      "c5 f1 3b",                          // VEX.0F 3B: nothing
      "c4 e4 01",                          // no such VEX map
      "44 c4",                             // REX before VEX
      "0f 0f 40 11 22",                    // 3DNow!
      "c4 e2 c9 90 8d 11 22 33 44",        // VPGATHERDQ without SIB
  };
  for (const char* hex : kBits64) {
    const std::vector<u8> bytes = bytesOf(hex);
    Insn insn;
    EXPECT_EQ(decode(bytes, CodeMode::Bits64, true, FeatureSet::all(), insn), DecodeStatus::Invalid) << hex;
    EXPECT_EQ(insn.length, bytes.size()) << hex;
    const std::span<const u8> shorter(bytes.data(), bytes.size() - 1);
    EXPECT_EQ(decode(shorter, CodeMode::Bits64, true, FeatureSet::all(), insn), DecodeStatus::NeedMore)
        << hex;
  }
}

}  // namespace
}  // namespace duet::tcg::isa
