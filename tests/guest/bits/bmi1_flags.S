// mode: prot32 long64
// needs: bmi1
// manual: SDM vol. 2 ANDN, BLSI, BLSR, BLSMSK, BEXTR: results, CF and ZF
// pitfall: 21
// expect: ebx=0xf0 ecx=0x10 esi=0xe0 edi=0x1f ebp=0xe
// expect: mem8[data_page]=0x00 mem8[data_page+1]=0x01 mem8[data_page+2]=0x01 mem8[data_page+3]=0x00 mem8[data_page+4]=0x00
// expect: mem8[data_page+5]=0x40 mem8[data_page+6]=0x41 mem8[data_page+7]=0x01 mem8[data_page+8]=0x40
.macro note at
  lahf
  and ah, 0x41
  mov byte ptr [DATA + \at], ah
.endm
  mov edx, 0xf0
  mov ebp, 0xf
  stc
  andn ebx, ebp, edx
  note 0
  clc
  blsi ecx, edx
  note 1
  stc
  blsr esi, edx
  lahf
  and ah, 0x41
  xor ah, 1
  mov byte ptr [DATA + 2], ah
  clc
  blsmsk edi, edx
  note 3
  mov ebp, 0x0304
  bextr ebp, edx, ebp
  note 4
  xor edx, edx
  stc
  blsi eax, edx
  note 5
  clc
  blsr eax, edx
  note 6
  clc
  blsmsk eax, edx
  note 7
  mov eax, 0x0004
  mov edx, -1
  bextr eax, edx, eax
  note 8
  mov ebp, 0xe
  hlt
