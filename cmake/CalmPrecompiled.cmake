# calm_precompile(TARGET [JSON] [TESTS]): the library headers that most files of TARGET read, parsed once.
#
# Only where a sanitizer is on: there are three such builds, and the one that is shipped goes on proving
# that every file includes what it uses.
function(calm_precompile target)
    cmake_parse_arguments(arg "JSON;TESTS" "" "" ${ARGN})
    if(NOT CALM_SANITIZE)
        return()
    endif()
    target_precompile_headers(${target} PRIVATE
        <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <ranges>
        <span> <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
    if(arg_JSON)
        target_precompile_headers(${target} PRIVATE <filesystem> <boost/json.hpp>)
    endif()
    if(arg_TESTS)
        target_precompile_headers(${target} PRIVATE <filesystem> <gmock/gmock.h> <gtest/gtest.h> <rapidcheck/gtest.h>)
    endif()
    # What ccache asks for to know a precompiled header's users again.
    target_compile_options(${target} PRIVATE
        $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endfunction()
