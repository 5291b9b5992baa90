# calm_together(TARGET [JSON] [APART]): how TARGET's files come to be compiled.
#
# With CALM_UNITY several at a time: a clean build is then three times as fast, because what they include
# and instantiate is compiled once; every preset but `dev` does so, where a changed file is best compiled
# alone. APART: each by itself even then, since they use the same names (the CLI's commands; the server's
# routes are known by theirs). JSON: under a sanitizer they get Boost.JSON, which most of them read, as a
# precompiled header; GCC 12's optimizer, which looks further without, warns of what is not so with it.
option(CALM_UNITY "compile several files at a time" OFF)

function(calm_together target)
    cmake_parse_arguments(arg "JSON;APART" "" "" ${ARGN})
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
    if(arg_JSON AND CALM_SANITIZE)
        target_precompile_headers(${target} PRIVATE <filesystem> <boost/json.hpp>)
        # What ccache asks for to know a precompiled header's users again.
        target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
            "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
    endif()
endfunction()
