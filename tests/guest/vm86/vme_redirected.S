// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.3.3.5, table 20-2 method 6: map bit 0: INT n through the 8086 table; IF = VIF and IOPL 3 pushed, VIF cleared
// expect-fault: bp cs=0x2000 rip=target-user_image+1 esp=0x1fa flags=vm,!vif,!if mem16[0x121fe]=0x3202 mem16[0x121fa]=2
  set_bits cr4, 1
  tss_again 0x88, 0x90
  mov eax, offset target
  and eax, 0xffff
  or eax, V86_CODE << 16
  mov [0x21 * 4], eax
  to_v86 0xa0002
  .section .user
  .code16
  int 0x21
  nop
target:
  int3
