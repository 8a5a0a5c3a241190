// mode: prot32 long64
// manual: SDM vol. 3 17.2.5: LEN counts ports too; any port of the access that lies in the range meets it
// pitfall: 16
// expect-fault: db at=after dr6=1/0xf
  mov eax, 0x84
  mov dr0, a_
  mov eax, 0x00060402
  mov dr7, a_
  set_bits cr4, 8
  in al, 0x86
  mov edx, 0x85
  in ax, dx
after:
  nop
