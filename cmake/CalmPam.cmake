# calm_pam_module(): pam_calm.so out of src/pam and src/asking, as it is loaded into other people's processes: nothing
# exported but PAM's entry points, and no C++ run-time library at all: it is linked as C, so that anything
# that would need libstdc++ (an exception, an allocation) is an error here. The few sentences that it needs
# when nobody answers are taken from i18n/*.json here, since it cannot carry the catalogues.
function(calm_pam_sentences)
    foreach(language en fr)
        set(file ${CMAKE_SOURCE_DIR}/i18n/${language}.json)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        file(READ ${file} catalogue)
        string(JSON agent_silent_${language} GET "${catalogue}" pam agent_silent)
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/generated/pam/pam_sentences.h @ONLY CONTENT
[=[// Written by calm_pam_sentences() from i18n/*.json.
#pragma once
namespace calm::pam {
inline constexpr char kAgentSilentEn[] = R"text(@agent_silent_en@)text";
inline constexpr char kAgentSilentFr[] = R"text(@agent_silent_fr@)text";
}  // namespace calm::pam
]=])
    target_include_directories(calm_pam PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()

function(calm_pam_module)
    calm_pam_sentences()
    if(CALM_FUZZ)
        return()
    endif()
    get_target_property(sources calm_pam SOURCES)
    get_target_property(shared calm_asking SOURCES)
    list(APPEND sources ${shared})
    add_library(pam_calm MODULE ${sources})
    set_target_properties(pam_calm PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden LINKER_LANGUAGE C
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
    add_dependencies(calm_programs pam_calm)
    target_include_directories(pam_calm PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_CURRENT_BINARY_DIR}/generated)
    # libstdc++'s own assertions live in the library; those of calm_pam, which the tests link, stay on.
    target_compile_options(pam_calm PRIVATE -fno-exceptions -fno-rtti -U_GLIBCXX_ASSERTIONS)
    if("undefined" IN_LIST CALM_SANITIZE)
        target_compile_options(pam_calm PRIVATE -fno-sanitize=vptr)  # needs RTTI
    endif()
    if(NOT CALM_SANITIZE)
        target_link_options(pam_calm PRIVATE -Wl,-z,defs)
    endif()
    target_link_libraries(pam_calm PRIVATE ${PAM_LIBRARY})
    add_dependencies(calm_programs pam_calm)
    add_dependencies(pam_test pam_calm)
    target_compile_definitions(pam_test PRIVATE CALM_PAM_MODULE="$<TARGET_FILE:pam_calm>")
endfunction()
