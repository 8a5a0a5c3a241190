# duet_library(<name> SOURCES a.cpp b.cpp [DEPS lib...] [EXTERNAL lib...])
#   One static library a folder, e.g. name `core_bus` for core/bus. DEPS are duet libraries and are
#   the folder's only include edges (tests/style checks the #include lines against them);
#   EXTERNAL are third-party targets.
function(duet_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${name} PRIVATE duet_flags ${ARG_DEPS} ${ARG_EXTERNAL})
endfunction()

# duet_test(<name> LABEL unit|contract|... SOURCES ... [DEPS ...] [EXTERNAL ...] [TIMEOUT s])
#   A GoogleTest binary registered as ONE ctest case under its label (fast to run on two cores).
function(duet_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE duet_flags ${ARG_DEPS} ${ARG_EXTERNAL} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
