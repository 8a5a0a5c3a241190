// How x87 errors leave a processor while CR0.NE is 0 (SDM vol. 1 appendix D): the FERR# and IGNNE# pins.
#pragma once

namespace duet {

// Threads: the vCPU that has the pins.
class FpuErrorPins {
 public:
  virtual ~FpuErrorPins() = default;
  // True: a waiting instruction found an unmasked exception and the processor has stopped before it. False: no
  // exception is pending any more.
  virtual void setFerr(bool asserted) = 0;
  // Waiting instructions are to execute in spite of a pending exception.
  virtual bool ignne() = 0;
};

}  // namespace duet
