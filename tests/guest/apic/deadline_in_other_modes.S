// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: tsc-deadline
// manual: SDM vol. 3 11.5.4.1: in other modes the MSR reads 0 and writes are ignored
// expect: eax=0 edx=0
  apic_write APIC_LVT_TIMER, 0x10050
  wrmsr_ MSR_TSC_DEADLINE, 0xffffffff, 0x7fffffff
  rdmsr
  done
