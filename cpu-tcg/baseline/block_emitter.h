// Emits the code of one block.
#pragma once

#include <string_view>
#include <vector>

#include "cpu-tcg/baseline/thunks.h"

namespace duet::tcg::baseline {

// What the code is made for: a block at one linear address.
struct BlockPlace {
  const Block* block;
  u32 key;      // modeKey()
  u64 rip;      // of its first instruction; also its linear address
  u64 ripMask;  // of the code mode
};

using LoweringName = std::string_view (*)(std::string_view sem);

// What stays the same from block to block.
struct EmitterSetup {
  bool hostsVendor =
      false;  // the guest's processor is of the host's make: what manuals leave undefined is alike
  Places places;
  Thunks thunks;
  u64 thunksAt;  // where the thunks execute
  LoweringName rename = nullptr;
  const mmu::Ram* ram;
  const mmu::Tlb::Bank* bank;  // the TLB bank in use
};

// Code to be put at `address`; empty when the assembler failed (no memory).
std::vector<u8> emitBlock(const EmitterSetup& setup, const BlockPlace& place, u64 address);

}  // namespace duet::tcg::baseline
