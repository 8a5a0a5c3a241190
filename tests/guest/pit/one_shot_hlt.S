// mode: prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 0: OUT rises once, when the count reaches zero; SDM vol. 2 HLT: an interrupt ends it
// expect: ebx=1 mem8[data_page]=0x20
  handler 0x20, tick
  pic_on 0x20, 1
  apic_on
  lint0_extint
  pit_on 0x30, 1000
  sti
  hlt
  cli
  done
tick:
  inc ebx
  mov byte ptr [DATA], 0x20
  iret_
