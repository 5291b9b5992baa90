# Tests: calm_test_flags() for every GoogleTest program, and those that are more than one library:
# calm_script_test(), calm_product_test().
#
# The last two run a script (or a program) with these in its environment: CALM_SOURCE (the source tree),
# CALM_BUILD (the build) and CALM_BIN (where the programs are). Exit 77 means skipped; the last line
# printed says why.
add_custom_target(calm_product)  # what `scripts/test product` builds
add_dependencies(calm_product calm_programs)

# calm_test_flags(TARGET)
function(calm_test_flags target)
    target_link_libraries(${target} PRIVATE GTest::gtest_main GTest::gmock rapidcheck)
    target_compile_definitions(${target} PRIVATE CALM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    # The libraries are what UBSan is to look at; in the tests' own templates it takes half the build.
    if("undefined" IN_LIST CALM_SANITIZE)
        target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
    endif()
endfunction()

function(calm_add_test name)
    cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "COMMAND;LABELS" ${ARGN})
    add_test(NAME ${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES
        SKIP_RETURN_CODE 77
        LABELS "${arg_LABELS}"
        TIMEOUT ${arg_TIMEOUT}
        RUN_SERIAL ${arg_SERIAL}
        ENVIRONMENT "CALM_SOURCE=${CMAKE_SOURCE_DIR};CALM_BUILD=${CMAKE_BINARY_DIR};CALM_BIN=${CMAKE_BINARY_DIR}/bin")
endfunction()

# calm_script_test(NAME COMMAND …): a check of the tree itself; runs with the dev preset, needs no program.
function(calm_script_test name)
    calm_add_test(${name} ${ARGN} LABELS house TIMEOUT 120)
endfunction()

# calm_product_test(NAME COMMAND … [DEPENDS target …] [TIMEOUT seconds] [SERIAL])
#   The programs as they are shipped: started, used, killed. Runs with the release preset. DEPENDS names
#   what it needs beside the programs. SERIAL: nothing else runs at the same time.
function(calm_product_test name)
    cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "COMMAND;DEPENDS" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    set(serial)
    if(arg_SERIAL)
        set(serial SERIAL)
    endif()
    calm_add_test(${name} COMMAND ${arg_COMMAND} LABELS product TIMEOUT ${arg_TIMEOUT} ${serial})
    if(arg_DEPENDS)
        add_dependencies(calm_product ${arg_DEPENDS})
    endif()
endfunction()
