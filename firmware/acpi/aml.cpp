#include "firmware/acpi/aml.h"

#include <cctype>

#include "core/base/assert.h"

namespace duet::firmware::aml {
namespace {

enum Op : u8 {
  kZero = 0x00,
  kOne = 0x01,
  kName = 0x08,
  kByte = 0x0a,
  kWord = 0x0b,
  kDword = 0x0c,
  kString = 0x0d,
  kQword = 0x0e,
  kScope = 0x10,
  kBuffer = 0x11,
  kPackage = 0x12,
  kMethod = 0x14,
  kDualName = 0x2e,
  kMultiName = 0x2f,
  kExtended = 0x5b,
  kLocal0 = 0x60,
  kArg0 = 0x68,
  kStore = 0x70,
  kAnd = 0x7b,
  kOr = 0x7d,
  kCreateDwordField = 0x8a,
  kEqual = 0x93,
  kIf = 0xa0,
  kElse = 0xa1,
  kReturn = 0xa4,
  // after kExtended
  kOperationRegion = 0x80,
  kField = 0x81,
  kDevice = 0x82
};

void append(Term& out, const Term& more) {
  for (const u8 b : more) out.push_back(b);
}
void appendValue(Term& out, u64 value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<u8>(value >> (8 * i)));
}

// 20.2.4: bits 7:6 of the first byte count the bytes that follow; the length includes itself.
Term packageLength(size_t body) {
  if (body + 1 < 0x40) return {static_cast<u8>(body + 1)};
  for (unsigned more = 1; more <= 3; ++more) {
    const size_t total = body + 1 + more;
    if (total >= size_t{1} << (4 + 8 * more)) continue;
    Term out{static_cast<u8>(more << 6 | (total & 0xf))};
    appendValue(out, total >> 4, more);
    return out;
  }
  DUET_ASSERT(false);
  return {};
}

Term packaged(Term opcode, const Term& body) {
  append(opcode, packageLength(body.size()));
  append(opcode, body);
  return opcode;
}

Term named(Term opcode, std::string_view name, const Terms& body) {
  Term inside = path(name);
  append(inside, concat(body));
  return packaged(std::move(opcode), inside);
}

Term segment(std::string_view name) {
  DUET_ASSERT(!name.empty() && name.size() <= 4);
  Term out(name.begin(), name.end());
  out.resize(4, '_');
  return out;
}

}  // namespace

Term concat(const Terms& terms) {
  Term out;
  for (const Term& t : terms) append(out, t);
  return out;
}

Term path(std::string_view text) {
  Term out;
  while (!text.empty() && (text[0] == '\\' || text[0] == '^')) {
    out.push_back(static_cast<u8>(text[0]));
    text.remove_prefix(1);
  }
  Terms segments;
  while (!text.empty()) {
    const size_t dot = text.find('.');
    segments.push_back(segment(text.substr(0, dot)));
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  }
  if (segments.empty()) out.push_back(0);
  if (segments.size() == 2) out.push_back(kDualName);
  if (segments.size() > 2) {
    out.push_back(kMultiName);
    out.push_back(static_cast<u8>(segments.size()));
  }
  append(out, concat(segments));
  return out;
}

Term integer(u64 value) {
  if (value == 0) return {kZero};
  if (value == 1) return {kOne};
  Term out;
  const unsigned size = value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffffff ? 4 : 8;
  out.push_back(size == 1 ? kByte : size == 2 ? kWord : size == 4 ? kDword : kQword);
  appendValue(out, value, size);
  return out;
}

Term string(std::string_view text) {
  Term out{kString};
  for (const char c : text) out.push_back(static_cast<u8>(c));
  out.push_back(0);
  return out;
}

Term buffer(const std::vector<u8>& bytes) {
  Term inside = integer(bytes.size());
  append(inside, bytes);
  return packaged({kBuffer}, inside);
}

Term package(const Terms& elements) {
  DUET_ASSERT(elements.size() <= 255);
  Term inside{static_cast<u8>(elements.size())};
  append(inside, concat(elements));
  return packaged({kPackage}, inside);
}

// Three letters of five bits and four hex digits, most significant byte first.
Term eisaId(std::string_view id) {
  DUET_ASSERT(id.size() == 7);
  u32 value = 0;
  for (int i = 0; i < 3; ++i) value = value << 5 | static_cast<u32>(id[static_cast<size_t>(i)] - '@');
  for (size_t i = 3; i < 7; ++i) {
    const char c = id[i];
    value = value << 4 | static_cast<u32>(c <= '9' ? c - '0' : std::toupper(c) - 'A' + 10);
  }
  Term out{kDword};
  appendValue(out, __builtin_bswap32(value), 4);
  return out;
}

Term name(std::string_view p, const Term& value) { return concat({{kName}, path(p), value}); }
Term scope(std::string_view p, const Terms& body) { return named({kScope}, p, body); }
Term device(std::string_view p, const Terms& body) { return named({kExtended, kDevice}, p, body); }
Term method(std::string_view p, unsigned arguments, const Terms& body) {
  Term inside = path(p);
  inside.push_back(static_cast<u8>(arguments));
  append(inside, concat(body));
  return packaged({kMethod}, inside);
}

