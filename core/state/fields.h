// A device's whole state is one aggregate with one field list; save, load, compare, dump and fuzz
// input are made from that list.
//
//   struct PitState {
//     std::array<Channel, 3> channels;
//     u8 control;
//     static constexpr auto fields() {
//       return duet::fields(field("channels", &PitState::channels), field("control", &PitState::control));
//     }
//   };
//
// Supported members: integers, bool, enums, std::array, nested aggregates with fields(), and
// std::vector of those with a cap (boundedField). A member left out of the list does not compile
// (the list's count is held against the aggregate's).
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>

#include "core/base/types.h"

namespace duet {

template <class Owner, class Member>
struct Field {
  const char* name;
  Member Owner::* member;
  size_t maxElements = 0;  // vectors only
};

template <class Owner, class Member>
constexpr Field<Owner, Member> field(const char* name, Member Owner::* member) {
  return {name, member, 0};
}
template <class Owner, class Member>
constexpr Field<Owner, Member> boundedField(const char* name, Member Owner::* member, size_t maxElements) {
  return {name, member, maxElements};
}
template <class... Fields>
constexpr auto fields(Fields... list) {
  return std::make_tuple(list...);
}

namespace state_detail {
struct Anything {
  template <class T>
  operator T() const;  // never defined: only counts members
};
template <class T, class... Args>
constexpr size_t memberCount() {
  if constexpr (requires { T{Args{}..., Anything{}}; }) {
    return memberCount<T, Args..., Anything>();
  } else {
    return sizeof...(Args);
  }
}
}  // namespace state_detail

template <class T>
concept StateAggregate = std::is_aggregate_v<T> && requires { T::fields(); };

}  // namespace duet
