# The house's building blocks: calm_library(), calm_program().
#
# calm_library(NAME [PURE] [THREADS] [JSON] [APART] [PRECOMPILED h …] DEPS a b … LINK x y … [TEST_LINK z …])
#   One library per folder of src/: every *.cpp that is not a test; its tests (*_test.cpp) become the
#   program NAME_test. DEPS may only name folders declared before it, so the layers cannot turn round.
#   THREADS: its tests run under TSan too (label `threads`).
#   PURE: does no I/O, reads no clock and no random source; scripts/check-layers sees to it.
#   JSON, APART, PRECOMPILED: see calm_together().
set_property(GLOBAL PROPERTY CALM_LAYERS "")
add_custom_target(calm_threads_tests)  # what the tsan preset builds
add_custom_target(calm_programs)

execute_process(COMMAND ${CMAKE_SOURCE_DIR}/scripts/check-layers ${CMAKE_SOURCE_DIR}
    RESULT_VARIABLE broken OUTPUT_VARIABLE report ERROR_VARIABLE report)
if(broken)
    message(FATAL_ERROR "The layers do not hold:\n${report}")
endif()

function(calm_library name)
    cmake_parse_arguments(arg "PURE;THREADS;JSON;APART" "" "DEPS;LINK;TEST_LINK;PRECOMPILED" ${ARGN})
    get_property(layers GLOBAL PROPERTY CALM_LAYERS)
    foreach(dep ${arg_DEPS})
        if(NOT dep IN_LIST layers)
            message(FATAL_ERROR "layer ${name} may not use ${dep}: it is not above it in src/CMakeLists.txt")
        endif()
    endforeach()
    set_property(GLOBAL APPEND PROPERTY CALM_LAYERS ${name})

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

    if(NOT sources)
        add_library(calm_${name} INTERFACE)
        return()
    endif()
    add_library(calm_${name} STATIC ${sources})
    set_target_properties(calm_${name} PROPERTIES LINKER_LANGUAGE CXX)
    target_include_directories(calm_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    list(TRANSFORM arg_DEPS PREPEND calm_)
    target_link_libraries(calm_${name} PUBLIC ${arg_DEPS} ${arg_LINK})
    set(how)
    foreach(flag JSON APART)
        if(arg_${flag})
            list(APPEND how ${flag})
        endif()
    endforeach()
    list(APPEND how PRECOMPILED ${arg_PRECOMPILED})
    calm_together(calm_${name} ${how})

    if(tests AND NOT CALM_FUZZ)
        add_executable(${name}_test ${tests})
        target_link_libraries(${name}_test PRIVATE calm_${name} ${arg_TEST_LINK})
        calm_test_flags(${name}_test)
        calm_together(${name}_test ${how})
        add_test(NAME ${name} COMMAND ${name}_test)
        if(arg_THREADS)
            set_tests_properties(${name} PROPERTIES LABELS threads)
            add_dependencies(calm_threads_tests ${name}_test)
        endif()
    endif()
endfunction()

# calm_program(NAME LINK x y …): the program of apps/NAME/main.cpp, put into bin/ of the build.
function(calm_program name)
    cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
    add_executable(${name} ${name}/main.cpp)
    target_link_libraries(${name} PRIVATE ${arg_LINK})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
    add_dependencies(calm_programs ${name})
endfunction()
