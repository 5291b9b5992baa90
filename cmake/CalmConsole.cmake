# calm_console(TARGET): builds web/ and puts the console's files into TARGET as one block of bytes
# (embedded::console_bundle). scripts/build-console builds once for all presets and trees and says what
# makes it build again; here ninja only learns what to ask it about.
function(calm_console target)
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS
        ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/scripts/* ${CMAKE_SOURCE_DIR}/docs/*.md)
    list(APPEND inputs ${CMAKE_SOURCE_DIR}/web/index.html ${CMAKE_SOURCE_DIR}/web/package.json
        ${CMAKE_SOURCE_DIR}/web/package-lock.json ${CMAKE_SOURCE_DIR}/web/vite.config.ts
        ${CMAKE_SOURCE_DIR}/i18n/en.json ${CMAKE_SOURCE_DIR}/i18n/fr.json
        ${CMAKE_SOURCE_DIR}/scripts/build-console)
    set(bundle ${CMAKE_BINARY_DIR}/console.bundle)
    # Unchanged, the file is left as it is, and nothing that depends on it is built again.
    add_custom_command(OUTPUT ${bundle} COMMAND ${CMAKE_SOURCE_DIR}/scripts/build-console ${bundle}
        DEPENDS ${inputs} COMMENT "the console" VERBATIM)
    calm_embed(${target} console_bundle ${bundle})
endfunction()
