// mode: prot32 long64
// pitfall: 20
// manual: SDM vol. 3 table 6-5: #DB, #BP, #OF, #UD, #NM are benign: #NP behind them is delivered in turn
// expect: ebx=3
  handler 11, next
  absent 1
  absent 6
  absent 7
  set_bits cr0, 8
  xor ebx, ebx
  slot .byte 0xf1
  slot ud2
  slot fld1
  end_slots
  hlt
next:
  next_slot 1
