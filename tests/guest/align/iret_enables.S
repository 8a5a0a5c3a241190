// mode: prot32 long64
// manual: SDM vol. 2 POPF: AC may be changed at CPL 3; it takes effect with the next instruction
// pitfall: 2
// expect-fault: ac 0 at=fault eax=0x5a00
  user_page DATA
  mov byte ptr [DATA + 2], 0x5a
  set_bits cr0, 0x40000
  to_user user
  .section .user
user:
  user_data
  mov eax, [DATA + 1]
  push 0x40002
  .if BITS == 64
  popfq
  .else
  popf
  .endif
fault:
  mov eax, [DATA + 1]