Term arg(unsigned n) { return {static_cast<u8>(kArg0 + n)}; }
Term local(unsigned n) { return {static_cast<u8>(kLocal0 + n)}; }
Term store(const Term& value, const Term& target) { return concat({{kStore}, value, target}); }
Term ret(const Term& value) { return concat({{kReturn}, value}); }
Term bitAnd(const Term& a, const Term& b) { return concat({{kAnd}, a, b, {kZero}}); }
Term equal(const Term& a, const Term& b) { return concat({{kEqual}, a, b}); }
Term bitAndInto(const Term& a, const Term& b, const Term& target) { return concat({{kAnd}, a, b, target}); }
Term bitOrInto(const Term& a, const Term& b, const Term& target) { return concat({{kOr}, a, b, target}); }
Term iff(const Term& condition, const Terms& body) {
  return packaged({kIf}, concat({condition, concat(body)}));
}
Term otherwise(const Terms& body) { return packaged({kElse}, concat(body)); }
Term dwordField(const Term& source, unsigned byteOffset, std::string_view fieldName) {
  return concat({{kCreateDwordField}, source, integer(byteOffset), path(fieldName)});
}

Term operationRegion(std::string_view p, RegionSpace space, u64 offset, u64 length) {
  return concat(
      {{kExtended, kOperationRegion}, path(p), {static_cast<u8>(space)}, integer(offset), integer(length)});
}

Term byteFields(std::string_view region, const std::vector<ByteField>& fields) {
  Term inside = path(region);
  inside.push_back(1);  // ByteAcc, NoLock, Preserve
  u32 at = 0;
  for (const ByteField& f : fields) {
    if (f.offset > at) {  // reserved bits: a field without a name
      inside.push_back(0);
      // Field lengths are in bits and do not count their own encoding.
      const u32 bits = (f.offset - at) * 8;
      DUET_ASSERT(bits < 0x1000);
      if (bits < 0x40) {
        inside.push_back(static_cast<u8>(bits));
      } else {
        inside.push_back(static_cast<u8>(0x40 | (bits & 0xf)));
        inside.push_back(static_cast<u8>(bits >> 4));
      }
    }
    append(inside, segment(f.name));
    inside.push_back(8);
    at = f.offset + 1;
  }
  return packaged({kExtended, kField}, inside);
}

// --- resources

Resources& Resources::io(u16 base, u8 length) {
  append(bytes_, {0x47, 1});  // 16-bit decode
  appendValue(bytes_, base, 2);
  appendValue(bytes_, base, 2);
  append(bytes_, {1, length});
  return *this;
}

Resources& Resources::irq(u8 number) {
  bytes_.push_back(0x22);
  appendValue(bytes_, u64{1} << number, 2);
  return *this;
}

Resources& Resources::memory32(u32 base, u32 length) {
  append(bytes_, {0x86, 9, 0, 1});  // read-write
  appendValue(bytes_, base, 4);
  appendValue(bytes_, length, 4);
  return *this;
}

Resources& Resources::interrupt(const std::vector<u32>& numbers) {
  bytes_.push_back(0x89);
  appendValue(bytes_, 2 + 4 * numbers.size(), 2);
  append(bytes_, {0x09, static_cast<u8>(numbers.size())});  // consumer, level, high, shared
  for (const u32 n : numbers) appendValue(bytes_, n, 4);
  return *this;
}

namespace {

// 6.4.3.5: address space descriptors of the producer, both ends fixed.
void addressSpace(std::vector<u8>& out, u8 tag, u8 type, u8 typeFlags, u64 first, u64 last, unsigned size) {
  out.push_back(tag);
  appendValue(out, 3 + 5 * size, 2);
  append(out, {type, 0x0c, typeFlags});
  appendValue(out, 0, size);
  appendValue(out, first, size);
  appendValue(out, last, size);
  appendValue(out, 0, size);
  appendValue(out, last - first + 1, size);
}
constexpr u8 kMemoryType = 0, kIoType = 1, kBusType = 2;
constexpr u8 kReadWriteUncached = 1, kEntireIoRange = 3;

}  // namespace

Resources& Resources::busNumbers(u8 first, u8 last) {
  addressSpace(bytes_, 0x88, kBusType, 0, first, last, 2);
  return *this;
}
Resources& Resources::ioWindow(u16 first, u16 last) {
  addressSpace(bytes_, 0x88, kIoType, kEntireIoRange, first, last, 2);
  return *this;
}
Resources& Resources::memoryWindow32(u32 first, u32 last) {
  addressSpace(bytes_, 0x87, kMemoryType, kReadWriteUncached, first, last, 4);
  return *this;
}
Resources& Resources::memoryWindow64(u64 first, u64 last) {
  addressSpace(bytes_, 0x8a, kMemoryType, kReadWriteUncached, first, last, 8);
  return *this;
}

Term Resources::term() const {
  std::vector<u8> all = bytes_;
  append(all, {0x79, 0});  // end tag; a checksum of 0 means "not checked"
  return buffer(all);
}

}  // namespace duet::firmware::aml
