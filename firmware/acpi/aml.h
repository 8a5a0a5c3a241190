// ACPI machine language, written as nested calls that look like the ASL they stand for (ACPI 6.4 ch. 20).
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/base/types.h"

namespace duet::firmware::aml {

using Term = std::vector<u8>;  // encoded bytes of one term
using Terms = std::vector<Term>;

Term path(std::string_view path);  // "\\_SB.PCI0", "^X", "FOO"; short segments are filled up with '_'
Term integer(u64 value);
Term string(std::string_view text);
Term buffer(const std::vector<u8>& bytes);
Term package(const Terms& elements);  // at most 255
Term eisaId(std::string_view id);     // "PNP0A08"

Term name(std::string_view path, const Term& value);
Term scope(std::string_view path, const Terms& body);
Term device(std::string_view path, const Terms& body);
Term method(std::string_view path, unsigned arguments, const Terms& body);  // not serialized

Term arg(unsigned n);
Term local(unsigned n);
Term store(const Term& value, const Term& target);
Term ret(const Term& value);
Term bitAnd(const Term& a, const Term& b);  // result used as a value
Term equal(const Term& a, const Term& b);
Term bitAndInto(const Term& a, const Term& b, const Term& target);
Term bitOrInto(const Term& a, const Term& b, const Term& target);
Term iff(const Term& condition, const Terms& body);
Term otherwise(const Terms& body);
Term dwordField(const Term& source, unsigned byteOffset, std::string_view fieldName);

enum class RegionSpace : u8 { Memory = 0, Io = 1, PciConfig = 2 };
Term operationRegion(std::string_view path, RegionSpace space, u64 offset, u64 length);
// Byte-wide fields of a region, `offset` in bytes, ascending.
struct ByteField {
  std::string_view name;
  u32 offset;
};
Term byteFields(std::string_view region, const std::vector<ByteField>& fields);

// All terms, one after the other.
Term concat(const Terms& terms);

// ResourceTemplate() { ... }: ACPI 6.4 ch. 6.4.
class Resources {
 public:
  Resources& io(u16 base, u8 length);
  Resources& irq(u8 number);  // edge, active high, exclusive
  Resources& memory32(u32 base, u32 length);
  Resources& interrupt(const std::vector<u32>& numbers);  // level, active high, shared, consumer
  Resources& busNumbers(u8 first, u8 last);
  Resources& ioWindow(u16 first, u16 last);
  Resources& memoryWindow32(u32 first, u32 last);
  Resources& memoryWindow64(u64 first, u64 last);
  Term term() const;

 private:
  std::vector<u8> bytes_;
};

}  // namespace duet::firmware::aml
