# Third-party libraries, all from Debian packages (tools/packages.txt). Targets to name in EXTERNAL:
#   fmt::fmt  tl::expected  Threads::Threads   (every target has these through duet_flags)
#   spdlog::spdlog  asmjit::asmjit
#   nlohmann_json::nlohmann_json  capstone::capstone  llvm::llvm  libelf::libelf  xxhash::xxhash  zstd::zstd
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(spdlog REQUIRED)
find_package(asmjit REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)

# duet_external(<target> LIBRARY name HEADER path PACKAGE debian-package [PREFIX folder])
#   An imported target for a library that ships no CMake package of its own. PREFIX: where it lies if not in /usr.
function(duet_external target)
  cmake_parse_arguments(ARG "" "LIBRARY;HEADER;PACKAGE;PREFIX" "" ${ARGN})
  find_library(DUET_LIB_${ARG_LIBRARY} ${ARG_LIBRARY} HINTS "${ARG_PREFIX}/lib")
  find_path(DUET_INC_${ARG_LIBRARY} ${ARG_HEADER} HINTS "${ARG_PREFIX}/include")
  mark_as_advanced(DUET_LIB_${ARG_LIBRARY} DUET_INC_${ARG_LIBRARY})
  if(NOT DUET_LIB_${ARG_LIBRARY} OR NOT DUET_INC_${ARG_LIBRARY})
    message(FATAL_ERROR "${ARG_HEADER} or its library is missing: install ${ARG_PACKAGE} (tools/dev setup)")
  endif()
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${DUET_LIB_${ARG_LIBRARY}}"
    INTERFACE_INCLUDE_DIRECTORIES "${DUET_INC_${ARG_LIBRARY}}")
endfunction()

duet_external(capstone::capstone LIBRARY capstone HEADER capstone/capstone.h PACKAGE libcapstone-dev)
duet_external(llvm::llvm LIBRARY LLVM-19 HEADER llvm-c/Disassembler.h PACKAGE llvm-19-dev PREFIX /usr/lib/llvm-19)
duet_external(libelf::libelf LIBRARY elf HEADER libelf.h PACKAGE libelf-dev)
duet_external(xxhash::xxhash LIBRARY xxhash HEADER xxhash.h PACKAGE libxxhash-dev)
duet_external(zstd::zstd LIBRARY zstd HEADER zstd.h PACKAGE libzstd-dev)

# Runs the style and boot tests.
# The interpreter itself: what is called python3 may be a script that looks for one, and we start it a thousand times.
find_program(DUET_PYTHON3 python3 REQUIRED)
execute_process(COMMAND "${DUET_PYTHON3}" -c "import sys; print(sys.executable)"
  OUTPUT_VARIABLE DUET_PYTHON OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
