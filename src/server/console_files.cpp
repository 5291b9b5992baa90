// The block begins with lines "NAME gzip|plain BYTES", an empty line ends them; the files follow,
// one after the other.
#include "server/console_files.h"

#include <charconv>
#include <memory>

#include "documents/crypto.h"
#include "server/api.h"

namespace calm::embedded {
extern const std::string_view console_bundle;
}  // namespace calm::embedded

namespace calm {
namespace {

using http::Request;
using http::Responder;
using http::Response;

constexpr std::string_view kPage = "index.html";

// Scripts, styles, fonts and data from here and from nowhere else; nothing inline; in no frame. The
// pictures in PatternFly's own style sheets are data addresses.
constexpr std::string_view kConsolePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// "" for a kind of file that the console has no business with.
std::string_view type_of(std::string_view name) {
    const std::string_view ending = name.substr(std::min(name.rfind('.'), name.size()));
    if (ending == ".html") return http::kHtml;
    if (ending == ".js") return http::kJavaScript;
    if (ending == ".css") return http::kCss;
    if (ending == ".woff2") return http::kWoff2;
    if (ending == ".svg") return http::kSvg;
    if (ending == ".png") return http::kPng;
    return {};
}

Response answer_with(const ConsoleFiles::File& file) {
    Response response;
    response.content_type = file.type;
    response.body = file.bytes;
    // Whoever does not say what it takes takes everything (RFC 9110 12.5.3), and each browser
    // takes gzip: nothing else is kept.
    if (file.gzip) response.headers.add("Content-Encoding", "gzip");
    response.headers.add("Cross-Origin-Resource-Policy", "same-origin");
    return response;
}

void show_page(const ConsoleFiles& files, const Request& request, Responder responder) {
    Response response = answer_with(*files.find(kPage));
    if (request.header("if-none-match") == files.page_tag()) {
        response.status = 304;
        response.body.clear();
    }
    response.headers.add("ETag", files.page_tag())
        .add("Content-Security-Policy", kConsolePolicy)
        .add("X-Frame-Options", "DENY")
        .add("Referrer-Policy", "no-referrer")
        .add("Cross-Origin-Opener-Policy", "same-origin")
        .add("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    response.cache_control = "no-cache";  // asked again each time, answered with 304
    responder.send(response);
}

void show_asset(const ConsoleFiles& files, const Request& request, Responder responder) {
    const std::string name = request.parameter("file");
    const ConsoleFiles::File* file = name == kPage ? nullptr : files.find(name);
    if (file == nullptr) {
        return responder.fail({"no_such_route", "`" + name + "` is no file of the console"});
    }
    Response response = answer_with(*file);
    response.cache_control = "public, max-age=31536000, immutable";  // its name changes with it
    responder.send(response);
}

}  // namespace

Result<ConsoleFiles> ConsoleFiles::read(std::string_view block) {
    ConsoleFiles out;
    const size_t head = block.find("\n\n");
    if (head == std::string_view::npos) return fail("bad_console", "the block has no end of list");
    std::string_view lines = block.substr(0, head + 1);
    std::string_view bytes = block.substr(head + 2);
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(line.size() + 1);
        const size_t first = line.find(' ');
        const size_t second = line.rfind(' ');
        if (first == std::string_view::npos || first == second) {
            return fail("bad_console", "a line of the list has not three words");
        }
        size_t size = 0;
        const auto digits = line.substr(second + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), size);
        if (error != std::errc() || end != digits.data() + digits.size() || size > bytes.size()) {
            return fail("bad_console", "a size in the list is none");
        }
        const std::string_view name = line.substr(0, first);
        const File file{.type = type_of(name),
                        .bytes = bytes.substr(0, size),
                        .gzip = line.substr(first + 1, second - first - 1) == "gzip"};
        if (file.type.empty()) return fail("bad_console", "a file of an unknown kind");
        out.files_.emplace(name, file);
        bytes.remove_prefix(size);
    }
    const File* page = out.find(kPage);
    if (page == nullptr || !bytes.empty()) return fail("bad_console", "the list is not complete");
    out.page_tag_ = etag_of(page->bytes);
    return out;
}

const ConsoleFiles::File* ConsoleFiles::find(std::string_view name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : &found->second;
}

Result<std::vector<http::Route>> console_routes() {
    CALM_TRY_ASSIGN(ConsoleFiles read, ConsoleFiles::read(embedded::console_bundle));
    // Shared by the handlers, which live as long as the table that they are copied into.
    const auto files = std::make_shared<const ConsoleFiles>(std::move(read));
    std::vector<http::Route> routes;
    const auto row = [&](const char* pattern, const char* summary, auto function) {
        routes.push_back(
            {.pattern = pattern,
             .flags = http::kUnauthenticated,
             .summary = summary,
             .handler = [files, function](const Request& request, Responder responder) {
                 function(*files, request, std::move(responder));
             }});
    };
    row("/", "The console", show_page);
    row("/console/{page}", "A page of the console", show_page);
    row("/assets/{file}", "A script, style or font of the console", show_asset);
    return routes;
}

}  // namespace calm
