# calm_together(TARGET [JSON] [APART]): how TARGET's files come to be compiled.
#
# With CALM_UNITY several at a time: a clean build is then three times as fast, because what they include
# and instantiate is compiled once; every preset but `dev` does so, where a changed file is best compiled
# alone. APART: each by itself even then, since they use the same names (the CLI's commands; the server's
# routes are known by theirs).
# JSON: under a sanitizer they get Boost.JSON, which most of them read, as a precompiled header. With
# CALM_UNITY those with PRECOMPILED always get it, and the layer's own headers that are named: two thirds of
# what a file that is compiled by itself costs is reading them.
#
# calm_group(TARGET GROUP file …): of a target that is APART, files that may be compiled together all the
# same, since they read the same big header.
option(CALM_UNITY "compile several files at a time" OFF)

function(calm_together target)
    cmake_parse_arguments(arg "JSON;APART" "" "PRECOMPILED" ${ARGN})
    if(CALM_UNITY AND NOT arg_APART)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
        # GCC takes a file that is included for a header.
        target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
        get_target_property(sources ${target} SOURCES)
        list(FILTER sources INCLUDE REGEX "/routes_[a-z_]*\\.cpp$")
        if(sources)
            set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
        endif()
    endif()
    if(arg_JSON AND (CALM_SANITIZE OR (CALM_UNITY AND arg_PRECOMPILED)))
        target_precompile_headers(${target} PRIVATE <filesystem> <boost/json.hpp>)
        if(CALM_UNITY AND arg_PRECOMPILED)
            list(TRANSFORM arg_PRECOMPILED PREPEND ${CMAKE_SOURCE_DIR}/src/)
            target_precompile_headers(${target} PRIVATE ${arg_PRECOMPILED})
        endif()
        # Of what it inlines from a precompiled system header GCC 12's optimizer warns as if it were ours.
        if(NOT CALM_SANITIZE)
            target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-restrict;-Wno-maybe-uninitialized>)
        endif()
        # What ccache asks for to know a precompiled header's users again.
        target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
            "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
    endif()
endfunction()

function(calm_group target group)
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE files)
    set_source_files_properties(${files} PROPERTIES UNITY_GROUP ${group})
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${CALM_UNITY} UNITY_BUILD_MODE GROUP)
endfunction()
