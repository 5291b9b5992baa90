# calm_c_library(): libcalm.so and libcalm.a out of src/capi and src/asking, with what a program needs to
# build against them. Like pam_calm.so it is loaded into other people's programs: nothing is exported but
# what cmake/libcalm.map names, and it is linked as C, so that anything that would need libstdc++ (an
# exception, an allocation by new) is an error here.
#
#   cmake --install build/release --prefix /usr/local --component calm-c
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The ABI's own version; its first number is the SONAME's and changes when an old program would break.
set(calm_c_version 1.0)

# The sentences that the library itself has to say, from i18n/*.json.
function(calm_c_sentences target)
    set(lines)
    foreach(language En Fr)
        string(TOLOWER ${language} file)
        set(file ${CMAKE_SOURCE_DIR}/i18n/${file}.json)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        file(READ ${file} catalogue)
        string(JSON text GET "${catalogue}" pam agent_silent)
        string(APPEND lines "inline constexpr char kAgentSilent${language}[] = R\"text(${text})text\";\n")
        string(JSON count LENGTH "${catalogue}" capi status)
        math(EXPR last "${count} - 1")
        foreach(index RANGE ${last})
            string(JSON key MEMBER "${catalogue}" capi status ${index})
            string(JSON text GET "${catalogue}" capi status ${key})
            # agent_unreachable: kAgentUnreachableEn
            string(REGEX REPLACE "_(.)" ";\\1" words "_${key}")
            set(name k)
            foreach(word ${words})
                string(SUBSTRING "${word}" 0 1 initial)
                string(SUBSTRING "${word}" 1 -1 rest)
                string(TOUPPER "${initial}" initial)
                string(APPEND name "${initial}${rest}")
            endforeach()
            string(APPEND lines "inline constexpr char ${name}${language}[] = R\"text(${text})text\";\n")
        endforeach()
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/generated/capi/capi_sentences.h @ONLY CONTENT
[=[// Written by calm_c_sentences() from i18n/*.json.
#pragma once
namespace calm::capi {
@lines@}  // namespace calm::capi
]=])
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()

# What both forms of the library are made of. Their own objects: libstdc++'s assertions live in that
# library; those of calm_capi, which the tests link, stay on.
function(calm_c_objects)
    get_target_property(sources calm_capi SOURCES)
    get_target_property(shared calm_asking SOURCES)
    add_library(calm_c_objects OBJECT ${sources} ${shared})
    set_target_properties(calm_c_objects PROPERTIES CXX_VISIBILITY_PRESET hidden)
    target_include_directories(calm_c_objects PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include
        ${CMAKE_CURRENT_BINARY_DIR}/generated)
    target_compile_definitions(calm_c_objects PRIVATE CALM_VERSION="${PROJECT_VERSION}")
    target_compile_options(calm_c_objects PRIVATE -fno-exceptions -fno-rtti -U_GLIBCXX_ASSERTIONS)
    if("undefined" IN_LIST CALM_SANITIZE)
        target_compile_options(calm_c_objects PRIVATE -fno-sanitize=vptr)  # needs RTTI
    endif()
endfunction()

function(calm_c_install)
    set(package ${CMAKE_INSTALL_LIBDIR}/cmake/calm)
    install(TARGETS calm_c calm_c_static EXPORT calm-targets COMPONENT calm-c
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT calm-c NAMELINK_COMPONENT calm-c
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT calm-c)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/calm DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT calm-c)
    install(EXPORT calm-targets NAMESPACE calm:: FILE calm-config.cmake DESTINATION ${package} COMPONENT calm-c)
    write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/calm-config-version.cmake
        VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
    # It finds its prefix by where it lies, so that the whole may be installed anywhere and moved.
    file(RELATIVE_PATH up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/calm.pc @ONLY CONTENT
[=[prefix=${pcfiledir}/@up@
libdir=${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@

Name: calm
Description: asks the license agent of this machine whether somebody may connect
Version: @PROJECT_VERSION@
Libs: -L${libdir} -lcalm
Cflags: -I${includedir}
]=])
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/calm-config-version.cmake DESTINATION ${package} COMPONENT calm-c)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/calm.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT calm-c)
endfunction()

function(calm_c_library)
    target_include_directories(calm_capi PUBLIC ${CMAKE_SOURCE_DIR}/include)
    target_compile_definitions(calm_capi PRIVATE CALM_VERSION="${PROJECT_VERSION}")
    calm_c_sentences(calm_capi)
    if(CALM_FUZZ)
        return()
    endif()
    calm_c_objects()
    set(map ${CMAKE_SOURCE_DIR}/cmake/libcalm.map)
    string(REGEX MATCH "^[0-9]+" soversion ${calm_c_version})
    add_library(calm_c SHARED $<TARGET_OBJECTS:calm_c_objects>)
    set_target_properties(calm_c PROPERTIES OUTPUT_NAME calm EXPORT_NAME calm LINKER_LANGUAGE C
        VERSION ${calm_c_version} SOVERSION ${soversion} LINK_DEPENDS ${map}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
    target_link_options(calm_c PRIVATE -Wl,--version-script=${map})
    if(NOT CALM_SANITIZE)
        target_link_options(calm_c PRIVATE -Wl,-z,defs)
    endif()
    add_library(calm_c_static STATIC $<TARGET_OBJECTS:calm_c_objects>)
    set_target_properties(calm_c_static PROPERTIES OUTPUT_NAME calm EXPORT_NAME calm_static LINKER_LANGUAGE C
        ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
    foreach(target calm_c calm_c_static)
        target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
            $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
        add_dependencies(calm_programs ${target})
    endforeach()
    calm_c_install()
endfunction()
