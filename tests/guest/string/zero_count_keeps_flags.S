// mode: real16 prot32 long64
// manual: SDM vol. 2 REP: with a count of 0 CMPS and SCAS touch neither memory nor flags
// pitfall: 26
// init: flags=cf,zf,of si=-1 di=-1 cx=0
// expect: flags=cf,zf,of cx=0
  repne scasb
  repe cmpsb
  hlt
