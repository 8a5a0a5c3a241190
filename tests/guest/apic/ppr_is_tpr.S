// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.8.3.1: with nothing in service PPR is the TPR, subclass too
// expect: eax=0x53
  apic_write APIC_TPR, 0x53
  apic_read APIC_PPR
  done
