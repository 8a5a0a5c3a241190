# duet_library(<name> SOURCES a.cpp b.cpp [DEPS lib...] [EXTERNAL lib...])
#   One static library a folder, e.g. name `core_bus` for core/bus. DEPS are duet libraries and are
#   the folder's only include edges (tests/style checks the #include lines against them);
#   EXTERNAL are third-party targets (cmake/DuetExternal.cmake lists them). A folder of headers alone
#   leaves SOURCES out.
function(duet_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "duet_library(${name}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
    target_link_libraries(${name} PRIVATE duet_flags ${ARG_DEPS} ${ARG_EXTERNAL})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARG_DEPS} ${ARG_EXTERNAL})
  endif()
endfunction()

# duet_program(<name> SOURCES ... [DEPS ...] [EXTERNAL ...])
#   A program for people; it lands at the top of the build folder (build/release/duet).
function(duet_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE duet_flags ${ARG_DEPS} ${ARG_EXTERNAL})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
endfunction()

# duet_test(<name> LABEL unit|contract|... SOURCES ... [DEPS ...] [EXTERNAL ...] [TIMEOUT s])
#   A GoogleTest binary registered as ONE ctest case under its label (fast to run on two cores).
function(duet_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_LABEL)
    message(FATAL_ERROR "duet_test(${name}): LABEL missing or unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE duet_flags ${ARG_DEPS} ${ARG_EXTERNAL} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# duet_fuzz(<name> SOURCES ... [DEPS ...] [EXTERNAL ...] [CORPUS folder] [SECONDS s] [MAX_LENGTH bytes])
#   A libFuzzer program (its source defines LLVMFuzzerTestOneInput) in tests/fuzz. It is built by the
#   `fuzz` preset alone, with clang and sanitizers; every other preset registers the ctest case that
#   runs that program, from a fixed seed and for a fixed time, so that one ctest call runs all labels.
#   It begins with the saved inputs in corpus/<name> (or CORPUS) beside the list file, if there are any, and writes none.
function(duet_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS;SECONDS;MAX_LENGTH" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "duet_fuzz(${name}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_SECONDS)
    set(ARG_SECONDS 10)
  endif()
  if(NOT ARG_MAX_LENGTH)
    set(ARG_MAX_LENGTH 4096)
  endif()
  if(NOT ARG_CORPUS)
    set(ARG_CORPUS ${name})
  endif()
  set(output "${CMAKE_SOURCE_DIR}/build/fuzz/fuzzers")
  if(DUET_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE duet_flags ${ARG_DEPS} ${ARG_EXTERNAL})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzzers")
    add_dependencies(fuzzers ${name})
    set(output "${CMAKE_BINARY_DIR}/fuzzers")
  endif()
  # The corpus as a list of files: a folder would be written to.
  file(GLOB corpus CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${ARG_CORPUS}/*")
  set(seeds)
  if(corpus)
    list(JOIN corpus "," corpus)
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${name}.corpus" "${corpus}")
    set(seeds "-seed_inputs=@${CMAKE_CURRENT_BINARY_DIR}/${name}.corpus")
  endif()
  add_test(NAME ${name} COMMAND "${output}/${name}" -seed=1 -max_total_time=${ARG_SECONDS}
    -max_len=${ARG_MAX_LENGTH} -timeout=60 -rss_limit_mb=2048 -len_control=0 -print_final_stats=1 -verbosity=0
    "-artifact_prefix=${CMAKE_BINARY_DIR}/${name}." ${seeds})
  # The corpus comes first, whatever it takes: LLVM makes it three minutes on slow hosts.
  math(EXPR limit "${ARG_SECONDS} + 480")
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT ${limit})
endfunction()

# What the fuzz preset builds: the fuzzers and the libraries under them, nothing else.
if(DUET_FUZZ AND NOT TARGET fuzzers)
  add_custom_target(fuzzers)
endif()

# duet_flat_program(<target> <file> <linker script> SOURCES ... [DEPENDS headers ...])
#   A guest program without a kernel: 64-bit code in a 32-bit file, as Multiboot loaders want it. Paths are absolute.
function(duet_flat_program target file script)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_custom_command(
    OUTPUT "${file}"
    COMMAND gcc -m64 -O2 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-pie -no-pie -static -mno-red-zone
      -I${CMAKE_SOURCE_DIR} -mgeneral-regs-only -fno-strict-aliasing -fno-stack-protector -fcf-protection=none
      -fno-asynchronous-unwind-tables -nostdlib -Wl,--build-id=none -Wl,-z,noexecstack
      -Wl,--no-warn-rwx-segments -Wl,-T,${script} -o "${file}.elf64" ${ARG_SOURCES}
    COMMAND "${CMAKE_OBJCOPY}" -O elf32-i386 "${file}.elf64" "${file}"
    DEPENDS ${ARG_SOURCES} ${ARG_DEPENDS} "${script}"
    VERBATIM)
  add_custom_target(${target} ALL DEPENDS "${file}")
endfunction()
