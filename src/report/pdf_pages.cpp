// Pango lays out, cairo draws.
#include "report/pdf_pages.h"

#include <memory>
#include <mutex>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

// Fontconfig keeps its patterns behind offsets instead of pointers, which LeakSanitizer cannot
// follow.
#if defined(__SANITIZE_ADDRESS__)
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig";
}
#endif

// Pango loads Fontconfig's files on a thread of its own; both are built without ThreadSanitizer,
// which therefore does not see how they wait for each other.
#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_suppressions() {
    return "race:libfontconfig\nrace:libpango\nrace:libglib-2.0\nrace:libcairo";
}
#endif

namespace calm::report {
namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, Freed<cairo_surface_destroy>>;
using Drawing = std::unique_ptr<cairo_t, Freed<cairo_destroy>>;
template <class T>
using Object = std::unique_ptr<T, Freed<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>>;

cairo_status_t append(void* out, const unsigned char* bytes, unsigned int count) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
}

void set_color(cairo_t* drawing, const Color& color) {
    cairo_set_source_rgb(drawing, color.red, color.green, color.blue);
}

void draw_text(cairo_t* drawing, PangoLayout* layout, double x, double y, double width,
               const std::string& text, const TextStyle& style) {
    const Font font(pango_font_description_new());
    pango_font_description_set_family_static(font.get(), style.fixed ? "monospace" : "sans-serif");
    pango_font_description_set_weight(font.get(),
                                      style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font.get());
    pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    using enum TextStyle::Align;
    pango_layout_set_alignment(layout, style.align == right    ? PANGO_ALIGN_RIGHT
                                       : style.align == center ? PANGO_ALIGN_CENTER
                                                               : PANGO_ALIGN_LEFT);
    set_color(drawing, style.color);
    cairo_move_to(drawing, x, y);
    pango_cairo_show_layout(drawing, layout);
}

// A machine without fonts would give a report without words.
bool has_font(PangoFontMap* fonts) {
    PangoFontFamily** families = nullptr;
    int count = 0;
    pango_font_map_list_families(fonts, &families, &count);
    g_free(static_cast<void*>(families));
    return count > 0;
}

}  // namespace

void PdfPages::text(double x, double y, double width, std::string_view text, const TextStyle& style,
                    size_t page) {
    marks_.push_back({page == 0 ? pages_ : page, x, y, width, 0, std::string(text), style});
}

void PdfPages::area(double x, double y, double width, double height, Color color, size_t page) {
    marks_.push_back({page == 0 ? pages_ : page, x, y, width, height, {}, {.color = color}});
}

Result<std::string> PdfPages::write(const Facts& facts) const {
    // One at a time: what the libraries share between threads stays in one of them.
    static std::mutex drawing_at_all;
    const std::lock_guard lock(drawing_at_all);
    std::string out;
    const Surface surface(cairo_pdf_surface_create_for_stream(append, &out, kWidth, kHeight));
    const auto set = [&](cairo_pdf_metadata_t what, const std::string& text) {
        cairo_pdf_surface_set_metadata(surface.get(), what, text.c_str());
    };
    set(CAIRO_PDF_METADATA_TITLE, facts.title);
    set(CAIRO_PDF_METADATA_SUBJECT, facts.subject);
    set(CAIRO_PDF_METADATA_CREATOR, "CALM");
    set(CAIRO_PDF_METADATA_CREATE_DATE, to_rfc3339(facts.made_at));
    const Object<PangoFontMap> fonts(pango_cairo_font_map_new());
    if (!has_font(fonts.get())) {
        cairo_surface_finish(surface.get());
        return fail("report_not_made", "this machine has no font");
    }
    const Object<PangoContext> context(pango_font_map_create_context(fonts.get()));
    const Object<PangoLayout> layout(pango_layout_new(context.get()));
    const Drawing drawing(cairo_create(surface.get()));
    for (size_t page = 1; page <= pages_; ++page) {
        for (const Mark& mark : marks_) {
            if (mark.page != page) continue;
            if (mark.height > 0) {
                set_color(drawing.get(), mark.style.color);
                cairo_rectangle(drawing.get(), mark.x, mark.y, mark.width, mark.height);
                cairo_fill(drawing.get());
            } else {
                draw_text(drawing.get(), layout.get(), mark.x, mark.y, mark.width, mark.text,
                          mark.style);
            }
        }
        cairo_show_page(drawing.get());
    }
    cairo_surface_finish(surface.get());
    if (const auto status = cairo_surface_status(surface.get()); status != CAIRO_STATUS_SUCCESS) {
        return fail("report_not_made", cairo_status_to_string(status));
    }
    return out;
}

}  // namespace calm::report
