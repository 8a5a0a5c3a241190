#include "core/bus/flat_view.h"

#include <algorithm>

namespace duet::bus_detail {
namespace {

u64 end(const Region& r) { return r.where.base + r.where.size; }
u64 end(const Mapping& m) { return m.base + m.size; }

Mapping wholeMapping(const Region& r) {
  Mapping m;
  m.kind = r.kind;
  m.base = r.where.base;
  m.size = r.where.size;
  m.block = r.block;
  m.host = r.block ? r.block->host + r.offset : nullptr;
  m.handler = r.handler;
  m.range = r.range;
  m.writesMayWait = r.handler && r.where.writesMayWait;
  return m;
}

// The part of `m` inside [from, to), as a mapping of its own.
Mapping slice(const Mapping& m, u64 from, u64 to) {
  Mapping part = m;
  part.base = from;
  part.size = to - from;
  if (part.host) part.host += from - m.base;
  part.offset += from - m.base;
  return part;
}

// Puts `piece` into those parts of the view that nothing covers yet.
void fillHoles(std::vector<Mapping>& view, const Mapping& piece) {
  std::vector<Mapping> added;
  u64 at = piece.base;
  for (const Mapping& above : view) {
    if (end(above) <= at) continue;
    if (above.base >= end(piece)) break;
    if (above.base > at) added.push_back(slice(piece, at, above.base));
    at = end(above);
  }
  if (at < end(piece)) added.push_back(slice(piece, at, end(piece)));
  view.insert(view.end(), added.begin(), added.end());
  std::sort(view.begin(), view.end(), [](const Mapping& a, const Mapping& b) { return a.base < b.base; });
}

// What an alias shows: the target's own pieces below it, moved. Aliases do not show other aliases or
// themselves, so there is no loop to fear.
std::vector<Mapping> aliasPieces(const Region& alias, const std::vector<Mapping>& direct) {
  std::vector<Mapping> shown;
  const u64 targetEnd = alias.offset + alias.where.size;
  for (const Mapping& m : direct) {
    const u64 from = std::max(m.base, alias.offset), to = std::min(end(m), targetEnd);
    if (from >= to) continue;
    Mapping part = slice(m, from, to);
    part.base = alias.where.base + (from - alias.offset);
    shown.push_back(part);
  }
  return shown;
}

using Ordered = std::vector<const Region*>;

Ordered enabledByPriority(const std::map<MapId, Region>& regions) {
  Ordered order;
  for (const auto& [id, r] : regions)
    if (r.where.enabled) order.push_back(&r);
  std::stable_sort(order.begin(), order.end(), [](const Region* a, const Region* b) {
    return std::pair(-i64{a->where.priority}, a->where.base) <
           std::pair(-i64{b->where.priority}, b->where.base);
  });
  return order;
}

Result<> checkOverlaps(const std::string& space, const Ordered& order) {
  for (size_t i = 1; i < order.size(); ++i) {
    const Region &a = *order[i - 1], &b = *order[i];
    if (a.where.priority == b.where.priority && b.where.base < end(a))
      return fail("{}: '{}' at {:#x}..{:#x} overlaps '{}' at {:#x}..{:#x}", space, b.where.name, b.where.base,
                  end(b) - 1, a.where.name, a.where.base, end(a) - 1);
  }
  return {};
}

}  // namespace

Result<> checkPlacement(const std::string& space, u64 spaceSize, const Region& region) {
  const auto& w = region.where;
  if (w.size == 0) return fail("{}: '{}' has no size", space, w.name);
  const u64 last = w.base + w.size - 1;
  if (last < w.base || (spaceSize && last >= spaceSize))
    return fail("{}: '{}' at {:#x} of {:#x} bytes does not fit", space, w.name, w.base, w.size);
  if (region.isAlias && region.offset + w.size - 1 < region.offset)
    return fail("{}: alias '{}' wraps around", space, w.name);
  return {};
}

Result<std::vector<Mapping>> flatten(const std::string& space, u64, const std::map<MapId, Region>& regions) {
  const Ordered order = enabledByPriority(regions);
  if (auto ok = checkOverlaps(space, order); !ok) return tl::unexpected(ok.error());

  std::vector<Mapping> direct;
  for (const Region* r : order)
    if (!r->isAlias) fillHoles(direct, wholeMapping(*r));

  std::vector<Mapping> view;
  for (const Region* r : order) {
    if (r->isAlias)
      for (const Mapping& piece : aliasPieces(*r, direct)) fillHoles(view, piece);
    else
      fillHoles(view, wholeMapping(*r));
  }
  return view;
}

// A size of 0 means "to the end of a space of 2^64", so lengths are compared as "last address".
Mapping clip(const Mapping& mapping, const Mapping& window) {
  const u64 from = std::max(mapping.base, window.base);
  const u64 last = std::min(mapping.base + mapping.size - 1, window.base + window.size - 1);
  return slice(mapping, from, last + 1);
}

std::vector<AddressRange> uncovered(const std::vector<AddressRange>& ranges,
                                    const std::vector<Mapping>& pieces) {
  std::vector<AddressRange> left;
  for (const AddressRange& range : ranges) {
    u64 at = range.base;
    const u64 past = range.base + range.size;
    for (const Mapping& piece : pieces) {
      if (end(piece) <= at || piece.base >= past) continue;
      if (piece.base > at) left.push_back({at, piece.base - at});
      at = end(piece);
    }
    if (at < past) left.push_back({at, past - at});
  }
  return left;
}

bool sameMappings(const std::vector<Mapping>& a, const std::vector<Mapping>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Mapping& x, const Mapping& y) {
    return x.kind == y.kind && x.base == y.base && x.size == y.size && x.host == y.host &&
           x.handler == y.handler && x.range == y.range && x.offset == y.offset &&
           x.writesMayWait == y.writesMayWait;
  });
}

}  // namespace duet::bus_detail
