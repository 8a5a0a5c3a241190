// HLT in place of the first byte of handlers, for the length of one entry.
#pragma once

#include <span>
#include <vector>

#include "cpu-kvm/step/guest_view.h"

namespace duet::kvm {

class HaltMarks {
 public:
  HaltMarks(const GuestView& view, std::span<const unsigned> vectors);
  ~HaltMarks();
  HaltMarks(const HaltMarks&) = delete;
  HaltMarks& operator=(const HaltMarks&) = delete;

  // Whether the HLT that ends before `next` is one of them.
  bool hit(LinearAddr next) const;

 private:
  struct Mark {
    LinearAddr address;
    u8* host;
    u8 byte;
  };
  std::vector<Mark> marks_;
};

}  // namespace duet::kvm
