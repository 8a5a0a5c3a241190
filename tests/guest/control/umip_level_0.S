// mode: prot32 long64
// needs: umip
// manual: SDM vol. 3 2.5 CR4.UMIP: nothing changes at CPL 0
// expect: eax=0x40
  set_bits cr4, 0x800
  sgdt [DATA]
  sidt [DATA]
  sldt eax
  smsw eax
  str eax
  hlt
