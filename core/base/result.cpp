#include "core/base/result.h"

#include <cstring>

namespace duet {

std::string errnoText(int error) {
  char buffer[128];
  return strerror_r(error, buffer, sizeof buffer);  // the GNU form: returns the text, buffer or not
}

}  // namespace duet
