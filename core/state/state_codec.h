// Bytes and text from a state aggregate's field list (core/state/fields.h).
//
// Form: members in list order, little-endian, no padding and no names; bool one byte (0 or 1), enum as
// its underlying integer, std::vector as u32 count and elements. What reads it back is the same list:
// the version beside it (SnapshotSection::version) tells whether that list has changed.
#pragma once

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bits.h"
#include "core/base/result.h"
#include "core/base/types.h"
#include "core/state/fields.h"

namespace duet {

namespace state_detail {

template <class T>
struct ArrayTraits : std::false_type {};
template <class T, size_t N>
struct ArrayTraits<std::array<T, N>> : std::true_type {};
template <class T>
struct VectorTraits : std::false_type {};
template <class T>
struct VectorTraits<std::vector<T>> : std::true_type {};

template <class T>
concept Scalar = std::is_integral_v<T> || std::is_enum_v<T>;

// `Anything` converts to a std::array as a whole, so brace elision never happens and a std::array
// counts once; a C array would count each element and is refused by the comparison below.
template <class S>
inline constexpr bool kListsEveryMember = memberCount<S>() == std::tuple_size_v<decltype(S::fields())>;

template <class S>
constexpr void checkComplete() {
  static_assert(kListsEveryMember<S>, "fields() must list every member of the state aggregate");
}

class Writer {
 public:
  std::vector<u8> bytes;

  void integer(u64 value, size_t size) {
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<u8>(value >> (8 * i)));
  }
};

class Reader {
 public:
  explicit Reader(std::span<const u8> data) : data_(data) {}

  u64 integer(size_t size) {
    if (data_.size() < size) return refuse("too short");
    u64 value = 0;
    for (size_t i = 0; i < size; ++i) value |= u64{data_[i]} << (8 * i);
    data_ = data_.subspan(size);
    return value;
  }
  u64 refuse(const char* why) {
    if (!problem_) problem_ = why;
    data_ = {};
    return 0;
  }
  size_t left() const { return data_.size(); }
  const char* problem() const { return problem_; }

 private:
  std::span<const u8> data_;
  const char* problem_ = nullptr;
};

template <class T>
void put(Writer& out, const T& value, size_t) {
  if constexpr (Scalar<T>) {
    out.integer(static_cast<u64>(value), sizeof(T));
  } else if constexpr (ArrayTraits<T>::value) {
    for (const auto& element : value) put(out, element, 0);
  } else if constexpr (VectorTraits<T>::value) {
    out.integer(value.size(), 4);
    for (const auto& element : value) put(out, element, 0);
  } else {
    static_assert(StateAggregate<T>,
                  "state members are integers, enums, arrays, vectors or aggregates with fields()");
    checkComplete<T>();
    std::apply([&](const auto&... f) { (put(out, value.*(f.member), f.maxElements), ...); }, T::fields());
  }
}

template <class T>
void get(Reader& in, T& value, size_t maxElements) {
  if constexpr (std::is_same_v<T, bool>) {
    const u64 raw = in.integer(1);
    if (raw > 1) in.refuse("a flag is neither 0 nor 1");
    value = raw == 1;
  } else if constexpr (Scalar<T>) {
    value = static_cast<T>(in.integer(sizeof(T)));
  } else if constexpr (ArrayTraits<T>::value) {
    for (auto& element : value) get(in, element, 0);
  } else if constexpr (VectorTraits<T>::value) {
    const u64 count = in.integer(4);
    // Every element takes at least one byte, so the count is bounded by the input too.
    if (count > maxElements || count > in.left()) {
      in.refuse("a list is too long");
      return;
    }
    value.clear();
    for (u64 i = 0; i < count && !in.problem(); ++i) get(in, value.emplace_back(), 0);
  } else {
    static_assert(StateAggregate<T>,
                  "state members are integers, enums, arrays, vectors or aggregates with fields()");
    checkComplete<T>();
    std::apply([&](const auto&... f) { (get(in, value.*(f.member), f.maxElements), ...); }, T::fields());
  }
}

template <class T>
void dump(std::string& out, const std::string& path, const T& value) {
  if constexpr (Scalar<T>) {
    out += fmt::format("{} = {:#x}\n", path, static_cast<u64>(value) & lowMask(8 * sizeof(T)));
  } else if constexpr (ArrayTraits<T>::value || VectorTraits<T>::value) {
    size_t index = 0;
    for (const auto& element : value) dump(out, fmt::format("{}[{}]", path, index++), element);
  } else {
    const std::string prefix = path.empty() ? path : path + ".";
    std::apply([&](const auto&... f) { (dump(out, prefix + f.name, value.*(f.member)), ...); }, T::fields());
  }
}

}  // namespace state_detail

template <StateAggregate S>
std::vector<u8> encodeState(const S& state) {
  state_detail::Writer out;
  state_detail::put(out, state, 0);
  return std::move(out.bytes);
}

// Hostile input: too short, too long, an over-long list or a flag that is no flag is an error.
template <StateAggregate S>
Result<S> decodeState(std::span<const u8> data) {
  state_detail::Reader in(data);
  S state{};
  state_detail::get(in, state, 0);
  if (in.problem()) return fail("saved state is damaged: {}", in.problem());
  if (in.left() != 0) return fail("saved state is damaged: {} bytes too many", in.left());
  return state;
}

// The same for a device that knows one version of its format.
template <StateAggregate S>
Result<S> decodeState(std::span<const u8> data, u32 version, u32 known) {
  if (version != known)
    return fail("saved state has version {}, this program reads version {}", version, known);
  return decodeState<S>(data);
}

// One "name = value" line a scalar, for people and for comparing two states.
template <StateAggregate S>
std::string dumpState(const S& state) {
  std::string out;
  state_detail::dump(out, "", state);
  return out;
}

}  // namespace duet
