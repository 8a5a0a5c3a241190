// mode: prot32
// manual: SDM vol. 3 20.2.5, vol. 2 IRET: back into virtual-8086 mode with the segments of the frame
// expect-fault: bp cs=0x2000 ax=0x4321 flags=vm,cf
  handler 0x80, monitor
  to_v86 0x23002
monitor:
  or dword ptr [esp + 8], 1
  mov dword ptr [esp + 24], 0x500
  iret
  .section .user
  .code16
  mov word ptr cs:[0x100], 0x4321
  int 0x80
  mov ax, cs
  mov ds, ax
  mov ax, [0x100]
  int3
