// mode: real16 prot32 long64
// manual: SDM vol. 2 ADC
// init: eax=0xff flags=cf
// expect: al=0xff flags=cf,af,sf,pf,!of,!zf
  adc al, 0xff
  hlt
