// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.3.3.4, table 20-2 method 5: with IOPL 3 FLAGS is pushed with NT and IOPL clear, IF cleared
// expect-fault: bp cs=0x2000 esp=0x1fa flags=vm,!if,iopl,vif mem16[0x121fe]=0x202
  set_bits cr4, 1
  tss_again 0x88, 0x90
  mov eax, offset target
  and eax, 0xffff
  or eax, V86_CODE << 16
  mov [0x21 * 4], eax
  to_v86 0xa3202
  .section .user
  .code16
  int 0x21
  nop
target:
  int3
