// mode: prot32 long64
// needs: adx
// manual: SDM vol. 2 ADCX, ADOX: ADCX reads and writes CF alone, ADOX OF alone; the other flags stay
// pitfall: 21
// init: eax=0xffffffff ebx=1 esi=0xffffffff edi=5 ebp=6 flags=zf,sf,pf,af,!cf,!of
// expect: eax=0 esi=4 ebp=8 ecx=1 flags=cf,!of,zf,sf,pf,af
  adcx eax, ebx
  adox esi, edi
  adox ebp, ebx
  adox ecx, ebx
  hlt
