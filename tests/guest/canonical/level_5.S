// mode: prot32
// needs: la57
// manual: SDM vol. 3 4.5, vol. 1 3.3.7.1: with CR4.LA57 57 bits are canonical: below is #PF, beyond #GP(0)
// pitfall: 8
// expect-fault: gp 0 at=fault cr2=0xff123456789abc eax=0x5a
  .equ pml5, FREE
  mov dword ptr [pml5], PML4 | 7
  mov byte ptr [DATA], 0x5a
  mov edi, IDT + 13 * 16
  mov dword ptr [edi], CODE0_64 << 16 | (HANDLERS + 13)
  mov dword ptr [edi + 4], 0x8e00
  mov dword ptr [edi + 8], 0
  mov dword ptr [IDT + 14 * 16], CODE0_64 << 16
  mov dword ptr [IDT + 14 * 16 + 4], 0x8e00
  mov dword ptr [IDT + 14 * 16 + 8], 0
  mov eax, offset absent
  mov word ptr [IDT + 14 * 16], ax
  set_bits cr4, 0x1020
  mov eax, pml5
  mov cr3, eax
  wrmsr_ 0xc0000080, 0x100
  set_bits cr0, 0x80000000
  jmp_far CODE0_64, wide
wide:
  .code64
  movzx eax, byte ptr [DATA]
  mov rbx, 0xff123456789abc
  mov cl, [rbx]
  mov rbx, 0x100000000000000
fault:
  mov cl, [rbx]
absent:
  add rsp, 8
  add qword ptr [rsp], 2
  iretq
  .code32
