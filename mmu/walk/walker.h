// Page-table walks: linear to guest-physical, with exact permissions and error codes (SDM vol. 3 ch. 4).
#pragma once

#include <array>

#include "core/base/types.h"
#include "core/bus/address_space.h"

namespace duet::mmu {

enum class PagingMode : u8 { None, Bits32, Pae, Level4, Level5 };

// Everything a walk depends on; a value that the CPU recomputes when a control register changes.
struct PagingState {
  PagingMode mode = PagingMode::None;
  u64 cr3 = 0;
  std::array<u64, 4> pdpte{};  // PAE
  bool wp = false, nxe = false, smep = false, smap = false, pse = false, pke = false, pks = false,
       pge = false, pse36 = true, gbPages = true;
  u32 pkru = 0;  // keys of user pages
  u32 pkrs = 0;  // keys of supervisor pages
  unsigned physicalBits = 40;
};

enum class AccessKind : u8 { Read, Write, Fetch };

struct AccessRights {
  AccessKind kind = AccessKind::Read;
  bool user = false;     // CPL 3 and not an implicit system access
  bool smapOff = false;  // supervisor access with EFLAGS.AC=1 (explicit accesses only)
};

struct Translation {
  bool ok = false;
  u32 errorCode = 0;         // when !ok: the #PF error code
  Gpa address;               // of the byte asked for
  u64 pageSize = kPageSize;  // size of the page that maps it
  bool global = false;
  // Rights of the page for other access kinds, so that a TLB entry may serve them:
  bool writable = false;  // by this privilege, dirty already set
  bool readable = false;  // by this privilege (SMAP, PKU)
  bool executable = false;
  bool userPage = false;  // U/S
};

// Is told of every entry in which a walk sets bits, by its host address: for whoever keeps track of written memory.
struct EntryWriteHook {
  void (*wrote)(void* owner, u8* entry, u32 size) = nullptr;
  void* owner = nullptr;
};

// Walks and sets A/D bits with locked compare-and-swap in guest RAM; D only for writes, A only when the
// walk succeeds. Page tables in non-RAM read as all ones (reserved bits fault or not as they may).
Translation translate(const AddressSpace& physical, const PagingState& state, LinearAddr address,
                      AccessRights rights, EntryWriteHook hook = {});
// The same without A/D updates: for debuggers.
Translation translateQuietly(const AddressSpace& physical, const PagingState& state, LinearAddr address,
                             AccessRights rights);

}  // namespace duet::mmu
