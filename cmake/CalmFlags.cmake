# Compiler flags, the same for every target; CALM_SANITIZE is set by the presets.
option(CALM_FUZZ "build the libFuzzer targets (clang)" OFF)
set(CALM_SANITIZE "" CACHE STRING "address;undefined | thread | empty")

# Designated initialisers leave out what has a default.
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local> -Wnon-virtual-dtor -Wundef -Werror)

# What is shipped says nothing of where it was built; debuggers and the coverage find their sources all the same.
add_compile_options(-fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)

# Hardening (R18 of the reliability facts); release builds keep assertions.
add_compile_options(-fstack-protector-strong -fcf-protection)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    add_compile_definitions(_FORTIFY_SOURCE=2)
    # Not under a sanitizer: GCC 12 then takes inlined temporaries for uninitialised ones.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-ftrivial-auto-var-init=zero>)
endif()
add_link_options(-Wl,-z,relro,-z,now)

if(CALM_SANITIZE)
    string(REPLACE ";" "," sanitizers "${CALM_SANITIZE}")
    add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${sanitizers})
    # These three double what UBSan costs the compiler. ASan stops at a null pointer as well, and the
    # fuzz targets, whose bytes come from anywhere, keep the alignment check.
    if("undefined" IN_LIST CALM_SANITIZE AND NOT CALM_FUZZ)
        add_compile_options(-fno-sanitize=null,alignment,vptr)
    endif()
    if("thread" IN_LIST CALM_SANITIZE)
        add_compile_options(-Wno-tsan)  # Asio's fences, hundreds of times
    endif()
endif()

if(CALM_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CALM_CCACHE ccache)
if(CALM_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CALM_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${CALM_CCACHE})
endif()
find_program(CALM_MOLD mold)
if(CALM_MOLD)
    add_link_options(-fuse-ld=mold)
endif()
