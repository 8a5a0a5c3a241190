# Compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

set(DUET_SANITIZE "" CACHE STRING "Sanitizers, as given to -fsanitize= (empty: none)")
option(DUET_FUZZ "Build the libFuzzer programs (needs clang)" OFF)

# Compiled into every target of ours; fmt and expected come with it because core/base/result.h,
# which everything includes, is written in them.
add_library(duet_flags INTERFACE)
target_compile_options(duet_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Werror>
  # libstdc++ 12's std::stable_sort calls what libstdc++ 12 itself marks deprecated; clang reports it at our line.
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-deprecated-declarations>
  -fno-strict-aliasing)
target_include_directories(duet_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_link_libraries(duet_flags INTERFACE fmt::fmt tl::expected Threads::Threads)
if(DUET_SANITIZE)
  target_compile_options(duet_flags INTERFACE -fsanitize=${DUET_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(duet_flags INTERFACE -fsanitize=${DUET_SANITIZE})
endif()
if(DUET_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "DUET_FUZZ needs clang: use the fuzz preset (cmake --preset fuzz)")
  endif()
  target_compile_options(duet_flags INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  target_link_options(duet_flags INTERFACE -fsanitize=address,undefined)
endif()
