// mode: real16
// pitfall: 4 30
// manual: SDM vol. 2 PUSH: with SP = 1 in real-address mode the processor shuts down for lack of stack space
// expect-exit: shutdown
  mov sp, 1
  push ax
  hlt
