// Exception vectors and page-fault error code bits (SDM vol. 3 chapter 6).
#pragma once

#include "core/base/types.h"

namespace duet {

enum Exception : u8 {
  kExcDE = 0,
  kExcDB = 1,
  kExcNMI = 2,
  kExcBP = 3,
  kExcOF = 4,
  kExcBR = 5,
  kExcUD = 6,
  kExcNM = 7,
  kExcDF = 8,
  kExcTS = 10,
  kExcNP = 11,
  kExcSS = 12,
  kExcGP = 13,
  kExcPF = 14,
  kExcMF = 16,
  kExcAC = 17,
  kExcMC = 18,
  kExcXM = 19,
  kExcVE = 20,
  kExcCP = 21
};

enum PageFaultBit : u32 {
  kPfPresent = 1,
  kPfWrite = 2,
  kPfUser = 4,
  kPfReserved = 8,
  kPfFetch = 16,
  kPfProtectionKey = 32
};

}  // namespace duet
