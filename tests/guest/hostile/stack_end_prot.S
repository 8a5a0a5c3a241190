// mode: prot32
// pitfall: 1 4 30
// manual: SDM vol. 3 5.3, 6.15 #DF: the dword goes over the limit, and so do the frames of #SS and #DF
// expect-exit: shutdown
  mov esp, 2
  push eax
  hlt
