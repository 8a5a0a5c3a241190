// mode: prot32 long64
// machine: pc
// manual: SDM vol. 3 32.4.1: RSM goes back to the privilege level that the SMI interrupted
// expect: mem32[data_page]=1 bx=0x33
// expect[prot32]: cs=0x23
// expect[long64]: cs=0x33
  smm_on handler_
  to_user user, 0x3002
.section .user
user:
  smi
  mov ebx, 0x33
  done
.text
smm_handler handler_
  inc dword ptr es:[DATA]
  smm_end
