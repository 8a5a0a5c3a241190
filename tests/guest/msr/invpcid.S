// mode: long64
// needs: invpcid
// manual: SDM vol. 2 INVPCID: #GP(0) for a type above 3, a PCID with CR4.PCIDE = 0, reserved bits, a non-canonical address
// pitfall: 18 8
// expect: ebx=4
  handler 13, counted
  mov qword ptr [DATA], 0
  mov qword ptr [DATA + 8], 0
  mov qword ptr [DATA + 16], 1
  mov qword ptr [DATA + 32], 0x1000
  mov rax, 0x0100000000000000
  mov [DATA + 56], rax
  mov eax, 4
  slot invpcid rax, [DATA]
  end_slots
  mov eax, 1
  slot invpcid rax, [DATA + 16]
  slot invpcid rax, [DATA + 32]
  slot invpcid rax, [DATA]
  end_slots
  xor eax, eax
  slot invpcid rax, [DATA + 48]
  end_slots
  hlt
counted:
  next_slot 1
