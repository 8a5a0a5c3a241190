// mode: prot32
// manual: SDM vol. 3 17.2.1, 3.3: the address compared is the linear one, base and offset modulo 2^32
// pitfall: 16 1
// expect-fault: db dr6=1/0xf cs=0x60
  descriptor FREE_SELECTOR, 0xfffff000, 0xfffff, 0x9b, 0xc
  mov eax, offset target
  mov dr0, eax
  mov eax, 0x402
  mov dr7, eax
  mov dword ptr [DATA], offset target + 0x1000
  mov word ptr [DATA + 4], FREE_SELECTOR
  jmp fword ptr [DATA]
target:
  nop
  hlt
