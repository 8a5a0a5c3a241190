// mode: prot32
// manual: SDM vol. 2 CALL: #TS(selector of SS1) for a bad inner stack segment
// pitfall: 9
// expect-fault: ts 0x18 at=fault
  descriptor FREE_SELECTOR+16, 0, 0xfffff, 0xbb, 0xc
  gate GDT+FREE_SELECTOR, FREE_SELECTOR+16, start, 0xec
  mov dword ptr [TSS + 16], DATA0 | 1
  to_user fault
  .section .user
fault:
  call_far FREE_SELECTOR|3
