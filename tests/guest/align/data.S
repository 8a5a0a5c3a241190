// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC: CPL 3, CR0.AM, EFLAGS.AC; table 6-7: a doubleword is aligned on 4 bytes; error code 0
// pitfall: 2
// expect-fault: ac 0 at=fault eax=0
  user_page DATA
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  user_data
  mov eax, [DATA + 4]
  mov ax, [DATA + 2]
  mov al, [DATA + 1]
fault:
  mov eax, [DATA + 2]
