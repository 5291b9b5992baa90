# calm_embed(TARGET SYMBOL FILE): puts FILE's bytes into TARGET as `extern const std::string_view SYMBOL`
# of namespace calm::embedded. The assembler reads the file itself, so a big file costs no compile time.
function(calm_embed target symbol file)
    get_filename_component(path ${file} ABSOLUTE)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/embed_${symbol}.cpp)
    file(CONFIGURE OUTPUT ${out} @ONLY CONTENT [=[
// Written by calm_embed(): the bytes of one file of the source tree.
#include <string_view>
asm(".section .rodata\n"
    ".balign 16\n"
    "calm_embedded_@symbol@_begin:\n"
    ".incbin \"@path@\"\n"
    "calm_embedded_@symbol@_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" {
extern const char calm_embedded_@symbol@_begin[];
extern const char calm_embedded_@symbol@_end[];
}
namespace calm::embedded {
extern const std::string_view @symbol@;
const std::string_view @symbol@{
    calm_embedded_@symbol@_begin,
    static_cast<size_t>(calm_embedded_@symbol@_end - calm_embedded_@symbol@_begin)};
}  // namespace calm::embedded
]=])
    # By itself: several files together do not know what one of them depends on.
    set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${path} SKIP_UNITY_BUILD_INCLUSION ON)
    target_sources(${target} PRIVATE ${out})
endfunction()
