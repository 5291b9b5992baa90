# calm_install(): what an installed CALM consists of; scripts/packages makes Debian packages out of it. The C
# library's own part is in CalmC.cmake.
#
#   cmake --install build/release --prefix DIRECTORY
include(GNUInstallDirs)

# COMPONENT PROGRAM: a service with its unit, its account and its directories.
function(calm_install_service component program)
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${component})
    set(packaging ${CMAKE_SOURCE_DIR}/packaging)
    install(FILES ${packaging}/systemd/${program}.service DESTINATION lib/systemd/system COMPONENT ${component})
    foreach(kind sysusers tmpfiles)
        install(FILES ${packaging}/${kind}/calm-${component}.conf DESTINATION lib/${kind}.d COMPONENT ${component})
    endforeach()
endfunction()

function(calm_install)
    calm_install_service(server calmd)
    calm_install_service(host calm-hostd)
    calm_install_service(clearinghouse calm-clearinghouse)
    set(packaging ${CMAKE_SOURCE_DIR}/packaging)
    set(share ${CMAKE_INSTALL_DATADIR})

    install(TARGETS pam_calm LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/security COMPONENT host)
    install(DIRECTORY ${packaging}/pam/ DESTINATION ${share}/doc/libpam-calm/examples COMPONENT host)
    install(DIRECTORY ${packaging}/policy DESTINATION ${share}/calm COMPONENT host)
    install(DIRECTORY ${packaging}/nginx DESTINATION ${share}/doc/calm-host/examples COMPONENT host)

    install(TARGETS calm calm-token-verify RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT cli)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/share/products DESTINATION ${share}/calm COMPONENT cli)

    install(PROGRAMS ${packaging}/desktop/calm-console DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT console)
    install(FILES ${packaging}/desktop/calm-console.desktop DESTINATION ${share}/applications COMPONENT console)
    install(FILES ${CMAKE_SOURCE_DIR}/web/src/mark.svg RENAME calm.svg
        DESTINATION ${share}/icons/hicolor/scalable/apps COMPONENT console)

    install(DIRECTORY ${CMAKE_SOURCE_DIR}/examples/ DESTINATION ${share}/doc/libcalm-dev/examples COMPONENT calm-c)
    install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${share}/doc/calm COMPONENT doc)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${share}/doc/calm COMPONENT doc)
endfunction()
